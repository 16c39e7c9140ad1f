import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCase, entryIds } from '../../src/lib/server/desk/entry.ts';
import { behindFigure } from '../../src/lib/server/desk/insight.ts';
import type { AsideRow } from '../../src/lib/ports/county-store.ts';
import { beginLook } from '../../src/lib/server/desk/looks.ts';
import { keptRows } from '../../src/lib/server/desk/kept.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { deskCaseWords } from '../../src/lib/ui/messages/desk-case.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
});
afterAll(() => county.close());

const NAME = '马福来';
const LETTER = {
  ...{ channel: 'LF', receivedOn: '2026-11-20', receivedBy: '赵敏', readToPerson: 'on' },
  ...{ areaCode: '230278200201', words: '机井修了三回，没一回出水。', title: '机井不出水' },
  ...{ kind: '申诉求决', urgency: 'NORMAL', prior: 'UNKNOWN', name: NAME, phoneType: 'NONE' },
  ...{ petitionerCount: '1', categoryL2: 'UNSET', idNo: '230278195703120225' },
  ...{ respondentType: 'UNKNOWN', identityToUnit: 'UNSAID' },
};
const desk = () => county.room.desk;

async function entered(fields: Record<string, string>): Promise<string> {
  const ids = entryIds();
  const person = await county.person('dengji');
  const done = await enterCase(desk(), person, { ...ids, form: formOf({ ...LETTER, ...fields }) });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return ids.caseId;
}

let presses = 0;
const press = async (user: string, [caseId, act, fields]: [string, string, object]) =>
  perform(desk(), await county.person(user), {
    ...{ caseId, act, eventId: eventId(`${String((presses += 1))}-${act}-${caseId}`) },
    form: formOf(fields as Record<string, string>),
  });

/** The registrar's answer: it is about 水务局. */
const SWJ = { about: 'UNIT', aboutUnit: 'SWJ' };
const REGISTER = {
  ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决' },
  ...{ first: 'first', procedure: 'ORDINARY' },
};

/** What the office writes for the unit that is meant. */
const MATTER = '机井该谁修，修好没有';

/** Registered and sent to the unit; whatever an act answers is said by the test that goes red. */
async function sentTo(
  unitId: string,
  fields: Record<string, string>,
  answer: object = { about: 'NOBODY' },
): Promise<string> {
  const caseId = await entered(fields);
  expect(await press('dengji', [caseId, 'register', { ...REGISTER, ...answer }])).toEqual({
    ok: true,
    value: true,
  });
  const sent = { unitId, mode: 'TRANSFER', reason: '管这事的单位', matter: MATTER };
  expect(await press('dengji', [caseId, 'transfer', sent])).toEqual({ ok: true, value: true });
  return caseId;
}

/** The whole page as this person gets it; empty when he is not shown the case. */
async function pageOf(user: string, caseId: string): Promise<string> {
  const person = await county.person(user);
  const seen = await seeCase(desk(), person, caseId);
  return seen === null ? '' : JSON.stringify(await reviewOf(desk(), person, seen));
}

describe('a complaint about a unit goes to that unit', () => {
  it.each([
    ['by its name as it was said', { respondentType: 'UNIT', respondentName: '水利局' }],
    ['by the list', { respondentUnit: 'SWJ' }],
    ['in the words alone', { respondentType: 'PERSON', respondentName: '水务局的老刘' }],
  ])('[AU355] %s: it reads the matter and not who asks', async (_how, fields) => {
    const caseId = await sentTo('SWJ', fields, SWJ);
    const page = await pageOf('swj-jingban', caseId);
    expect(page).toContain(MATTER);
    expect(page).not.toContain('机井修了三回');
    expect(page).not.toContain(NAME);
    expect(await pageOf('dengji', caseId)).toContain(NAME);
  });

  it('[AU355] with her yes it reads the name, with her no no unit does', async () => {
    const unit = { respondentType: 'UNIT', respondentName: '水利局' };
    const yes = await sentTo('SWJ', { ...unit, identityToUnit: 'YES' }, SWJ);
    expect(await pageOf('swj-jingban', yes)).toContain(NAME);
    const no = await sentTo('SWJ', { identityToUnit: 'NO' });
    expect(await pageOf('swj-jingban', no)).not.toContain(NAME);
    const neighbour = await sentTo('SWJ', { respondentType: 'PERSON', respondentName: '于海' });
    expect(await pageOf('swj-jingban', neighbour)).toContain(NAME);
  });

  it('[AU354] what she said on the telephone later is a correction, and only yes or no', async () => {
    const unit = { respondentType: 'UNIT', respondentName: '水利局' };
    const caseId = await sentTo('SWJ', unit, SWJ);
    const told = (word: string) => ({
      ...{ field: 'identityToUnit', new: word, reason: '打电话问了本人' },
    });
    const odd = await press('shenhe', [caseId, 'correct', told('也许')]);
    expect(odd).toMatchObject({ ok: false, error: { code: 'NOT_OFFERED' } });
    expect(await pageOf('swj-jingban', caseId)).not.toContain(NAME);
    expect(await press('shenhe', [caseId, 'correct', told('能')])).toMatchObject({ ok: true });
    expect(await pageOf('swj-jingban', caseId)).toContain(NAME);
    expect(await press('shenhe', [caseId, 'correct', told('不能')])).toMatchObject({ ok: true });
    expect(await pageOf('swj-jingban', caseId)).not.toContain(NAME);
  });
});

/** What an act of the dock asks this person, field by field. */
async function fieldOf(user: string, [caseId, act, name]: [string, string, string]) {
  const person = await county.person(user);
  const seen = await seeCase(desk(), person, caseId);
  if (seen === null) throw new Error('he is not shown the case');
  const { acts } = await reviewOf(desk(), person, seen);
  return acts.find(({ id }) => id === act)?.fields.find((field) => field.name === name);
}

const sees = async (user: string, caseId: string): Promise<boolean> =>
  (await seeCase(desk(), await county.person(user), caseId)) !== null;

describe('the registrar answers whom it means', () => {
  it('[AU356] nothing is registered without the answer, nor with half of one', async () => {
    const caseId = await entered({});
    const answers = [{}, { about: 'UNIT' }, { about: 'PERSON' }, { about: 'UNIT', aboutUnit: 'X' }];
    for (const answer of answers)
      expect((await press('dengji', [caseId, 'register', { ...REGISTER, ...answer }])).ok).toBe(
        false,
      );
    expect((await desk().cases.one(caseId))?.file.status).toBe('SUBMITTED');
    expect(await press('dengji', [caseId, 'register', { ...REGISTER, ...SWJ }])).toMatchObject({
      ok: true,
    });
    const respondent = (await desk().cases.one(caseId))?.file.head.respondent;
    expect(respondent).toMatchObject({ about: 'UNIT', unitId: 'SWJ', level: 'COUNTY' });
  });

  it('[AU356] the words choose the unit beforehand, and her words stay as they were said', async () => {
    const caseId = await entered({ respondentType: 'UNIT', respondentName: '管水 利局的' });
    expect((await fieldOf('dengji', [caseId, 'register', 'aboutUnit']))?.value).toBe('SWJ');
    expect((await fieldOf('dengji', [caseId, 'register', 'about']))?.value).toBe('UNIT');
    await press('dengji', [caseId, 'register', { ...REGISTER, ...SWJ }]);
    const file = (await desk().cases.one(caseId))?.file;
    expect(file?.head.respondent?.name).toBe('管水 利局的');
    expect(file?.corrections.at(-1)?.old).toMatchObject({ name: '管水 利局的' });
  });

  it('[AU357] a colleague who is named is out at once, a namesake comes in by an answer', async () => {
    const caseId = await entered({ respondentType: 'PERSON', respondentName: '高 敏' });
    expect(await sees('shenhe', caseId)).toBe(false);
    expect(await sees('juzhang', caseId)).toBe(true);
    const duty = { about: 'PERSON', aboutPerson: 'xfj-duty' };
    await press('dengji', [caseId, 'register', { ...REGISTER, ...duty }]);
    expect([await sees('shenhe', caseId), await sees('zhiban', caseId)]).toEqual([true, false]);
    const nobody = { about: 'NOBODY', reason: '问过了，是邻村一个重名的' };
    expect(await press('juzhang', [caseId, 'meant', nobody])).toMatchObject({ ok: true });
    expect([await sees('shenhe', caseId), await sees('zhiban', caseId)]).toEqual([true, true]);
  });

  it('[AU358] the unit that is meant is marked among the targets and not chosen beforehand', async () => {
    const caseId = await entered({});
    await press('dengji', [caseId, 'register', { ...REGISTER, ...SWJ }]);
    const units = await fieldOf('dengji', [caseId, 'transfer', 'unitId']);
    expect(units?.value).not.toBe('SWJ');
    expect(units?.options?.find(({ value }) => value === 'SWJ')?.word).toContain('说的就是它');
    const led = await entered({});
    const clerk = { about: 'PERSON', aboutPerson: 'unit-MZJ-head' };
    await press('dengji', [led, 'register', { ...REGISTER, ...clerk }]);
    const targets = await fieldOf('dengji', [led, 'transfer', 'unitId']);
    expect(targets?.options?.find(({ value }) => value === 'MZJ')?.word).toContain('说的就是它');
  });
});

describe('a sealed case', () => {
  const sealed = (respondentName: string) =>
    entered({ kind: '检举控告', respondentType: 'PERSON', respondentName });
  const REASON = { reason: '两个人都看过了' };

  it.each(['宋严', '信访局的宋严主任', '宋 严', '宋主任', '老宋'])(
    '[AU359] %s: 宋严 of the sealed list neither sees nor opens it, his colleague does',
    async (words) => {
      const caseId = await sealed(words);
      expect(await sees('mifeng1', caseId)).toBe(false);
      expect(await sees('mifeng2', caseId)).toBe(true);
    },
  );

  it.each<Record<string, string>>([
    { words: '告的就是县信访局的宋严，他收我的钱。' },
    { title: '反映宋严收钱' },
  ])('[AU364] %j: named in the texts alone he does not see it', async (fields) => {
    const caseId = await entered({ kind: '检举控告', ...fields });
    expect(await sees('mifeng1', caseId)).toBe(false);
    expect(await sees('mifeng2', caseId)).toBe(true);
    // Outside sealing the words of a matter shut nobody out.
    const plain = await entered(fields);
    expect(await sees('shenhe', plain)).toBe(true);
    const reviewer = await entered({ words: '高敏帮我写的信。' });
    expect(await sees('shenhe', reviewer)).toBe(true);
  });

  it('[AU396] who is on the list is told no count of what is hidden from him', async () => {
    const clerk = await county.person('shenhe');
    const grants = clerk.grants.map((grant) => ({ ...grant, sealedList: true }));
    const told = async (person: typeof clerk) => {
      const year = { figure: 'transferIn24h', period: 'year' } as const;
      const { sealedCount } = await inboxOf(desk(), person, { tab: 'all', find: '' });
      return { sealedCount, behind: (await behindFigure(desk(), person, year)).size };
    };
    const before = await told({ ...clerk, grants });
    const answer = { kind: '检举控告', about: 'NOBODY', procedure: 'SEALED' };
    for (let n = 0; n < 6; n += 1) {
      const caseId = await sealed('信访局的高专员');
      const done = await press('mifeng2', [caseId, 'register', { ...REGISTER, ...answer }]);
      expect(done).toMatchObject({ ok: true });
    }
    expect(await told({ ...clerk, grants })).toEqual({ ...before, sealedCount: 0 });
    const unlisted = await told(clerk);
    expect(unlisted.sealedCount).not.toBe(0);
    expect(unlisted.behind).toBeGreaterThan(before.behind);
  });

  it('[AU359] it is offered to no unit, the accused one neither (UI180)', async () => {
    const caseId = await sealed('水利局的人');
    await press('mifeng2', [caseId, 'register', { ...REGISTER, kind: '检举控告', ...SWJ }]);
    for (const act of ['transfer', 'assign'])
      expect((await fieldOf('mifeng2', [caseId, act, 'unitId']))?.options ?? []).toEqual([]);
    // The page itself is there: other acts are offered.
    expect(await fieldOf('mifeng2', [caseId, 'divert', 'body'])).toBeDefined();
  });

  it('[AU362] one that may mean the whole list is told to the director, and to him alone', async () => {
    const told = async (user: string) => {
      const person = await county.person(user);
      return (await inboxOf(desk(), person, { tab: 'all', find: '' })).sealedForNobody;
    };
    expect(await told('juzhang')).toBe(false);
    await sealed('信访局的宋严和唐谨');
    expect([await told('juzhang'), await told('dengji'), await told('mifeng1')]).toEqual([
      ...[true, false, false],
    ]);
  });

  it('[AU360] one answer lets nobody in and puts no colleague out, two who say the same do', async () => {
    const caseId = await sealed('那个主任');
    const out = { ...REASON, about: 'PERSON', aboutPerson: 'xfj-sealed-1' };
    expect(await press('mifeng2', [caseId, 'meant', out])).toMatchObject({ ok: true });
    expect(await sees('mifeng1', caseId)).toBe(true);
    const other = { ...REASON, about: 'PERSON', aboutPerson: 'xfj-sealed-2' };
    expect(await press('mifeng1', [caseId, 'meant', other])).toMatchObject({ ok: true });
    expect([await sees('mifeng1', caseId), await sees('mifeng2', caseId)]).toEqual([true, true]);
    expect(await press('mifeng1', [caseId, 'meant', out])).toMatchObject({ ok: true });
    expect([await sees('mifeng1', caseId), await sees('mifeng2', caseId)]).toEqual([false, true]);
  });

  it('[AU360] the page says that one answer does not count yet, and when it does', async () => {
    const caseId = await sealed('那个主任');
    const nobody = { ...REASON, about: 'NOBODY' };
    const labels = async () => {
      const person = await county.person('mifeng2');
      const seen = await seeCase(desk(), person, caseId);
      if (!seen) throw new Error('mifeng2 has this case');
      await beginLook(desk(), person, { seen, code: 'NEXT', words: '' });
      const { petitioner } = (await reviewOf(desk(), person, seen)).view;
      return petitioner.map(({ label }) => label).filter((label) => label.startsWith('meant'));
    };
    expect(await press('mifeng1', [caseId, 'meant', nobody])).toMatchObject({ ok: true });
    expect(await labels()).toEqual(['meantByOne']);
    expect(await press('mifeng2', [caseId, 'meant', nobody])).toMatchObject({ ok: true });
    expect(await labels()).toEqual(['meant']);
  });

  it('[AU425] kept words that name him hide their rows also when 说的是谁 was answered', async () => {
    const caseId = await sealed('那个主任');
    const nobody = { ...REASON, about: 'NOBODY' };
    for (const user of ['mifeng1', 'mifeng2'])
      expect(await press(user, [caseId, 'meant', nobody])).toMatchObject({ ok: true });
    expect([await sees('mifeng1', caseId), await sees('mifeng2', caseId)]).toEqual([true, true]);
    const { store, clock, county: code } = county.room.container;
    const [id, at] = [eventId('kept-piece') as AsideRow['id'], clock.now()];
    const piece = { id, t: 'dictation.recorded', v: 1, at, p: { verbatim: '说的就是宋严' } };
    const row = {
      ...{ id, caseId, h: 'c'.repeat(64), dv: eventId('tablet'), ds: 1, code: 'HASH' },
      ...{ salt: eventId('salt'), reason: '', receivedAt: at, offset: 0, personId: 'A02' },
      ...{ adoptedSeq: null, raw: JSON.stringify(piece) },
    };
    await store.transact(code, (tx) => tx.write({ aside: [row as unknown as AsideRow] }));
    const kept = async (user: string) =>
      (await keptRows(desk(), await county.person(user))).filter((one) => one.id === id).length;
    expect([await kept('mifeng1'), await kept('mifeng2')]).toEqual([0, 1]);
  });

  it('[AU361] oneself stands aside at once, a colleague by two hands; outside sealing by one', async () => {
    const caseId = await sealed('那个主任');
    const aside = (who: string) => ({ who, asideReason: 'RELATED' });
    expect(await press('mifeng1', [caseId, 'aside', aside('xfj-sealed-2')])).toMatchObject({
      ok: true,
    });
    expect(await sees('mifeng2', caseId)).toBe(true);
    expect(await press('mifeng2', [caseId, 'aside', aside('xfj-sealed-2')])).toMatchObject({
      ok: true,
    });
    expect([await sees('mifeng1', caseId), await sees('mifeng2', caseId)]).toEqual([true, false]);
    const plain = await entered({});
    expect(await press('dengji', [plain, 'aside', aside('xfj-reviewer')])).toMatchObject({
      ok: true,
    });
    expect([await sees('shenhe', plain), await sees('dengji', plain)]).toEqual([false, true]);
  });

  it('[UI116] the office reads beside 说的是谁 whether they may know who said it, the unit does not', async () => {
    const toldTo = async (user: string, caseId: string) => {
      const person = await county.person(user);
      const own = await seeCase(desk(), person, caseId);
      if (!own) throw new Error(`${user} has this case`);
      const { petitioner } = (await reviewOf(desk(), person, own)).view;
      return petitioner.find(({ label }) => label === 'told')?.text ?? null;
    };
    const about = { respondentType: 'UNIT', respondentName: '县水利局' };
    const yes = await entered({ ...about, identityToUnit: 'YES' });
    expect(await toldTo('dengji', yes)).toBe('YES');
    expect(await toldTo('dengji', await entered({ ...about, identityToUnit: 'NO' }))).toBe('NO');
    expect(await toldTo('dengji', await entered({}))).toBe('NOTICE');
    const sent = await sentTo('SWJ', { ...about, identityToUnit: 'YES' }, SWJ);
    expect([await toldTo('dengji', sent), await toldTo('swj-jingban', sent)]).toEqual([
      'YES',
      null,
    ]);
  });

  it('[UI147] what nobody asked about a unit reads as not asked, never as her no, and tells nobody', async () => {
    const about = { respondentType: 'UNIT', respondentName: '水利局' };
    for (const channel of ['LF', 'LX'])
      for (const fields of [about, { respondentUnit: 'SWJ' }]) {
        const caseId = await sentTo('SWJ', { ...fields, channel, identityToUnit: 'UNSAID' }, SWJ);
        const line = async (user: string) => {
          const person = await county.person(user);
          const seen = await seeCase(desk(), person, caseId);
          if (!seen) throw new Error(`${user} has this case`);
          const { petitioner } = (await reviewOf(desk(), person, seen)).view;
          return petitioner.find(({ label }) => label === 'told')?.text;
        };
        expect(await line('dengji'), channel).toBe('UNSAID');
        expect(await pageOf('swj-jingban', caseId)).not.toContain(NAME);
        const told = { field: 'identityToUnit', new: '不能', reason: '打电话问了本人' };
        expect(await press('shenhe', [caseId, 'correct', told])).toMatchObject({ ok: true });
        expect(await line('dengji'), channel).toBe('NO');
        expect(await pageOf('swj-jingban', caseId)).not.toContain(NAME);
      }
    for (const words of Object.values(deskCaseWords))
      for (const code of ['YES', 'NO', 'NOTICE', 'UNSAID']) expect(words.told[code]).toBeTruthy();
  });
});
