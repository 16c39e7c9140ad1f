/** What the unit that a matter is about, and the auditor, read of it without her yes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldCase } from '../../src/lib/domain/evolve.ts';
import { told, TRANSFERRED } from '../../src/lib/domain/testing/story.ts';
import { ok, type CaseId, type EventId, type PersonId } from '../../src/lib/domain/values.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { historyOf } from '../../src/lib/server/desk/history.ts';
import { enterCase, entryIds } from '../../src/lib/server/desk/entry.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { ledgerCsv } from '../../src/lib/server/desk/ledger-export.ts';
import { ledgerOf, ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { papersOf } from '../../src/lib/server/desk/papers.ts';
import { peekOf } from '../../src/lib/server/desk/peek.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
});
afterAll(() => county.close());
const desk = () => county.room.desk;

/** Each may be what makes her known. */
const SAID = {
  words: '我家闺女小凤在东院墙根让水利局的人推了一把',
  title: '东院墙根推人',
  summary: '闺女小凤在东院墙根被水利局来的人推倒，膝盖磕破，至今没人来问一声',
  placeText: '大柳树下老井台',
  wants: '给小凤看病钱',
};
const MARKS = ['小凤', '东院', '墙根', '磕破', '大柳树', '老井台', '看病钱', '马福来', '赵敏'];
const MATTER = '反映单位人员处置不当，请核查并答复';
const ENTRY = {
  ...{ channel: 'LF', receivedOn: '2026-11-20', receivedBy: '赵敏', readToPerson: 'on' },
  ...{ areaCode: '230278200201', kind: '申诉求决', urgency: 'NORMAL', prior: 'UNKNOWN' },
  ...{ name: '马福来', phoneType: 'NONE', petitionerCount: '1', categoryL2: 'UNSET' },
  ...{ idNo: '230278195703120225', respondentType: 'UNIT', respondentName: '水利局' },
  ...SAID,
};
const REGISTER = {
  ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决' },
  ...{ first: 'first', procedure: 'ORDINARY', about: 'UNIT', aboutUnit: 'SWJ' },
};

let presses = 0;
const press = async (user: string, [caseId, act, fields]: [string, string, object]) =>
  perform(desk(), await county.person(user), {
    ...{ caseId, act, eventId: eventId(`itself-${String((presses += 1))}-x`) },
    form: formOf(fields as Record<string, string>),
  });

async function registered(identityToUnit: string): Promise<string> {
  const ids = entryIds();
  const form = formOf({ ...ENTRY, identityToUnit });
  const done = await enterCase(desk(), await county.person('dengji'), { ...ids, form });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  expect(await press('dengji', [ids.caseId, 'register', REGISTER])).toEqual({
    ok: true,
    value: true,
  });
  return ids.caseId;
}
const sent = (unitId: string, more: object = {}) => ({ unitId, reason: '管这事', ...more });

async function transferred(identityToUnit: string): Promise<string> {
  const caseId = await registered(identityToUnit);
  const done = await press('dengji', [caseId, 'transfer', sent('SWJ', { matter: MATTER })]);
  expect(done).toMatchObject({ ok: true });
  return caseId;
}

const ledgerAsk = (find = '') => readLedgerAsk(new URLSearchParams({ q: find, n: '5000' }));

/** Every answer of the desk about one case to one person, as text, by the way it was asked. */
async function answersTo(user: string, caseId: string): Promise<Map<string, string>> {
  const person = await county.person(user);
  const seen = await seeCase(desk(), person, caseId);
  if (seen === null) throw new Error(`${user} does not see it`);
  const rows = (await ledgerRows(desk(), person, ledgerAsk())).rows.filter(
    (row) => row.caseId === caseId,
  );
  const inbox = await inboxOf(desk(), person, { tab: 'all', find: '' });
  const mine = inbox.sections.flatMap((section) => section.rows).filter((r) => r.caseId === caseId);
  const listed = (await ledgerOf(desk(), person, ledgerAsk())).rows.filter(
    (row) => row.caseId === caseId,
  );
  const mark = { person, at: desk().now(), purpose: 'x' };
  const papers = papersOf(seen.record.file).map((kind) => {
    const made = paperOf(desk(), person, { seen, kind });
    return [`paper ${kind}`, JSON.stringify(made)] as const;
  });
  return new Map([
    ['page', JSON.stringify(await reviewOf(desk(), person, seen))],
    ['peek', JSON.stringify(await peekOf(desk(), person, caseId))],
    ['ledger', JSON.stringify(listed)],
    ['inbox', JSON.stringify(mine)],
    ['csv', ledgerCsv(rows, mark)],
    ...papers,
  ]);
}

function marksIn(answers: ReadonlyMap<string, string>): string[] {
  return [...answers].flatMap(([way, text]) =>
    MARKS.filter((mark) => text.includes(mark)).map((mark) => `${mark} at ${way}`),
  );
}

async function finds(user: string, word: string, caseId: string): Promise<boolean> {
  const person = await county.person(user);
  const { rows } = await ledgerRows(desk(), person, ledgerAsk(word));
  const inbox = await inboxOf(desk(), person, { tab: 'all', find: word });
  const found = inbox.sections.flatMap((section) => section.rows);
  return [...rows, ...found].some((row) => row.caseId === caseId);
}

describe('the unit that a matter is about', () => {
  it('[UI182] what was sent without a matter is told it later, and anew; the unit reads that and nothing of hers', async () => {
    const caseId = await registered('NO');
    // As an earlier version sent it.
    const sentBefore = await recordAtCounty(desk().sync, {
      ...{ caseId: caseId as CaseId, audit: [] },
      actor: { personId: 'p-dengji' as PersonId, code: 'O', name: '登记员' },
      events: () =>
        ok([
          {
            id: eventId('sent-before') as EventId,
            type: 'case.transferred',
            payload: { unitId: 'SWJ', reason: '管这事' },
          },
        ]),
    });
    expect(sentBefore).toMatchObject({ ok: true });
    const page = async () => (await answersTo('swj-jingban', caseId)).get('page') ?? '';
    expect(await page()).not.toContain(MATTER);
    const ANEW = '反映单位人员处置不当，请核查，并由局领导答复';
    for (const matter of [MATTER, ANEW]) {
      expect(await press('shenhe', [caseId, 'tellUnit', { matter }])).toMatchObject({ ok: true });
      const own = await answersTo('swj-jingban', caseId);
      expect(own.get('page')).toContain(matter);
      expect(marksIn(own)).toEqual([]);
    }
    expect(await page()).not.toContain(`${MATTER}"`);
    for (const user of ['swj-jingban', 'dengji'])
      expect(await press(user, [caseId, 'tellUnit', { matter: 'x' }])).toMatchObject({ ok: false });
    // Where no unit that is meant has it there is nobody to tell.
    const elsewhere = await registered('NO');
    expect(await press('dengji', [elsewhere, 'transfer', sent('JTJ')])).toMatchObject({ ok: true });
    expect(await press('shenhe', [elsewhere, 'tellUnit', { matter: 'x' }])).toMatchObject({
      error: { code: 'STATUS' },
    });
  });

  it.each(['UNSAID', 'NO'])(
    '[AU446] reads none of her words, on no way, when she said %s; the office reads them',
    async (answer) => {
      const caseId = await transferred(answer);
      expect(marksIn(await answersTo('dengji', caseId)).length).toBeGreaterThanOrEqual(10);
      const own = await answersTo('swj-jingban', caseId);
      expect(own.size).toBeGreaterThanOrEqual(7);
      expect(marksIn(own)).toEqual([]);
      expect(own.get('page')).toContain(MATTER);
      expect(own.get('page')).toContain('"wordsWithheld":"UNIT"');
      expect(own.get('page')).toContain('"takenAt":null');
      for (const mark of MARKS) {
        expect(await finds('swj-jingban', mark, caseId), mark).toBe(false);
      }
      expect(await finds('dengji', '小凤', caseId)).toBe(true);
    },
  );

  it('[AU446] is told nothing of what the village side did, neither hour nor hand', () => {
    const events = told(TRANSFERRED);
    const file = foldCase(events, 'salt');
    const types = (field: boolean) =>
      historyOf(file, events, { words: field, field, unitSide: true, followup: false }).map(
        ({ type }) => type,
      );
    expect(types(true)).toContain('case.taken');
    expect(types(false).sort()).toEqual(['case.received', 'case.registered', 'case.transferred']);
  });

  it('[AU446] reads them with her yes, and goes on handling what it may not read', async () => {
    const answers = await answersTo('swj-jingban', await transferred('YES'));
    expect(answers.get('page')).toContain('小凤');
    const caseId = await transferred('NO');
    expect(await press('swj-jingban', [caseId, 'receive', { by: '孙立' }])).toEqual({
      ok: true,
      value: true,
    });
    const person = await county.person('swj-jingban');
    const seen = await seeCase(desk(), person, caseId);
    expect(seen?.record.file.handlings.at(-1)?.signedForAt).not.toBeNull();
  });

  it('[AU447] a transfer to it wants a matter in the office’s words, one to another unit or with her yes none', async () => {
    const caseId = await registered('NO');
    expect(await press('dengji', [caseId, 'transfer', sent('SWJ')])).toMatchObject({
      ...{ ok: false, error: { code: 'MISSING', missing: ['matter'] } },
    });
    const beside = sent('JTJ', { coUnits: 'SWJ' });
    expect(await press('dengji', [caseId, 'transfer', beside])).toMatchObject({
      ...{ ok: false, error: { code: 'MISSING', missing: ['matter'] } },
    });
    expect(await press('dengji', [caseId, 'transfer', sent('JTJ')])).toMatchObject({ ok: true });
    const yes = await registered('YES');
    expect(await press('dengji', [yes, 'transfer', sent('SWJ')])).toMatchObject({ ok: true });
  });
});

describe('the auditor', () => {
  it('[AU448] reads how it was handled and who did it, and none of her words', async () => {
    const caseId = await transferred('NO');
    const answers = await answersTo('shenji', caseId);
    expect(marksIn(answers).filter((one) => !one.startsWith('赵敏'))).toEqual([]);
    expect(answers.get('page')).toContain('"wordsWithheld":"AUDITOR"');
    expect(answers.get('page')).toContain('管这事');
    expect(await finds('shenji', '小凤', caseId)).toBe(false);
  });
});
