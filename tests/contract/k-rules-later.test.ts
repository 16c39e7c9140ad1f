import { expect, it } from 'vitest';
import {
  absorbPayload,
  mergePlan,
  missingAttachments,
} from '../../src/lib/domain/conflict-cases.ts';
import { at, caseId, otherVillage, sha } from '../../src/lib/domain/testing/ids.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { DRAFTED, SUBMITTED, type Line } from '../../src/lib/domain/testing/story.ts';
import type { CaseId } from '../../src/lib/domain/values.ts';
import { judgedCounty, sent, STORY, type Sent } from './judged-county.ts';

const SECOND = caseId('second');
const SENT = SUBMITTED.filter(([type]) => type !== 'case.received');

/** A story as a tablet sends it, an hour between its acts, every id its own. */
const pushed = (
  lines: readonly Line[],
  on: { readonly id: CaseId; readonly day: string },
): Sent[] =>
  lines.map(([type, change], n) => ({
    ...{ type, caseId: on.id, at: `${on.day}T0${String(n)}:00:00Z` },
    ...{ change: { ...change }, id: `${on.id.slice(2, 8)}${String(n)}` },
  }));

it('[K05] two tablets bring one matter: both stay whole, the earlier taking is the master', async () => {
  const county = await judgedCounty();
  const late = await county.push(pushed(SENT, { id: STORY, day: '2026-06-10' }));
  const early = await county.push(pushed(SENT, { id: SECOND, day: '2026-06-09' }), {
    ...{ who: subject('A02'), dv: 'dvB' },
  });
  const results = [...late.results, ...early.results];
  expect(results.map(({ s }) => s)).toEqual(results.map(() => 'stored'));
  const [child, master] = [await county.file(), await county.file(SECOND)];
  const plan = mergePlan(child, master);
  expect(plan).toMatchObject({ master: SECOND, child: STORY, agents: ['A02', 'A01'] });
  expect(plan.queryCodes).toHaveLength(2);
  expect(plan.receivedAt).toBe(child.moments.receivedAt);

  // The office merges them; either tablet goes on and what it brings reaches the master.
  const registered: Line[] = [...SUBMITTED, ['case.registered']];
  const merged = await judgedCounty();
  await merged.lay(
    [...registered, ['case.supplemented', { absorbs: absorbPayload(child) }]],
    SECOND,
  );
  await merged.lay([...registered, ['case.merged', { masterCaseId: SECOND }]]);
  const more = await merged.push([sent('visit.recorded')]);
  expect(more.results[0]).toMatchObject({ s: 'stored', rule: 'K04' });
  expect((await merged.file()).numbers.queryCode).not.toBeNull();
  expect((await merged.file(SECOND)).supplements.at(-1)?.payload).toMatchObject({
    mirrorOf: { caseId: STORY, eventId: more.results[0]?.id },
  });
});

it('[K06] one draft from two devices: every piece of words stays, what differs stands side by side', async () => {
  const county = await judgedCounty();
  await county.push(pushed(DRAFTED, { id: STORY, day: '2026-06-10' }));
  const same = await county.push([sent('case.drafted')], { dv: 'dvB' });
  expect(same.results[0]).toMatchObject({ s: 'stored' });
  expect(same.results[0]).not.toHaveProperty('rule');
  const { results } = await county.push(
    [
      sent('case.drafted', { areaCode: otherVillage }, { id: 'elsewhere' }),
      sent('dictation.recorded', { verbatim: '另一台上的话' }, { id: 'others' }),
    ],
    { dv: 'dvC' },
  );
  expect(results).toMatchObject([{ s: 'stored', rule: 'K06' }, { s: 'stored' }]);
  const file = await county.file();
  const [first] = county.log();
  expect(file.head.areaCode).not.toBe(otherVillage);
  const changes = [{ field: 'areaCode', from: file.head.areaCode, to: otherVillage }];
  const told = county.log().find(({ type }) => type === 'conflict.detected');
  expect(told?.payload).toMatchObject({
    ...{ rule: 'K06', events: [first?.id, results[0]?.id], changes },
  });
  const words = file.dictations.map(({ payload }) => payload.verbatim);
  expect(words).toHaveLength(2);
  expect(words[1]).toBe('另一台上的话');
});

it('[K12] a file that never comes holds nothing up and keeps its place until a person decides', async () => {
  const county = await judgedCounty();
  await county.push(pushed(SENT, { id: STORY, day: '2026-06-10' }));
  const { results } = await county.push([sent('attachment.added')], { from: 8 });
  expect(results[0]).toMatchObject({ s: 'stored' });
  const waiting = await county.file();
  expect(waiting.status).toBe('SUBMITTED');
  expect(waiting.attachments).toMatchObject([{ received: false, lost: false, sha256: sha('b') }]);
  expect(missingAttachments(waiting, at('2026-06-27T01:00:00.000Z'))).toHaveLength(0);
  expect(missingAttachments(waiting, at('2026-06-27T01:01:00.000Z'))).toHaveLength(1);

  const lost = sent('case.supplemented', { lostAttachments: [sha('b')], text: '机器掉井里了' });
  expect((await county.push([lost], { from: 9 })).results[0]?.s).toBe('stored');
  const decided = await county.file();
  expect(decided.attachments).toMatchObject([{ lost: true, sha256: sha('b') }]);
  expect(missingAttachments(decided, at('2026-08-01T00:00:00Z'))).toEqual([]);
  expect(county.log().some(({ type }) => type === 'attachment.added')).toBe(true);
});
