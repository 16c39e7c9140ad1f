/** Events of a newer build: stored unread, counted once a build reads them; older shapes lifted. */
import { describe, expect, it } from 'vitest';
import { foldCase } from '../../src/lib/domain/evolve.ts';
import type { Shapes } from '../../src/lib/domain/shapes.ts';
import { TAKEN } from '../../src/lib/domain/testing/story.ts';
import type { EventId } from '../../src/lib/domain/values.ts';
import { asCaseEvent } from '../../src/lib/ports/event-store.ts';
import { AREAS } from '../../src/lib/server/county.ts';
import { historyOf } from '../../src/lib/server/desk/history.ts';
import { readAgain } from '../../src/lib/server/jobs/read-again.ts';
import { freshRecord } from '../../src/lib/server/jobs/fresh-fold.ts';
import { domainJudge } from '../../src/lib/server/sync/domain-judge.ts';
import { adoptAside } from '../../src/lib/server/sync/record.ts';
import { COUNTY } from '../simulation/county.ts';
import { judgedCounty, sent, STORY, type JudgedCounty } from './judged-county.ts';

interface Seen {
  readonly seen?: string;
  readonly sight?: string;
}

/** A later build: the sight of a visit is called otherwise from version 2, words are a list in 3. */
const LATER: Shapes = {
  current: { 'visit.recorded': 3, 'notice.told': 2 },
  upcasters: {
    'visit.recorded@1': (p) => ({ ...(p as Seen), lifted: [1] }),
    'visit.recorded@2': (p) => ({ ...(p as { lifted: number[] }), lifted: [1, 2] }),
    'notice.told@1': (p) => ({ ...(p as object), lifted: [1] }),
  },
};
const upgraded = (county: JudgedCounty): JudgedCounty['deps'] => ({
  ...county.deps,
  judge: domainJudge(COUNTY, AREAS, LATER),
});
const liftedOf = (payload: object | undefined): unknown =>
  payload === undefined ? undefined : Reflect.get(payload, 'lifted');
const SYSTEM = { code: 'S', personId: 'system', name: '' } as never;

async function withNewer(): Promise<{ county: JudgedCounty; id: EventId }> {
  const county = await judgedCounty();
  await county.lay(TAKEN);
  const { results } = await county.push([sent('visit.recorded', { seen: '新版写的' })], { v: 3 });
  expect(results).toMatchObject([{ s: 'stored' }]);
  return { county, id: results[0]?.id as EventId };
}

describe('events of a newer build', () => {
  it('[SY46] joins the log unread, counts for nothing, and comes to every tablet as it was sent', async () => {
    const { county, id } = await withNewer();
    const file = await county.file();
    expect([file.visits.length, file.unread, file.quarantined]).toEqual([0, [id], []]);
    expect(file.timeline.at(-1)).toMatchObject({ eventId: id, effect: 'UNKNOWN' });
    const lines = historyOf(file, county.log().map(asCaseEvent) as never, {
      ...{ words: true, field: true, unitSide: false, followup: true },
    });
    expect(lines.filter(({ type }) => type === 'event.quarantined')).toEqual([]);
    const line = lines.find(({ key }) => key === id);
    expect([line?.name, line?.text]).toEqual(['有一条这个版本还看不懂的记录', '']);
    const again = await county.push([sent('visit.recorded', { seen: '新版写的' })], { v: 3 });
    expect(again.results).toMatchObject([{ s: 'dup', id }]);
    const other = await county.push([], { dv: 'dvB' });
    const [enter] = other.feed.rows;
    const events = enter?.k === 'enter' ? enter.events : [];
    expect(events.find((event) => event.id === id)).toMatchObject({
      ...{ t: 'visit.recorded', v: 3, p: { seen: '新版写的' } },
    });
    expect(await readAgain(county.deps)).toBe(0);
    const asked = { id, actor: SYSTEM, reason: '' };
    expect(await adoptAside(county.deps, asked)).toMatchObject({ error: 'NOT_READABLE' });
  });

  it('[SY47] counts after the upgrade, once, as it was written, and a fold from the log agrees', async () => {
    const { county, id } = await withNewer();
    const deps = upgraded(county);
    expect(await readAgain(deps)).toBe(1);
    expect(await readAgain(deps)).toBe(0);
    const file = await county.file();
    expect(file.visits.at(-1)).toMatchObject({
      ...{ mark: { eventId: id }, payload: { seen: '新版写的' } },
    });
    expect([file.unread, file.opaque]).toEqual([[], []]);
    const line = file.timeline.find(({ eventId }) => eventId === id);
    expect([line?.effect, file.timeline.length]).toEqual(['APPLIED', TAKEN.length + 3]);
    const events = county.log();
    let fresh = deps.judge.emptyFile(STORY, '');
    for (const row of events) fresh = deps.judge.evolve(fresh, asCaseEvent(row));
    expect({ ...fresh, salt: '' }).toEqual({ ...file, salt: '' });
    // An older build beside it still folds, and leaves it unread.
    expect(freshRecord(COUNTY, { caseId: STORY, salt: '' }, events)?.file.unread).toEqual([id]);
    const after = await county.push([sent('visit.recorded')], { from: 2 });
    expect(after.results).toMatchObject([{ s: 'stored' }]);
  });

  it('[SY48] an act of the office in a next version is kept aside, whoever sends it', async () => {
    const county = await judgedCounty();
    await county.lay(TAKEN);
    const { results } = await county.push([sent('case.closed')], { v: 2 });
    expect(results).toMatchObject([{ s: 'rejected', code: 'UNKNOWN_TYPE' }]);
    expect((await county.file()).opaque).toBeUndefined();
  });
});

describe('events of older builds', () => {
  it('[SY49] the shapes of one and of two versions ago are lifted over the wire and in the fold', async () => {
    const county = await judgedCounty(undefined, undefined, LATER);
    await county.lay(TAKEN);
    const push = async (v: number, from: number, type: 'visit.recorded' | 'notice.told') => {
      const { results } = await county.push([sent(type)], { v, from });
      expect(results).toMatchObject([{ s: 'stored' }]);
    };
    await push(1, 1, 'visit.recorded');
    await push(2, 2, 'visit.recorded');
    await push(3, 3, 'visit.recorded');
    await push(1, 4, 'notice.told');
    const file = await county.file();
    const visits = file.visits.slice(-3).map(({ payload }) => liftedOf(payload));
    expect([...visits, liftedOf(file.notices.at(-1)?.payload)]).toEqual([
      ...[[1, 2], [1, 2], undefined, [1]],
    ]);
    // The log keeps what was hashed.
    expect(
      county
        .log()
        .slice(-4)
        .map(({ v }) => v),
    ).toEqual([1, 2, 3, 1]);
    expect(foldCase(county.log().map(asCaseEvent)).unread).toHaveLength(2);
  });
});
