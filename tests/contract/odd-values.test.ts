import { describe, expect, it } from 'vitest';
import { clocksOf } from '../../src/lib/domain/clocks.ts';
import { PUBLISHED_CALENDAR } from '../../src/lib/domain/calendar.ts';
import { matchCaseOf, proposeMatches } from '../../src/lib/domain/matching.ts';
import { DEFAULT_SETTINGS } from '../../src/lib/domain/settings.ts';
import { answer, context, recordOne } from '../../src/lib/domain/testing/ask.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { sightOf } from '../../src/lib/domain/case-sight.ts';
import { at } from '../../src/lib/domain/testing/ids.ts';
import { fileOf, REGISTERED, SUBMITTED, TAKEN } from '../../src/lib/domain/testing/story.ts';
import { asCaseEvent } from '../../src/lib/ports/event-store.ts';
import type { CaseEvent } from '../../src/lib/domain/events.ts';
import { judgedCounty, sent, STORY, type JudgedCounty } from './judged-county.ts';

const clockContext = {
  now: at('2026-06-21T00:00:00Z'),
  calendar: PUBLISHED_CALENDAR,
  settings: DEFAULT_SETTINGS,
};
const FOREIGN = '110101001001' as never;

/** What lists, matching and clocks do with the case; throws when one of them would. */
async function looked(county: JudgedCounty) {
  const file = await county.file();
  const matter = matchCaseOf(file);
  proposeMatches({ ...matter, caseId: 'another' as never }, [matter]);
  const events = county.log().map((row) => asCaseEvent(row) as CaseEvent);
  clocksOf(events, clockContext);
  const record = (
    await county.deps.store.transact(county.deps.county, (tx) => tx.cases([STORY]))
  ).get(STORY);
  for (const value of Object.values(record?.columns ?? {}))
    expect(['string', 'boolean', 'number']).toContain(typeof (value ?? ''));
  return file;
}

const ODD: readonly (readonly [string, unknown])[] = [
  ['areaCode', 5],
  ['areaCode', true],
  ['areaCode', { a: 1 }],
  ['areaCode', null],
  ['areaCode', '110101001001'],
  ['areaCode', '000000000000'],
  ['claims', 'x'],
  ['petitioners.0.name', { a: 1 }],
  ['petitioners.0.phoneType', 'X'],
  ['xfDate', ['2026-06-01']],
  ['xfDate', '2026-02-31'],
  ['xfDate', '9999-12-31'],
  ['categoryL2', {}],
  ['urgency', []],
  ['respondent', null],
  ['title', 7],
  ['numbers.nationalNo', { toString: 1 }],
];

describe('odd values from the field', () => {
  it.each(ODD)(
    '[ST30] %s = %j is kept as an open proposal and never applied',
    async (field, to) => {
      const county = await judgedCounty();
      await county.lay(TAKEN);
      const before = await county.file();
      const changes = [
        { field, to },
        { field: 'placeText', to: '东头' },
      ];
      const { results } = await county.push([
        sent('case.supplemented', { changes }),
        sent('visit.recorded'),
      ]);
      expect(results.map((one) => one.s)).toEqual(['stored', 'stored']);
      const file = await looked(county);
      expect({ ...file.head, placeText: before.head.placeText }).toEqual(before.head);
      expect(file.petitioners).toEqual(before.petitioners);
      expect(file.head.placeText).toBe('东头');
      const proposal = file.supplements.at(-1);
      expect(proposal?.proposal).toBe('OPEN');
      expect(proposal?.payload.changes).toEqual([{ field, to }]);
      expect(county.log().some(({ type }) => type === 'conflict.detected')).toBe(true);
    },
  );

  it.each(['case.taken', 'case.submitted'] as const)(
    '[ST31] a place of another county in %s is proposed; the case stays in its own',
    async (type) => {
      const county = await judgedCounty();
      await county.lay(type === 'case.taken' ? TAKEN.slice(0, -1) : TAKEN);
      const before = (await county.file()).head.areaCode;
      const push = sent(type, { head: { areaCode: FOREIGN, placeText: '南头' } } as never);
      expect((await county.push([push])).results[0]?.s).toBe('stored');
      const file = await looked(county);
      expect([file.head.areaCode, file.head.placeText]).toEqual([before, '南头']);
      expect(file.supplements.at(-1)).toMatchObject({
        proposal: 'OPEN',
        payload: { changes: [{ field: 'areaCode', to: FOREIGN }] },
      });
    },
  );

  it('[ST32] a day that cannot be is kept as said and counts for nothing', async () => {
    for (const xfDate of ['2026-02-31', '9999-12-31'] as never[]) {
      const county = await judgedCounty();
      await county.lay([]);
      const { results } = await county.push([sent('case.drafted', { xfDate })]);
      expect(results[0]?.s).toBe('stored');
      expect((await looked(county)).head.xfDate).toBeNull();
      expect((county.log()[0]?.payload as { xfDate: string }).xfDate).toBe(xfDate);
    }
  });

  it('[ST31] the office cannot give a case away to another county by registering or correcting', () => {
    const foreign = recordOne('case.registered', { areaCode: FOREIGN });
    expect(answer(fileOf(...SUBMITTED), foreign, context('O'))).toBe('AREA_FOREIGN');
    for (const value of [FOREIGN, '000000000000']) {
      const change = { field: 'areaCode', old: undefined, new: value };
      const asked = recordOne('case.corrected', change);
      expect(answer(fileOf(...REGISTERED), asked, context('O'))).toBe('AREA_FOREIGN');
    }
    const odd = recordOne('case.corrected', { field: 'claims', old: undefined, new: 'x' });
    expect(answer(fileOf(...REGISTERED), odd, context('O'))).toBe('PAYLOAD');
  });

  it('[ST32] the office cannot ask for a result by a day that cannot be', () => {
    for (const feedbackOn of ['2026-02-31', '9999-12-31'] as never[]) {
      const act = recordOne('case.assigned', { feedbackOn });
      expect(answer(fileOf(...REGISTERED), act, context('O'))).toBe('PAYLOAD');
    }
  });

  it('[ST33] an agent puts nobody of the office out of a case; a recusal reaches himself', async () => {
    const county = await judgedCounty();
    await county.lay(TAKEN);
    const reviewer = { personId: 'xfj-reviewer', name: '复核' } as never;
    const first = await county.push([sent('agent.recused', { agent: reviewer })]);
    expect(first.results[0]?.s).toBe('stored');
    const kept = await looked(county);
    expect([kept.recusals.length, sightOf(kept).recusedIds, kept.agent?.personId]).toEqual([
      ...[1, [], 'A01'],
    ]);
    await county.push([sent('agent.recused')], { from: 2 });
    const file = await looked(county);
    expect([sightOf(file).recusedIds, file.agent]).toEqual([['A01'], null]);
  });

  it('[ST34] links that only the county makes are claims when an agent names them', async () => {
    const other = { personId: 'A02', name: '李凤霞' } as never;
    const county = await judgedCounty();
    await county.push([sent('case.drafted', { agent: other, declaredBy: 'O' })]);
    const begun = await looked(county);
    expect([begun.agent?.personId, sightOf(begun).agentIds]).toEqual(['A01', ['A01']]);
    expect(begun.supplements.at(-1)).toMatchObject({
      proposal: 'OPEN',
      payload: { changes: [{ field: 'agent', to: other }] },
    });
    const absorbs = { caseId: 'forged'.padEnd(22, '_') as never, agent: other };
    const { results } = await county.push([sent('case.supplemented', { absorbs })], { from: 2 });
    expect(results[0]?.s).toBe('stored');
    const file = await looked(county);
    expect([file.children, sightOf(file).agentIds]).toEqual([[], ['A01']]);
    expect(file.supplements.at(-1)).toMatchObject({
      proposal: 'OPEN',
      payload: { absorbs, changes: [{ field: 'absorbs' }] },
    });
    const theirs = await county.push([], { who: subject('A02'), dv: 'dvB' });
    expect(JSON.stringify(theirs.feed)).not.toContain(STORY);
  });
});
