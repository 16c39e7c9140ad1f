import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEALED_SENTENCE } from '../../src/lib/domain/plain-words.ts';
import { ACTS } from '../../src/lib/server/desk/acts/index.ts';
import { type ActContext, PERSON_GROUPS } from '../../src/lib/server/desk/acts/spec.ts';
import { afterAct } from '../../src/lib/server/desk/after-act.ts';
import { enterCase, entryIds } from '../../src/lib/server/desk/entry.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { deskActsWords } from '../../src/lib/ui/messages/desk-acts.ts';
import { deskEntryWords } from '../../src/lib/ui/messages/desk-entry.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const VISIT = {
  ...{ channel: 'LF', receivedOn: '2026-11-20', receivedBy: '赵敏', readToPerson: 'on' },
  ...{ areaCode: '230278200201', words: '机井修了三回，没一回出水。', title: '机井不出水' },
  ...{ kind: '申诉求决', urgency: 'NORMAL', prior: 'UNKNOWN', name: '马福来' },
  ...{ phoneType: 'NEIGHBOUR', phone: '13800000000', petitionerCount: '1', categoryL2: 'UNSET' },
  ...{ respondentType: 'UNKNOWN', identityToUnit: 'UNSAID' },
};

async function entered(fields: Readonly<Record<string, string>>): Promise<string> {
  const ids = entryIds();
  const form = formOf({ ...VISIT, ...fields });
  const done = await enterCase(county.room.desk, await county.person('dengji'), { ...ids, form });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return ids.caseId;
}

async function pageOf(user: string, caseId: string) {
  const person = await county.person(user);
  const seen = await seeCase(county.room.desk, person, caseId);
  if (seen === null) throw new Error(`${user} does not see it`);
  return reviewOf(county.room.desk, person, seen);
}

let presses = 0;
const press = async (user: string, [caseId, act, fields]: [string, string, object]) =>
  perform(county.room.desk, await county.person(user), {
    ...{ caseId, act, eventId: eventId(`${String((presses += 1))}-${act}-${caseId}`) },
    form: formOf(fields as Record<string, string>),
  });

it('[UI141] of a sealed case no act promises a paper at the door, and the words say what the code answers', async () => {
  const caseId = await entered({ secret: 'on' });
  const [sealed, open] = [
    await pageOf('mifeng1', caseId),
    await pageOf('dengji', await entered({})),
  ];
  expect([sealed.view.sealed, open.view.sealed]).toEqual([true, false]);
  const papers = (acts: typeof open.acts) => acts.flatMap(({ paper }) => paper ?? []);
  expect(sealed.acts.map(({ id }) => id)).toContain('register');
  expect(papers(sealed.acts)).toEqual([]);
  expect(papers(open.acts)).toContain('registered');
  expect(deskActsWords['zh-CN'].sealed.way).toContain(`「${SEALED_SENTENCE}」`);
  const ids = new Set(ACTS.map(({ id }) => id));
  for (const { sealed: words } of Object.values(deskActsWords))
    for (const id of Object.keys(words.acts)) expect(ids.has(id), id).toBe(true);
});

it('[UI142] of a sealed case nobody else carries words or papers to her', async () => {
  const sealed = await entered({ secret: 'on' });
  const open = await entered({});
  const howOf = async (user: string, caseId: string) =>
    (await pageOf(user, caseId)).acts
      .find(({ id }) => id === 'tell')
      ?.fields.find(({ name }) => name === 'how')
      ?.options?.map(({ value }) => value);
  expect(await howOf('mifeng1', sealed)).toEqual(['PHONE', 'FACE']);
  expect(await howOf('dengji', open)).toEqual(['PHONE', 'FACE', 'FAMILY']);
  const served = async (user: string, caseId: string) => {
    const seen = await seeCase(county.room.desk, await county.person(user), caseId);
    const context = { file: seen?.record.file } as ActContext;
    const fields = ACTS.find(({ id }) => id === 'deliver')?.fields(context) ?? [];
    return fields.find(({ name }) => name === 'how')?.options?.map(({ value }) => value);
  };
  expect(await served('dengji', open)).toEqual(expect.arrayContaining(['POST', 'LEFT', 'AGENT']));
  const own = ['FACE', 'PHONE', 'READ_OUT', 'IMPOSSIBLE'];
  expect(await served('mifeng1', sealed)).toEqual(own);
  const tell = { what: '登记了', how: 'FAMILY' };
  expect(await press('mifeng1', [sealed, 'tell', tell])).toMatchObject({
    ok: false,
    error: { code: 'NOT_OFFERED', missing: ['how'] },
  });
  expect(await press('mifeng1', [sealed, 'tell', { ...tell, how: 'FACE' }])).toMatchObject({
    ok: true,
  });
});

it('[UI143] an act of a sealed case that takes two says it does not count yet, and who can be the second', async () => {
  const { desk } = county.room;
  const [first, second] = [await county.person('mifeng1'), await county.person('mifeng2')];
  const waits = async (user: string, [caseId, act, fields]: [string, string, object]) => {
    expect(await press(user, [caseId, act, fields])).toMatchObject({ ok: true });
    return afterAct(desk, await county.person(user), { caseId, act });
  };
  const aside = (who: string) => ({ who, asideReason: 'RELATED' });
  const agent = await entered({ secret: 'on' });
  const clerk = await county.person('dengji');
  // Somebody outside the list: the other one of the list is the second, and then it counts.
  const one = await waits('mifeng1', [agent, 'aside', aside(clerk.personId)]);
  expect(one).toEqual({ kind: 'second', of: 'aside', names: [second.name] });
  expect(await waits('mifeng2', [agent, 'aside', aside(clerk.personId)])).toEqual({ kind: 'done' });
  // Of the other one of the list: nobody is left to say it.
  const colleague = await entered({ secret: 'on' });
  expect(await waits('mifeng1', [colleague, 'aside', aside(second.personId)])).toEqual({
    ...{ kind: 'second', of: 'aside', names: [] },
  });
  const meant = await entered({ secret: 'on' });
  const nobody = { about: 'NOBODY', reason: '问过本人' };
  expect(await waits('mifeng1', [meant, 'meant', nobody])).toEqual({
    ...{ kind: 'second', of: 'meant', names: [second.name] },
  });
  expect(await waits('mifeng2', [meant, 'meant', nobody])).toEqual({ kind: 'done' });
  const other = await entered({ secret: 'on' });
  const register = {
    ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决' },
    ...{ first: 'first', procedure: 'ORDINARY', about: 'NOBODY' },
  };
  expect(await waits('mifeng2', [other, 'register', register])).toEqual({
    ...{ kind: 'second', of: 'meant', names: [first.name] },
  });
  const open = await entered({});
  expect(await waits('dengji', [open, 'aside', aside(second.personId)])).toEqual({ kind: 'done' });
});

it('[UI144] who puts himself out of a case, or seals it, is sent to his inbox', async () => {
  const aside = await entered({});
  const clerk = await county.person('dengji');
  const own = { who: clerk.personId, asideReason: 'INVOLVED' };
  expect(await press('dengji', [aside, 'aside', own])).toMatchObject({ ok: true });
  const { desk } = county.room;
  expect(await afterAct(desk, clerk, { caseId: aside, act: 'aside' })).toEqual({ kind: 'gone' });
  const open = await entered({});
  expect(await press('dengji', [open, 'seal', { reason: 'ACCUSATION' }])).toMatchObject({
    ok: true,
  });
  expect(await afterAct(desk, clerk, { caseId: open, act: 'seal' })).toEqual({ kind: 'gone' });
});

it('[UI145] 谁回避 and 说的是谁 stand in groups: the office, who has the case, then the rest by name', async () => {
  const { desk } = county.room;
  const given = (await desk.cases.all()).find(
    ({ file }) => file.agent !== null && file.handlings.length > 0 && file.status === 'TRANSFERRED',
  );
  if (given === undefined) throw new Error('the demo has a case that a unit holds');
  const { acts } = await pageOf('juzhang', given.caseId);
  const fields = acts.flatMap((act) => act.fields);
  for (const name of ['who', 'aboutPerson']) {
    const options = fields.find((field) => field.name === name)?.options ?? [];
    const people = options.map(({ value, group }) => ({ value, group }));
    const order = [...new Set(people.map(({ group }) => group))];
    expect(order).toEqual(PERSON_GROUPS.filter((one) => order.includes(one)));
    expect(order.slice(0, 2)).toEqual(['office', 'case']);
    expect(people.length).toBeGreaterThan(20);
    const agent = people.find(({ value }) => value === given.file.agent?.personId);
    expect(agent?.group).toBe('case');
    const names = options.filter(({ group }) => group === 'agents').map(({ word = '' }) => word);
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'zh-CN')));
  }
  for (const words of Object.values(deskActsWords))
    for (const group of PERSON_GROUPS) expect(words.groups[group], group).toBeTruthy();
});

it('[UI148] a sealed case is registered as sealed unless said otherwise, is not sealed twice, and one without a number is told by its hour', async () => {
  const [sealed, other] = [await entered({ secret: 'on' }), await entered({ secret: 'on' })];
  const { acts } = await pageOf('mifeng1', sealed);
  expect(acts.map(({ id }) => id)).not.toContain('seal');
  const fieldsOf = (act: string) => acts.find(({ id }) => id === act)?.fields ?? [];
  expect(fieldsOf('register').find(({ name }) => name === 'procedure')?.value).toBe('SEALED');
  const masters = fieldsOf('merge').find(({ name }) => name === 'masterCaseId')?.options ?? [];
  const word = masters.find(({ value }) => value === other)?.word;
  expect(word).toMatch(/^密封件.*（\d\d-\d\d \d\d:\d\d 接的）$/);
  const open = await pageOf('dengji', await entered({}));
  expect(open.acts.map(({ id }) => id)).toContain('seal');
  const procedure = open.acts.flatMap((act) => act.fields).find((f) => f.name === 'procedure');
  expect(procedure?.value).toBe('ORDINARY');
  for (const words of Object.values(deskEntryWords))
    expect(words.doneSealed('1234')).not.toMatch(/能评|rate/);
});

const TO_UNIT = ['transfer', 'assign'];
const SENT = { unitId: 'SWJ', reason: '管水的单位', feedbackOn: '2027-03-01' };

/** Where it stands, and the limits of a unit that run on it. */
async function factsOf(user: string, caseId: string) {
  const person = await county.person(user);
  const seen = await seeCase(county.room.desk, person, caseId);
  if (seen === null) throw new Error(`${user} does not see it`);
  const ofUnits = seen.clocks.filter((clock) => clock.handlingUnit !== null);
  return [seen.record.file.status, ofUnits, seen.record.file.handlings.length] as const;
}

it('[UI180] a case that is sealed while 转送 is being filled in is not sent', async () => {
  const register = {
    ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决', procedure: 'ORDINARY' },
    ...{ first: 'first', about: 'NOBODY' },
  };
  const caseId = await entered({});
  expect(await press('dengji', [caseId, 'register', register])).toMatchObject({ ok: true });
  const { acts } = await pageOf('dengji', caseId);
  expect(acts.map(({ id }) => id)).toEqual(expect.arrayContaining(TO_UNIT));
  expect(await press('dengji', [caseId, 'seal', { reason: 'ACCUSATION' }])).toMatchObject({
    ok: true,
  });
  expect(await press('mifeng1', [caseId, 'transfer', SENT])).toMatchObject({
    ok: false,
    error: { code: 'SEALED_STAYS' },
  });
  expect(await factsOf('mifeng1', caseId)).toEqual(['REGISTERED', [], 0]);
});

it('[UI149] a registered sealed case offers the way out first; [UI180] it is sent to no unit, by no press, and no limit of one runs', async () => {
  const register = {
    ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决' },
    ...{ first: 'first', about: 'NOBODY' },
  };
  const mainOf = async (user: string, [caseId, procedure]: [string, string]) => {
    const done = await press(user, [caseId, 'register', { ...register, procedure }]);
    expect(done).toMatchObject({ ok: true });
    const { acts } = await pageOf(user, caseId);
    return [acts[0]?.id, ...acts.map(({ id }) => id).filter((id) => TO_UNIT.includes(id))];
  };
  const sealed = await entered({ secret: 'on' });
  expect(await mainOf('mifeng1', [sealed, 'SEALED'])).toEqual(['divert']);
  const before = await factsOf('mifeng1', sealed);
  expect(before).toEqual(['REGISTERED', [], 0]);
  for (const act of TO_UNIT)
    expect(await press('mifeng1', [sealed, act, SENT])).toMatchObject({
      ok: false,
      error: { code: 'SEALED_STAYS' },
    });
  expect(await factsOf('mifeng1', sealed)).toEqual(before);
  for (const words of [deskActsWords['zh-CN'], deskActsWords.en])
    expect(words.sealed.noUnit).toMatch(/导入法定途径|Statutory way/);
  const open = await entered({});
  expect(await mainOf('dengji', [open, 'ORDINARY'])).toEqual(['transfer', ...TO_UNIT]);
  const plainOf = async (user: string, caseId: string) => {
    const person = await county.person(user);
    const seen = await seeCase(county.room.desk, person, caseId);
    return seen && paperOf(county.room.desk, person, { seen, kind: 'registered' })?.paper.plain;
  };
  expect(await plainOf('dengji', open)).toContain('15 天');
  expect(await plainOf('mifeng1', sealed)).toMatch(/按规定办理.*专人当面/);
});
