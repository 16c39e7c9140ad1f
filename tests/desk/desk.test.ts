import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { ledgerOf, ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import {
  formulaSafe,
  leavesHouse,
  ledgerCsv,
  ledgerXlsx,
  logExport,
} from '../../src/lib/server/desk/ledger-export.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { peekOf } from '../../src/lib/server/desk/peek.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { placesFor } from '../../src/lib/server/desk/places.ts';
import { logLook, lookAt } from '../../src/lib/server/desk/looks.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const desk = () => county.room.desk;
const ask = (query = '') => readLedgerAsk(new URLSearchParams(query));
const fileOf = async (title: string): Promise<CaseFile> => {
  const found = (await desk().cases.all()).find(({ file }) => file.head.title === title);
  if (!found) throw new Error(title);
  return found.file;
};
const press = (
  caseId: string,
  act: string,
  rest: { id: string; fields?: Record<string, string> },
) => ({
  caseId,
  act,
  eventId: eventId(rest.id),
  form: formOf(rest.fields ?? {}),
});
const BRIDGE = '屯头小桥栏杆掉了，天黑怕掉下去';

describe('what a person sees at the desk', () => {
  // By hand: 35 cases, two sealed; units have what the samples and the demo sent them.
  const SEEN: readonly (readonly [string, number])[] = [
    ['dengji', 33],
    ['shenhe', 33],
    ['ducha', 33],
    ['juzhang', 33],
    ['shenji', 33],
    ['mifeng1', 2],
    ['guanli', 0],
    ['heyan', 8],
    ['jtj-jingban', 2],
    ['mzj-jingban', 3],
    ['swj-fuze', 1],
    ['nyj-jingban', 2],
  ];

  it.each(SEEN)('[AU11] %s sees %i cases in every list alike', async (user, count) => {
    const person = await county.person(user);
    expect(await seenCases(desk(), person)).toHaveLength(count);
    const { rows } = await ledgerRows(desk(), person, ask());
    expect(rows).toHaveLength(count);
    expect(leavesHouse(rows).some(({ seen }) => seen.sight.sealed)).toBe(false);
    expect(leavesHouse(rows)).toHaveLength(user.startsWith('mifeng') ? 0 : count);
  });

  it('[AU12] a case of others and a case that is not there answer alike, everywhere', async () => {
    const person = await county.person('nyj-jingban');
    const others = sampleCaseId('S03');
    for (const id of [others, 'AAAAAAAAAAAAAAAAAAAAAA']) {
      expect(await seeCase(desk(), person, id)).toBeNull();
      expect(await peekOf(desk(), person, id)).toBeNull();
      const done = await perform(desk(), person, press(id, 'accept', { id: 'x' }));
      expect(done).toEqual({ ok: false, error: { code: 'NOT_FOUND', missing: [], detail: '' } });
    }
  });

  it('[AU13] a sealed case is a count and nothing else outside the list', async () => {
    const registrar = await county.person('dengji');
    const inbox = await inboxOf(desk(), registrar, { tab: 'all', find: '' });
    expect(inbox.sealedCount).toBe('few');
    const sealed = sampleCaseId('S09');
    const { rows } = await ledgerRows(desk(), registrar, ask());
    expect(rows.map((row) => row.caseId)).not.toContain(sealed);
    expect(JSON.stringify(await ledgerOf(desk(), registrar, ask()))).not.toContain(sealed);
    const unit = await inboxOf(desk(), await county.person('jtj-jingban'), {
      tab: 'all',
      find: '',
    });
    expect(unit.sealedCount).toBe(0);
    const officer = await county.person('mifeng1');
    const own = (await ledgerOf(desk(), officer, ask())).rows.map(({ caseId }) => caseId);
    expect(own.sort()).toEqual([sealed, sampleCaseId('D38')].sort());
    const found = await ledgerOf(desk(), officer, ask(`q=${sampleQueryCode('S09')}`));
    expect(found.rows.map(({ caseId }) => caseId)).toEqual([sealed]);
    expect(found.sealedCount).toBe(0);
  });

  it('[AU14] the rail offers only places that the person may open', async () => {
    const idsOf = async (user: string) =>
      (await placesFor(desk(), await county.person(user))).map(({ id }) => id);
    expect(await idsOf('guanli')).toEqual(['devices', 'settings']);
    expect(await idsOf('nyj-jingban')).toEqual(['inbox', 'ledger', 'supervision', 'settings']);
    expect(await idsOf('juzhang')).toContain('insight');
  });

  it('[AU15] a unit reads who asks only when the petitioner agreed', async () => {
    const unit = await county.person('mzj-jingban');
    const office = await county.person('dengji');
    const file = await fileOf('低保名单没贴出来，想问问咋评的');
    const name = file.petitioners[0]?.name ?? '';
    expect(name.length).toBeGreaterThan(1);
    const seen = await seeCase(desk(), unit, file.caseId);
    if (!seen) throw new Error('the unit has this case');
    const told = file.head.identityToUnit === true;
    const { view } = await reviewOf(desk(), unit, seen);
    expect(JSON.stringify(view.petitioner).includes(name)).toBe(told);
    const paper = paperOf(desk(), unit, { seen, kind: 'transferred' });
    expect(JSON.stringify(paper).includes(name)).toBe(told);
    const { rows } = await ledgerRows(desk(), unit, ask());
    expect(JSON.stringify(rows.map(({ petitioner }) => petitioner))).not.toContain(name);
    const own = await seeCase(desk(), office, file.caseId);
    if (!own) throw new Error('the office has this case');
    expect(JSON.stringify((await reviewOf(desk(), office, own)).view.petitioner)).toContain(name);
  });

  it('[AU16] looks at what is sensitive are written down by person and case', async () => {
    const person = await county.person('dengji');
    const file = await fileOf(BRIDGE);
    const seen = await seeCase(desk(), person, file.caseId);
    if (!seen) throw new Error('the office has this case');
    await logLook(desk(), person, { seen, look: await lookAt(desk(), person, seen) });
    const rows = await desk().db.selectFrom('audit').selectAll().execute();
    const last = rows.findLast((row) => row.action === 'view.logged');
    expect(last).toMatchObject({ person_id: person.personId, case_id: file.caseId, note: 'P3' });
    expect(last).toMatchObject({ role: 'O1', why: '' });
  });
});

/** What the office says of the bridge when it registers it. */
const AS_ROAD = {
  ...{ areaCode: '230278202201', categoryL2: 'JT01', kind: '申诉求决' },
  ...{ first: 'first', procedure: 'ORDINARY', about: 'NOBODY' },
};

describe('acts', () => {
  it('[AU17] a role without the right is refused although it sees the case', async () => {
    const { caseId } = await fileOf(BRIDGE);
    for (const user of ['shenji', 'ducha', 'shenhe']) {
      const done = await perform(
        desk(),
        await county.person(user),
        press(caseId, 'register', { id: user }),
      );
      expect(done.ok ? 'done' : done.error.code).toBe('ACTOR');
    }
    expect((await fileOf(BRIDGE)).status).toBe('SUBMITTED');
  });

  it('[AU19] an act is recorded once however often it is pressed, and says what is missing', async () => {
    const person = await county.person('dengji');
    const { caseId } = await fileOf(BRIDGE);
    const empty = await perform(desk(), person, press(caseId, 'register', { id: 'reg' }));
    expect(empty.ok ? [] : empty.error.missing).toContain('areaCode');
    const fields = AS_ROAD;
    const both = await Promise.all(
      [1, 2].map(() => perform(desk(), person, press(caseId, 'register', { id: 'reg', fields }))),
    );
    const codes = both.map((done) => (done.ok ? 'done' : done.error.code)).sort();
    expect(codes).toEqual(['ALREADY_RECORDED', 'done']);
    const file = await fileOf(BRIDGE);
    expect(file.status).toBe('REGISTERED');
    expect(file.numbers.caseNo).toMatch(/^DL2302782026000\d\d$/);
    expect(file.timeline.filter((line) => line.type === 'case.registered')).toHaveLength(1);
  });

  it('[AU20] a button says which clocks it starts and stops, as the deed then does', async () => {
    const person = await county.person('dengji');
    const { caseId } = await fileOf(BRIDGE);
    // Once, whichever of these tests comes first.
    await perform(desk(), person, press(caseId, 'register', { id: 'reg', fields: AS_ROAD }));
    const seen = await seeCase(desk(), person, caseId);
    if (!seen) throw new Error('seen');
    const { acts } = await reviewOf(desk(), person, seen);
    const transfer = acts.find((act) => act.id === 'transfer');
    const said = transfer?.effects ?? [];
    const codes = (kind: string) => said.filter((e) => e.kind === kind).map((e) => e.code);
    expect(codes('stops').sort()).toEqual(['C1', 'C1b']);
    expect(codes('starts').sort()).toEqual(['C2', 'C3']);
    const fields = { unitId: 'JTJ', reason: '属该单位职责' };
    const done = await perform(desk(), person, press(caseId, 'transfer', { id: 'tr', fields }));
    expect(done.ok).toBe(true);
    const after = await seeCase(desk(), person, caseId);
    const due = said.find((effect) => effect.code === 'C2')?.due;
    expect(after?.clocks.find((clock) => clock.code === 'C2')?.due).toBe(due);
    expect(after?.clocks.find((clock) => clock.code === 'C1')?.outcome).toBe('MET');
  });

  it('[AU20] every button has its own key', async () => {
    for (const user of ['dengji', 'shenhe', 'juzhang', 'mifeng1', 'heyan']) {
      const person = await county.person(user);
      for (const seen of await seenCases(desk(), person)) {
        const letters = (await reviewOf(desk(), person, seen)).acts.map((act) => act.letter);
        expect(new Set(letters).size).toBe(letters.length);
        expect(letters.every((letter) => /^[a-z0-9]$/.test(letter) && !'jk'.includes(letter))).toBe(
          true,
        );
      }
    }
  });
});

describe('exports', () => {
  it('[AU21] a text that a sheet would calculate is made harmless, others stay as they are', () => {
    for (const text of [
      '=1+1',
      '+86',
      '-5',
      '@x',
      '＝1',
      '＋1',
      '－1',
      '＠x',
      '\t=1',
      '\r=1',
      ' =1',
    ])
      expect(formulaSafe(text)).toBe(`'${text}`);
    for (const text of ['粪堆', '1-2', 'a=b', '', '「原话」']) expect(formulaSafe(text)).toBe(text);
  });

  it('[AU21] the export carries numbers, code, words and who made it, and is in the audit log', async () => {
    const person = await county.person('dengji');
    const { rows } = await ledgerRows(desk(), person, ask());
    const mark = { person, at: desk().now(), purpose: '月度核对' };
    const csv = ledgerCsv(rows, mark);
    const { file } = rows.find((row) => row.caseId === sampleCaseId('S01'))?.seen.record ?? {};
    const parts = [file?.numbers.caseNo, file?.numbers.temporaryNo, file?.numbers.queryCode];
    for (const part of [...parts, file?.dictations[0]?.verbatim, '杨帆', '月度核对'])
      expect(csv).toContain(part ?? 'missing');
    expect(csv.startsWith('\uFEFF')).toBe(true);
    expect(csv).not.toContain('周桂芹');
    const xlsx = await ledgerXlsx(rows, mark);
    expect(new TextDecoder().decode(xlsx.slice(0, 2))).toBe('PK');
    await logExport(desk(), mark, { rows: rows.length, format: 'csv', scope: '' });
    const audit = await desk().db.selectFrom('audit').selectAll().execute();
    expect(audit.findLast((row) => row.action === 'export.made')?.note).toContain('月度核对');
  });

  it('[AU22] the ledger finds by number, village and words, filters and sorts', async () => {
    const person = await county.person('dengji');
    const found = async (query: string) =>
      (await ledgerOf(desk(), person, ask(query))).rows.map((row) => row.title);
    expect(await found('q=DL230278202600009')).toEqual(['邻居粪堆挨着水井，味儿大招苍蝇']);
    expect((await found(`q=${encodeURIComponent('粪')}`)).length).toBeGreaterThan(0);
    expect(await found('q=no-such-word')).toEqual([]);
    const onsite = await ledgerOf(desk(), person, ask('v=onsite'));
    expect(onsite.total).toBe(6);
    const up = (await ledgerOf(desk(), person, ask('sort=number'))).rows.map((row) => row.number);
    expect(up).toEqual([...up].sort());
    const township = await ledgerOf(desk(), person, ask('township=230278200000'));
    expect(township.rows.every((row) => row.area === '新河村')).toBe(true);
  });
});
