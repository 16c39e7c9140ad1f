import { afterAll, beforeAll, expect, it } from 'vitest';
import { opensDesk, withDesk } from '../../src/lib/server/auth/desk-pass.ts';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { signIn, type CookieToSet } from '../../src/lib/server/auth/sign-in.ts';
import { bindReadSecret } from '../../src/lib/server/keys/read-secret.ts';
import { readerHere } from '../../src/lib/server/sync/read-right.ts';
import { DEVICE_HEADER, READ_HEADER } from '../../src/lib/protocol/version.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const headersOf = (cookies: readonly CookieToSet[]) =>
  new Headers({
    cookie: cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
  });
async function enter(userName: string): Promise<readonly CookieToSet[]> {
  const { auth } = county.room;
  const who = { userName, passphrase: `beihe-${userName}`, address: '10.0.0.2' };
  const limiter = createRateLimiter(() => 0);
  const done = await signIn({ auth, limiter }, who, new Headers());
  if (done.kind !== 'in') throw new Error(done.kind);
  return done.cookies;
}

it('[AU347] a session opens the desk with its own mark alone: none, another’s and a forged one do not', async () => {
  const { auth } = county.room;
  const [mine, other] = [await enter('dengji'), await enter('dengji')];
  const opens = (cookies: readonly CookieToSet[]) => opensDesk(auth, headersOf(cookies));
  expect(await opens(mine)).toBe(false);
  const marked = await withDesk(auth, mine);
  expect(marked).toHaveLength(mine.length + 1);
  expect(await opens(marked)).toBe(true);
  const [mark] = (await withDesk(auth, other)).filter((c) => !other.includes(c));
  if (!mark) throw new Error('no mark');
  expect(await opens([...other, mark])).toBe(true);
  expect(await opens([...mine, mark])).toBe(false);
  expect(await opens([...mine, { ...mark, value: '' }])).toBe(false);
  expect(await opens([mark])).toBe(false);
  // Nothing that begins no session is marked: a cookie of before, one that is taken away.
  expect(await withDesk(auth, [{ name: mine[0]?.name ?? '', value: '' }])).toHaveLength(1);
});

it('[AU347] beside the desk a tablet’s session is asked for the secret of its vault, whoever he is', async () => {
  const { auth, container, desk } = county.room;
  const person = await county.person('dengji');
  const cookies = await enter('dengji');
  const dv = 'd'.repeat(22);
  const secret = 's'.repeat(43);
  const kept = { db: desk.db, county: desk.county, store: container.store };
  const reader = { personId: person.personId, dv, secret };
  const reads = async (
    list: readonly CookieToSet[],
    more: Readonly<Record<string, string>> = {},
  ) => {
    const headers = headersOf(list);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    const request = new Request('http://county/media/x', { headers });
    return (await readerHere({ person, room: county.room }, request))?.personId;
  };
  await bindReadSecret(kept, reader, { at: county.room.accounts.now(), anew: false });
  expect(await reads(cookies)).toBeUndefined();
  expect(await reads(await withDesk(auth, cookies))).toBe(person.personId);
  const shown = { [DEVICE_HEADER]: dv, [READ_HEADER]: secret };
  expect(await reads(cookies, shown)).toBe(person.personId);
  expect(await reads(cookies, { ...shown, [READ_HEADER]: 't'.repeat(43) })).toBeUndefined();
});
