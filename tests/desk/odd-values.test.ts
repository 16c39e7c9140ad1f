import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { insightOf } from '../../src/lib/server/desk/insight.ts';
import { keptRows } from '../../src/lib/server/desk/kept.ts';
import { ledgerOf, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { supervisionOf } from '../../src/lib/server/desk/supervision.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { eventId, openTestCounty, type TestCounty } from './county.ts';

const FIELDS: readonly (readonly [string, unknown])[] = [
  ['areaCode', 5],
  ['areaCode', { a: 1 }],
  ['areaCode', '110101001001'],
  ['claims', 'x'],
  ['petitioners.0.name', { a: 1 }],
  ['xfDate', []],
  ['xfDate', '9999-12-31'],
  ['categoryL2', {}],
  ['urgency', {}],
  ['respondent', null],
];

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

it('[ST30] odd values pushed by an agent cost the desk nothing: every place opens, the case is in the ledger', async () => {
  const { desk, container } = county.room;
  const agent = await county.person('wangchunsheng');
  const caseId = eventId('oddcase');
  const now = container.clock.now();
  const wire = (ds: number, t: string, p: unknown) => ({
    ...{ c: 0, ds, id: eventId(`odd${String(ds)}`), t, v: 1, at: now, p },
  });
  const changes = FIELDS.map(([field, to]) => ({ field, to }));
  const head = { ...EXAMPLES['case.taken'].head, areaCode: '110101001001' };
  const done = await exchange(container.sync, agent, {
    ...{ proto: 1, build: 'test', schema: 1, dv: eventId('odddevice'), dsHi: 0, cursor: null },
    ...{ wit: null, wits: [], hist: [], media: [], feedBytesMax: 1_000_000, now },
    cases: [{ id: caseId, salt: eventId('oddsalt') }],
    events: [
      wire(1, 'case.drafted', EXAMPLES['case.drafted']),
      wire(2, 'dictation.recorded', EXAMPLES['dictation.recorded']),
      wire(3, 'case.supplemented', { changes }),
      wire(4, 'case.taken', { ...EXAMPLES['case.taken'], head }),
      wire(5, 'case.supplemented', { changes }),
      wire(6, 'agent.recused', {
        ...EXAMPLES['agent.recused'],
        agent: { personId: 'xfj-reviewer', name: '复核' },
      }),
      wire(7, 'case.supplemented', { text: JSON.parse('1e999') as unknown }),
      wire(8, 'case.submitted', EXAMPLES['case.submitted']),
    ],
  });
  if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
  expect(done.value.reply.results.map(({ s }) => s)).toEqual([
    ...['stored', 'stored', 'stored', 'stored', 'stored', 'stored', 'rejected', 'stored'],
  ]);
  for (const user of ['dengji', 'shenhe']) {
    const person = await county.person(user);
    await inboxOf(desk, person, { tab: 'all', find: '' });
    await supervisionOf(desk, person);
    await insightOf(desk, person, 'year');
    await keptRows(desk, person);
    const found = await seeCase(desk, person, caseId);
    expect(found?.record.file.head.areaCode).toBe(EXAMPLES['case.drafted'].areaCode);
    if (found !== null) await reviewOf(desk, person, found);
    const ledger = await ledgerOf(desk, person, readLedgerAsk(new URLSearchParams()));
    expect(JSON.stringify(ledger)).toContain(caseId);
  }
});

it('[ST30] a case that cannot be read costs one row of the lists, not the lists', async () => {
  const { desk } = county.room;
  const person = await county.person('shenhe');
  const records = await desk.cases.all();
  const whole = await seenCases(desk, person);
  const bad = records.find(({ caseId }) => caseId === whole.at(-1)?.record.caseId);
  if (bad === undefined) throw new Error('the office sees cases');
  const before = whole.length;
  const head = { ...bad.file.head, areaCode: 5 as never };
  const broken = { ...bad, file: { ...bad.file, head } };
  const all = () => Promise.resolve(records.map((one) => (one === bad ? broken : one)));
  const said: unknown[] = [];
  const { error } = console;
  console.error = (...words: unknown[]) => said.push(words);
  const seen = await seenCases({ ...desk, cases: { ...desk.cases, all } }, person);
  console.error = error;
  expect([seen.length, said.length]).toEqual([before - 1, 1]);
});

it('[ST82] days that cannot be are taken, told beside their entry, and no clock, list or page rests on them', async () => {
  const { desk, container } = county.room;
  const agent = await county.person('wangchunsheng');
  const caseId = eventId('odddays');
  const now = container.clock.now();
  const wire = (ds: number, t: string, p: unknown) => ({
    ...{ c: 0, ds, id: eventId(`day${String(ds)}`), t, v: 1, at: now, p },
  });
  const visit = { ...EXAMPLES['visit.recorded'], at: '2026-02-30T00:00:00Z' };
  const promise = { i: 1, result: 'PROMISED', due: '9999-12-31' } as const;
  const done = await exchange(container.sync, agent, {
    ...{ proto: 1, build: 'test', schema: 1, dv: eventId('daydevice'), dsHi: 0, cursor: null },
    ...{ wit: null, wits: [], hist: [], media: [], feedBytesMax: 1_000_000, now },
    cases: [{ id: caseId, salt: eventId('daysalt') }],
    events: [
      wire(1, 'case.drafted', { ...EXAMPLES['case.drafted'], xfDate: '2026-02-30' }),
      wire(2, 'dictation.recorded', EXAMPLES['dictation.recorded']),
      wire(3, 'case.taken', EXAMPLES['case.taken']),
      wire(4, 'visit.recorded', visit),
      wire(5, 'resolution.recorded', {
        ...EXAMPLES['resolution.recorded'],
        claims: [{ ...EXAMPLES['resolution.recorded'].claims[0], ...promise }],
      }),
    ],
  });
  if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
  expect(done.value.reply.results.map(({ s }) => s)).toEqual(Array(5).fill('stored'));
  const person = await county.person('shenhe');
  const found = await seeCase(desk, person, caseId);
  if (found === null) throw new Error('no case');
  const { view } = await reviewOf(desk, person, found);
  const told = view.timeline.filter(({ oddDays }) => oddDays.length > 0);
  expect(told.map(({ type, oddDays }) => [type, ...oddDays])).toEqual(
    expect.arrayContaining([
      ['case.drafted', '2026-02-30'],
      ['visit.recorded', '2026-02-30T00:00:00Z'],
      ['resolution.recorded', '9999-12-31'],
    ]),
  );
  expect(told).toHaveLength(3);
  expect(view.clocks.map(({ code }) => code)).not.toContain('C16');
  expect(JSON.stringify(view.clocks)).not.toMatch(/9999|02-30/);
  await inboxOf(desk, person, { tab: 'all', find: '' });
});
