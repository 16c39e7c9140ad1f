import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCase, entryIds } from '../../src/lib/server/desk/entry.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
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

const press = async (user: string, [caseId, act, fields]: [string, string, object]) =>
  perform(desk(), await county.person(user), {
    ...{ caseId, act, eventId: eventId(`${act}${user}${caseId}`) },
    form: formOf(fields as Record<string, string>),
  });

const REGISTER = {
  ...{ areaCode: '230278200201', categoryL2: 'NY09', kind: '申诉求决' },
  ...{ first: 'first', procedure: 'ORDINARY' },
};

/** Registered and sent to the unit; whatever an act answers is said by the test that goes red. */
async function sentTo(unitId: string, fields: Record<string, string>): Promise<string> {
  const caseId = await entered(fields);
  expect(await press('dengji', [caseId, 'register', REGISTER])).toEqual({ ok: true, value: true });
  const sent = { unitId, mode: 'TRANSFER', reason: '管这事的单位' };
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
    const caseId = await sentTo('SWJ', fields);
    const page = await pageOf('swj-jingban', caseId);
    expect(page).toContain('机井修了三回');
    expect(page).not.toContain(NAME);
    expect(await pageOf('dengji', caseId)).toContain(NAME);
  });

  it('[AU355] with her yes it reads the name, with her no no unit does', async () => {
    const unit = { respondentType: 'UNIT', respondentName: '水利局' };
    const yes = await sentTo('SWJ', { ...unit, identityToUnit: 'YES' });
    expect(await pageOf('swj-jingban', yes)).toContain(NAME);
    const no = await sentTo('SWJ', { identityToUnit: 'NO' });
    expect(await pageOf('swj-jingban', no)).not.toContain(NAME);
    const neighbour = await sentTo('SWJ', { respondentType: 'PERSON', respondentName: '于海' });
    expect(await pageOf('swj-jingban', neighbour)).toContain(NAME);
  });
});
