/** Of a sealed case a list says its number; the words stand on its page, behind a look. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { actContext } from '../../src/lib/server/desk/context.ts';
import { dailyList, silentUnits } from '../../src/lib/server/desk/freshness.ts';
import { inboxOf, standsInInbox } from '../../src/lib/server/desk/inbox.ts';
import { ledgerOf, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { beginLook, lookAt } from '../../src/lib/server/desk/looks.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { numberOf } from '../../src/lib/server/desk/row.ts';
import { seenCases, type SeenCase } from '../../src/lib/server/desk/see.ts';
import { supervisionOf } from '../../src/lib/server/desk/supervision.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let keeper: Subject;
beforeAll(async () => {
  county = await openTestCounty();
  keeper = await county.person('mifeng1');
  // A registered one besides those of the demo, so that it waits on every list.
  const clerk = await county.person('dengji');
  const [entered] = await dailyList(county.room.desk, clerk);
  const form = formOf({ reason: 'ACCUSATION' });
  const press = { caseId: entered?.caseId ?? '', act: 'seal', eventId: eventId('seal'), form };
  expect(await perform(county.room.desk, clerk, press)).toMatchObject({ ok: true });
}, 300_000);
afterAll(() => county.close());

const isString = (word: unknown): word is string => typeof word === 'string' && word !== '';
const wordsOf = ({ record: { file } }: SeenCase): string[] =>
  [
    ...[file.head.title, file.head.summary, file.head.respondent?.name],
    ...file.dictations.flatMap((d) => [d.verbatim?.slice(0, 12), d.tidy]),
    ...file.petitioners.map(({ name }) => name),
  ].filter(isString);

/** Everything the lists of the desk give this person, as text, by list. */
async function lists(deps: TestCounty['room']['desk'], person: Subject) {
  const asked = ['', 'v=open', 'v=late', 'v=repeat', 'v=joint', 'v=onsite', 'sort=area', 'c=title'];
  const tabs = ['all', 'review', 'transfer', 'due', 'unit', 'resolved'];
  const parts: unknown[] = [await dailyList(deps, person), await silentUnits(deps, person)];
  for (const ask of asked)
    parts.push(await ledgerOf(deps, person, readLedgerAsk(new URLSearchParams(ask))));
  for (const tab of tabs) parts.push(await inboxOf(deps, person, { tab, find: '' }));
  parts.push(await supervisionOf(deps, person));
  return parts.map((part) => JSON.stringify(part));
}

it('[AU382] no list says more of a sealed case than its number, also to whoever is on the list', async () => {
  const { desk } = county.room;
  const seen = (await seenCases(desk, keeper)).filter(({ sight }) => sight.sealed);
  expect(seen.length).toBeGreaterThanOrEqual(2);
  const said = await lists(desk, keeper);
  expect(said).toHaveLength(17);
  let marks = 0;
  for (const one of seen) {
    expect(said.filter((text) => text.includes(numberOf(one.record.file))).length).toBeGreaterThan(
      2,
    );
    for (const word of wordsOf(one)) {
      marks += 1;
      for (const text of said) expect(text).not.toContain(word);
    }
  }
  expect(marks).toBeGreaterThanOrEqual(6);
  // Not even by asking for its place, its kind or its unit.
  for (const { record } of seen) {
    const { areaCode, categoryL2, unit } = record.file.head;
    for (const [name, value] of Object.entries({
      township: areaCode,
      category: categoryL2,
      unit,
    })) {
      if (!value) continue;
      const ask = readLedgerAsk(new URLSearchParams({ [name]: value }));
      const { rows } = await ledgerOf(desk, keeper, ask);
      expect(rows.map(({ caseId }) => caseId)).not.toContain(record.caseId);
    }
  }
});

it('[AU382] beside another case and among those to merge with it is a number, too', async () => {
  const { desk } = county.room;
  const all = await seenCases(desk, keeper);
  const sealed = all.filter(({ sight }) => sight.sealed);
  const other = sealed.find(({ record }) => record.file.status === 'REGISTERED');
  const one = sealed.find((seen) => seen !== other);
  if (!one || !other) throw new Error('two sealed cases');
  await beginLook(desk, keeper, { seen: one, code: 'AUDIT', words: '' });
  const { view } = await reviewOf(desk, keeper, one);
  const asIfOpen = { ...one, record: { ...one.record, file: { ...one.record.file } } };
  Object.assign(asIfOpen.record.file, { status: 'REGISTERED' });
  const { masters } = await actContext(desk, keeper, asIfOpen);
  const merge = masters.find(({ value }) => value === other.record.caseId);
  expect(merge?.word).toBe(`密封件 ${numberOf(other.record.file)}`);
  const said = JSON.stringify([view.similar, masters]);
  for (const word of wordsOf(other)) expect(said).not.toContain(word);
});

it('[AU383] that a case is late opens nothing of it without a reason: the list is everybody’s', async () => {
  const { desk } = county.room;
  const at = new Date(Date.parse(desk.now()) + 90 * 86_400_000).toISOString() as Instant;
  const later = { ...desk, now: () => at };
  const boss = await county.person('juzhang');
  const { sections } = await inboxOf(later, boss, { tab: 'due', find: '' });
  const due = sections.find(({ id }) => id === 'due')?.rows ?? [];
  expect(due.length).toBeGreaterThanOrEqual(1);
  let asked = 0;
  for (const seen of await seenCases(later, boss)) {
    if (!due.some(({ caseId }) => caseId === seen.record.caseId)) continue;
    if (standsInInbox(later, boss, seen)) continue;
    expect(await lookAt(later, boss, seen)).toMatchObject({ open: false });
    asked += 1;
  }
  expect(asked).toBeGreaterThanOrEqual(1);
});
