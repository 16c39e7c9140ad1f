import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEALED_SENTENCE } from '../../src/lib/domain/plain-words.ts';
import { ACTS } from '../../src/lib/server/desk/acts/index.ts';
import type { ActContext } from '../../src/lib/server/desk/acts/spec.ts';
import { enterCase, entryIds } from '../../src/lib/server/desk/entry.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { deskActsWords } from '../../src/lib/ui/messages/desk-acts.ts';
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

const press = async (user: string, [caseId, act, fields]: [string, string, object]) =>
  perform(county.room.desk, await county.person(user), {
    ...{ caseId, act, eventId: eventId(`${act}-${caseId}`) },
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
