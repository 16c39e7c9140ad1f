import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import type { CaseEvent } from '../../src/lib/domain/events.ts';
import { historyOf } from '../../src/lib/server/desk/history.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { papersOf } from '../../src/lib/server/desk/papers.ts';
import { type SeenCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { deskActsWords } from '../../src/lib/ui/messages/desk-acts.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let seen: SeenCase[];
beforeAll(async () => {
  county = await openTestCounty();
  seen = await seenCases(county.room.desk, await county.person('juzhang'));
}, 300_000);
afterAll(() => county.close());

const withFile = (one: SeenCase, change: Partial<CaseFile>): SeenCase => ({
  ...one,
  record: { ...one.record, file: { ...one.record.file, ...change } },
});
const print = async (one: SeenCase, kind: string) =>
  paperOf(county.room.desk, await county.person('juzhang'), { seen: one, kind });

it('[AU37] every paper that a case has grounds for can be printed and has a name', async () => {
  const kinds = new Set<string>();
  for (const one of seen)
    for (const kind of papersOf(one.record.file)) {
      const made = await print(one, kind);
      expect(made, `${kind} of ${one.record.caseId}`).not.toBeNull();
      expect(JSON.stringify(made)).not.toMatch(/undefined|null|NaN|\[object/);
      for (const words of Object.values(deskActsWords))
        expect(words.papers[kind], kind).toBeTruthy();
      kinds.add(kind);
    }
  // The samples have at least these; fewer means that the samples were not read.
  expect(kinds.size).toBeGreaterThanOrEqual(10);
});

it('[AU37] review, recheck and withdrawing have their papers, whatever the samples hold', async () => {
  const base = seen.find(({ record }) => (record.file.head.claims ?? []).length > 0);
  if (!base) throw new Error('a case with claims');
  const mark = base.record.file.timeline[0];
  if (!mark) throw new Error('it has a first event');
  const asked = { mark, payload: { body: '市水务局', reason: '水还是有味儿' } };
  const decided = {
    mark,
    payload: { body: '市水务局', result: 'CHANGE', docNo: '水复〔2026〕3号' },
  };
  const relief = [{ requested: asked, decided, settled: null }];
  const appeals = { reviews: relief, rechecks: relief } as unknown as Partial<CaseFile>;
  const appealed = withFile(base, appeals);
  expect((await print(appealed, 'review'))?.paper).toMatchObject({
    title: '信访事项复查意见书',
    docNo: '水复〔2026〕3号',
    unit: '市水务局',
  });
  const last = (await print(appealed, 'recheck'))?.paper;
  expect(last?.paragraphs.join()).toContain('变更原意见');
  expect(last?.paragraphs.join()).toContain('终结');
  const application = (await print(appealed, 'reviewAsked'))?.paper;
  expect(application?.paragraphs.join()).toContain('水还是有味儿');
  expect(application?.to).toBe('');
  expect((await print(appealed, 'recheckAsked'))?.paper.title).toBe('信访事项复核申请书');
  const words = '井修好了，不办了';
  const requested = { mark, payload: { words, proof: 'SIGN' } };
  for (const answer of ['OPEN', 'CONFIRMED', 'REFUSED'] as const) {
    const withdrawals = [{ requested, answer, decision: answer === 'OPEN' ? null : mark }];
    const one = withFile(base, { withdrawals } as unknown as Partial<CaseFile>);
    const paper = (await print(one, 'withdrawn'))?.paper;
    expect(paper?.paragraphs.join()).toContain(`“${words}”`);
    expect(paper?.paragraphs.join().includes('不予撤回')).toBe(answer === 'REFUSED');
  }
  const none = withFile(base, { reviews: [], rechecks: [], withdrawals: [] });
  for (const kind of ['review', 'recheck', 'reviewAsked', 'recheckAsked', 'withdrawn', 'nothing'])
    expect(await print(none, kind)).toBeNull();
});

it('[AU37] a paper says nothing of a telephone that nobody gave', async () => {
  let without = 0;
  for (const one of seen) {
    const accepted = one.record.file.handlings.at(-1)?.accepted?.payload;
    if (!accepted) continue;
    const said = (await print(one, 'accepted'))?.paper.paragraphs.join() ?? '';
    expect(said).not.toMatch(/电话\s*。/);
    if (accepted.officerPhone === undefined) without += 1;
  }
  expect(without).toBeGreaterThan(0);
});

it('[AU37] of one moment the history keeps the order of the log, the newest on top', () => {
  const base = seen[0];
  if (!base) throw new Error('a case');
  const mark = { occurredAt: '2026-11-21T08:00:00Z', payload: {}, stamp: { actor: { name: '' } } };
  const events = ['case.drafted', 'case.taken'].map((type) => ({ ...mark, id: type, type }));
  const told = historyOf(base.record.file, events as unknown as CaseEvent[], {
    ...{ words: true, field: true, unitSide: false, followup: true },
  });
  expect(told.map(({ type }) => type)).toEqual(['case.taken', 'case.drafted']);
});
