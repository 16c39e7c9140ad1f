/**
 * Every form and export of the desk, asked by whoever may, once with a session whose owner said
 * long ago who he is and once just after he said it. `tests/authz/routes.csv` names which ask again.
 */
import { isActionFailure, isHttpError, isRedirect } from '@sveltejs/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { routeRows } from '../authz/routes.ts';
import { openTestCounty, type TestCounty } from './county.ts';
import { doorOf } from './door.ts';

/** Somebody whom the row of the list lets in. */
const WHO: Readonly<Record<string, string>> = {
  ...{ admin: 'guanli', duty: 'juzhang', director: 'juzhang', sealed: 'mifeng1' },
  ...{ 'device.view': 'juzhang', export: 'shenhe' },
};
const SEALED = sampleCaseId('S09');
const LONG_AGO = '2020-01-01T00:00:00Z' as Instant;

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

/** What came back: the word of a refusal, where one is led, or the status. */
async function knock(route: string, user: string, provenAt: Instant): Promise<string> {
  const { room } = county;
  const person = await county.person(user);
  const account = { provenAt, secondFactor: false, idle: false };
  const url = new URL(`http://county${route.replace('[id]', SEALED)}`);
  url.searchParams.set('purpose', '核对');
  const why = '县纪委要这一件的材料';
  const body = new URLSearchParams({ person: person.personId, why, reason: why });
  const event = {
    ...{ url, params: { id: SEALED }, route: { id: route } },
    request: new Request(url, { method: 'POST', body }),
    locals: { room, person, account, confined: false, requestId: 'doors' },
    cookies: { set: () => undefined, get: () => undefined },
  };
  try {
    const door = await doorOf(route);
    const answer = await door(event);
    if (!isActionFailure(answer)) return 'done';
    return `${String(answer.status)} ${Object.values(answer.data as unknown as object).join()}`;
  } catch (error) {
    if (isRedirect(error)) return error.location;
    if (isHttpError(error)) return String(error.status);
    throw error;
  }
}

/** Everything that stands in the county's database. */
async function rows(): Promise<string> {
  const { db } = county.room.desk;
  const tables = await db.introspection.getTables();
  const all = tables.map(({ name }) =>
    db
      .selectFrom(name as 'audit')
      .selectAll()
      .execute(),
  );
  return JSON.stringify(await Promise.all(all));
}

const FILE = '/desk/case/[id]/export';
const asksAgain = (answer: string) => answer === '403 prove' || answer.startsWith('/desk/prove?');
const DOORS = routeRows().filter(({ asks }) => asks);
const FREE = routeRows().filter(
  ({ route, who, asks }) => !asks && route.includes('?/') && who in WHO,
);

describe('doors that ask again who one is', () => {
  it('[AU550] an export, a change of roles, of keys or of locks is among them', () => {
    expect(DOORS.length).toBeGreaterThanOrEqual(25);
    expect(FREE.length).toBeGreaterThanOrEqual(2);
    for (const word of ['export', 'settings?/state', 'settings/keys?/', 'reopen?/', 'locks?/'])
      expect(DOORS.some(({ route }) => route.includes(word))).toBe(true);
  });

  // The file of a sealed case is there once two people let it go: below.
  for (const { route, who } of DOORS.filter((door) => door.route !== FILE))
    it(`[AU550] ${route}`, async () => {
      const user = WHO[who] ?? '';
      const before = await rows();
      expect(asksAgain(await knock(route, user, LONG_AGO))).toBe(true);
      expect(await rows()).toBe(before);
      const answer = await knock(route, user, county.room.desk.now());
      expect(asksAgain(answer)).toBe(false);
      // Only the proof stood in the way: not that the door is not his.
      expect(answer).not.toMatch(/^404/);
    });

  it(`[AU550] ${FILE}, after two people let it go`, async () => {
    const now = county.room.desk.now();
    expect(await knock(`${FILE.slice(0, -7)}?/exportAsk`, 'mifeng1', now)).toBe('done');
    expect(await knock(`${FILE.slice(0, -7)}?/exportConfirm`, 'mifeng2', now)).toBe('done');
    const before = await rows();
    expect(asksAgain(await knock(FILE, 'mifeng1', LONG_AGO))).toBe(true);
    expect(await rows()).toBe(before);
    expect(await knock(FILE, 'mifeng1', now)).toBe('done');
  });

  for (const { route, who } of FREE)
    it(`[AU550] ${route} asks nothing again`, async () => {
      expect(asksAgain(await knock(route, WHO[who] ?? '', LONG_AGO))).toBe(false);
    });
});
