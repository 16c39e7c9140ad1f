import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { can, sightOf } from '../../src/lib/domain/permissions.ts';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { createCaseReader } from '../../src/lib/server/desk/cases.ts';
import type { DeskActDeps } from '../../src/lib/server/desk/deps.ts';
import { dailyList, silentAgents, silentUnits } from '../../src/lib/server/desk/freshness.ts';
import { hazardRows } from '../../src/lib/server/desk/field.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { insightOf } from '../../src/lib/server/desk/insight.ts';
import { keptRows } from '../../src/lib/server/desk/kept.ts';
import { ledgerOf, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { peekOf } from '../../src/lib/server/desk/peek.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { soundRecord } from '../../src/lib/server/desk/sound.ts';
import { supervisionOf } from '../../src/lib/server/desk/supervision.ts';
import { caseFromTable } from '../../src/lib/server/store/rows.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

type Stored = Readonly<Record<string, unknown>>;
const headWith = (odd: Stored) => (file: Stored) => ({
  ...file,
  head: { ...(file['head'] as Stored), ...odd },
});

/** What an older build may have folded from a field of the wrong kind. */
const DAMAGE: Readonly<Record<string, (file: Stored) => Stored>> = {
  'a number for the village': headWith({ areaCode: 5 }),
  'true for the village': headWith({ areaCode: true }),
  'a word for the claims': headWith({ claims: 'x' }),
  'a list for the title': headWith({ title: [1] }),
  'a number for the content': headWith({ categoryL2: 7 }),
  'nobody for the respondent': headWith({ respondent: null }),
  'a thing for the name': (file) => ({ ...file, petitioners: [{ name: { a: 1 } }] }),
  'no list of handlings': (file) => ({ ...file, handlings: null }),
  'a word for the dictations': (file) => ({ ...file, dictations: 'x' }),
};

async function damage(caseId: string, kind: string): Promise<DeskActDeps> {
  const { desk } = county.room;
  const row = await desk.db
    .selectFrom('cases')
    .select('file')
    .where('case_id', '=', caseId)
    .executeTakeFirstOrThrow();
  const file = JSON.stringify(DAMAGE[kind]?.(JSON.parse(row.file) as Stored));
  await desk.db.updateTable('cases').set({ file }).where('case_id', '=', caseId).execute();
  return { ...desk, cases: createCaseReader(desk.db, desk.county) };
}

it.each(Object.keys(DAMAGE))('[AU52] one bad case costs at most its row: %s', async (kind) => {
  const reviewer = await county.person('shenhe');
  const before = await seenCases(county.room.desk, reviewer);
  const bad = before.find(({ record }) => record.file.status === 'SUBMITTED')?.record;
  const other = before.find(({ record }) => record.caseId !== bad?.caseId)?.record;
  if (!bad || !other) throw new Error('the demo has two cases');
  const kept = await county.room.desk.db
    .selectFrom('cases')
    .selectAll()
    .where('case_id', '=', bad.caseId)
    .executeTakeFirstOrThrow();
  const desk = await damage(bad.caseId, kind);
  const ledger = await ledgerOf(desk, reviewer, readLedgerAsk(new URLSearchParams()));
  expect(ledger.rows.map((row) => row.caseId)).toContain(bad.caseId);
  expect(ledger.total).toBe(before.length);
  const inbox = await inboxOf(desk, reviewer, { tab: 'all', find: '' });
  expect(inbox.sections.flatMap(({ rows }) => rows.map((row) => row.caseId))).toContain(bad.caseId);
  for (const user of ['shenhe', 'juzhang', 'heyan', 'jtj-jingban', 'mifeng1', 'shenji']) {
    const person = await county.person(user);
    await inboxOf(desk, person, { tab: 'all', find: '村' });
    await supervisionOf(desk, person);
    await insightOf(desk, person, 'year');
    await dailyList(desk, person);
    await silentUnits(desk, person);
    await silentAgents(desk, person);
    await hazardRows(desk, person);
    await keptRows(desk, person);
  }
  for (const { caseId } of [bad, other]) {
    const seen = await seeCase(desk, reviewer, caseId);
    if (seen === null) throw new Error('the reviewer sees it');
    const { view } = await reviewOf(desk, reviewer, seen);
    expect(view.status).toBe((caseId === bad.caseId ? bad : other).file.status);
    expect(await peekOf(desk, reviewer, caseId)).not.toBeNull();
  }
  await desk.db
    .updateTable('cases')
    .set({ file: kept.file })
    .where('case_id', '=', bad.caseId)
    .execute();
});

it('[AU52] a case that reads well is left as it is', async () => {
  const { desk } = county.room;
  const rows = await desk.db.selectFrom('cases').selectAll().execute();
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const stored = caseFromTable(row);
    expect(soundRecord(stored, desk.county)).toBe(stored);
  }
});

it('[AU52] nobody sees more of a case because something in it cannot be read', async () => {
  const { desk } = county.room;
  const records = await desk.cases.all();
  const sealed = records.find(({ caseId }) => caseId === sampleCaseId('S09'));
  if (!sealed) throw new Error('the sample is there');
  const people = await Promise.all(
    ['dengji', 'shenhe', 'heyan', 'jtj-jingban', 'mifeng1'].map((user) => county.person(user)),
  );
  const seers = (file: CaseFile) =>
    people
      .filter((one) => can(one, 'case.view', { object: sightOf(file), now: desk.now() }))
      .map(({ name }) => name);
  expect(seers(sealed.file)).toHaveLength(1);
  for (const [kind, harm] of Object.entries(DAMAGE)) {
    const file = harm(sealed.file as unknown as Stored) as unknown as CaseFile;
    expect(seers(soundRecord({ ...sealed, file }, desk.county).file), kind).toEqual(
      seers(sealed.file),
    );
  }
});

it('[AU52] events whose payload cannot be counted cost the clocks of their case alone', async () => {
  const { desk } = county.room;
  const reviewer = await county.person('shenhe');
  const before = await seenCases(desk, reviewer);
  const bad = before.find(({ record }) => record.file.status === 'ACCEPTED')?.record;
  if (!bad) throw new Error('the demo has an accepted case');
  const own = desk.db.selectFrom('log').selectAll().where('case_id', '=', bad.caseId);
  const rows = await own.execute();
  await desk.db
    .updateTable('log')
    .set({ body: 'null' })
    .where('case_id', '=', bad.caseId)
    .where('kind', '=', 'event')
    .execute();
  const fresh = { ...desk, cases: createCaseReader(desk.db, desk.county) };
  const after = await seenCases(fresh, reviewer);
  expect(after).toHaveLength(before.length);
  const counted = (all: typeof before) =>
    all.filter(({ record }) => record.caseId !== bad.caseId).map(({ clocks }) => clocks.length);
  expect(counted(after)).toEqual(counted(before));
  expect(await seeCase(fresh, reviewer, bad.caseId)).not.toBeNull();
  for (const { seq, body } of rows)
    await desk.db.updateTable('log').set({ body }).where('seq', '=', seq).execute();
});
