import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { enterCase } from '../../src/lib/server/desk/entry.ts';
import { dailyList, giveReason } from '../../src/lib/server/desk/freshness.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { ledgerCsv, ledgerXlsx, logExport } from '../../src/lib/server/desk/ledger-export.ts';
import { ledgerOf, ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { lookUp } from '../../src/lib/server/track.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const ODD = ['\0', 'a\0b', '\ud842', '\u202e于', '\u200b', '𠮷', "' or 1=1 --", '%_\\', '＝１'];
const LETTER = {
  ...{ channel: 'LX', receivedOn: '2026-11-20', receivedBy: '赵敏', areaCode: '230278200201' },
  ...{ words: '门口电线杆歪了', title: '电线杆', kind: '申诉求决', urgency: 'NORMAL' },
  ...{ prior: 'UNKNOWN', respondentType: 'UNKNOWN', identityToUnit: 'UNSAID' },
  ...{ name: '马福来', phoneType: 'OWN', petitionerCount: '1' },
  categoryL2: 'UNSET',
};

it('[AU110] odd letters in searches, codes, reasons and purposes make nothing fail', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const limiter = createRateLimiter(() => Date.now());
  const [line] = await dailyList(desk, clerk);
  for (const [n, odd] of ODD.entries()) {
    const address = `10.9.9.${n}`;
    const asked = await lookUp(desk, limiter, { code: `${odd} 77${n}`, name: odd, address });
    expect(asked).toEqual({ kind: 'unknown' });
    await inboxOf(desk, clerk, { tab: odd, find: odd });
    await ledgerOf(desk, clerk, readLedgerAsk(new URLSearchParams({ q: odd, v: odd, sort: odd })));
    const mark = { person: clerk, at: desk.now(), purpose: odd };
    await logExport(desk, mark, { rows: 0, format: 'csv', scope: odd });
    await giveReason(desk, clerk, { caseId: line?.caseId ?? '', reason: odd });
    const form = formOf({ reason: odd, text: odd });
    const press = { caseId: odd, act: odd, eventId: odd, form };
    expect((await perform(desk, clerk, press)).ok).toBe(false);
  }
  const rows = await desk.db
    .selectFrom('audit')
    .select('note')
    .where('action', '=', 'export.made')
    .execute();
  expect(rows).toHaveLength(ODD.length);
});

it('[AU110] a letter keeps its words but for what no database keeps, and goes out as text', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const enter = (name: string, fields: object) =>
    enterCase(desk, clerk, {
      ...{ caseId: eventId(name), eventId: eventId(`${name}1`) },
      form: formOf({ ...LETTER, ...fields }),
    });
  for (const [field, value] of [
    ['words', '\u200b\ufeff'],
    ['name', '\u3164'],
    ['name', '\0'],
  ] as const)
    expect(await enter(`no${field}`, { [field]: value })).toMatchObject({
      ok: false,
      error: { code: 'MISSING' },
    });
  const words = '=HYPERLINK("http://x")＝\u202e𠮷\u{E0100}<b>';
  const done = await enter('oddletter', { words: `${words}\0\ud842`, name: '𠮷野\u200b' });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  const file = (await desk.cases.one(done.value.caseId))?.file;
  expect(file?.dictations[0]?.verbatim).toBe(`${words}\ufffd`);
  expect(file?.petitioners[0]?.name).toBe('𠮷野\u200b');
  const ask = readLedgerAsk(new URLSearchParams({ q: '电线杆' }));
  const { rows } = await ledgerRows(desk, clerk, ask);
  const mark = { person: clerk, at: desk.now(), purpose: '＝1' };
  const csv = ledgerCsv(rows, mark);
  expect(csv).toContain(`"'${words.replaceAll('"', '""')}`);
  expect(csv).toContain(`"'＝1"`);
  expect((await ledgerXlsx(rows, mark)).length).toBeGreaterThan(1_000);
});
