import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../src/lib/domain/values.ts';
import { createAuth } from '../../src/lib/server/auth/auth.ts';
import { isProven, prove } from '../../src/lib/server/auth/prove.ts';
import { createRateLimiter, LIMITS } from '../../src/lib/server/auth/rate-limit.ts';
import { readSession } from '../../src/lib/server/auth/session.ts';
import { type CookieToSet, signIn } from '../../src/lib/server/auth/sign-in.ts';
import { takeCode } from '../../src/lib/server/auth/used-codes.ts';
import { noteSignIn } from '../../src/lib/server/settings/sign-in-notes.ts';
import { safeNext } from '../../src/lib/server/desk/prove-here.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const MINUTE = 60_000;
const headersOf = (cookies: readonly CookieToSet[]) =>
  new Headers({
    cookie: cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
  });
const deps = () => ({
  ...{ auth: county.room.auth, db: county.room.accounts.db },
  limiter: createRateLimiter(() => 0),
});
async function enter(userName: string, headers = new Headers()) {
  const passphrase = `beihe-${userName}`;
  const done = await signIn(deps(), { userName, passphrase, address: '10.0.0.2' }, headers);
  if (done.kind !== 'in') throw new Error(done.kind);
  return headersOf(done.cookies);
}
const after = (ms: number) =>
  new Date(Date.parse(county.room.accounts.now()) + ms).toISOString() as Instant;
const sessionAt = (headers: Headers, ms = 0, watching = false) =>
  readSession(
    { auth: county.room.auth, db: county.room.accounts.db, now: () => after(ms), watching },
    headers,
  );
async function alive(headers: Headers) {
  const found = await sessionAt(headers);
  return found !== null && found !== 'idle';
}
async function busyUntil(headers: Headers, ms: number) {
  const { db } = county.room.accounts;
  const found = await sessionAt(headers);
  if (found === null || found === 'idle') throw new Error('signed in');
  // As if he had clicked a moment before; better-auth writes its own clock.
  const stored = await db
    .selectFrom('session')
    .select('updatedAt')
    .where('id', '=', found.account.sessionId)
    .executeTakeFirstOrThrow();
  const at = new Date(Date.parse(after(ms)) - MINUTE / 2);
  const updatedAt = typeof stored.updatedAt === 'string' ? at.toISOString() : at;
  await db
    .updateTable('session')
    .set({ updatedAt })
    .where('id', '=', found.account.sessionId)
    .execute();
}

it('[AU195] a sign-in and one that failed are lines of the audit, without what was typed', async () => {
  const { room } = county;
  const try_ = async (userName: string, passphrase: string) => {
    const who = { userName, passphrase, address: '10.9.8.7' };
    const outcome = await signIn(deps(), who, new Headers());
    await noteSignIn(room, { ...who, outcome });
    return outcome.kind;
  };
  const before = (await room.desk.db.selectFrom('audit').selectAll().execute()).length;
  expect(await try_('Dengji ', 'beihe-dengji')).toBe('in');
  expect(await try_('dengji', 'not this one at all')).toBe('wrong');
  expect(await try_('my own secret passphrase', 'x')).toBe('wrong');
  const slow = { kind: 'slow', waitSeconds: 9 } as const;
  await noteSignIn(room, { userName: 'dengji', address: '', outcome: slow });
  const all = await room.desk.db.selectFrom('audit').selectAll().orderBy('n').execute();
  const { personId } = await county.person('dengji');
  expect(all.slice(before).map((one) => [one.action, one.person_id, one.role])).toEqual([
    ['sign_in.done', personId, 'O1'],
    ['sign_in.wrong', personId, 'O1'],
    ['sign_in.wrong', '', ''],
  ]);
  const told = JSON.stringify(all);
  expect(told).toContain('10.9.8.7');
  expect(told).not.toMatch(/secret passphrase|not this one/);
});

describe('sessions', () => {
  it('[SY134] what a page asks by itself keeps no session awake; what its person asks does', async () => {
    const headers = await enter('shenhe');
    const { db } = county.room.accounts;
    await busyUntil(headers, -10 * MINUTE);
    const found = await sessionAt(headers);
    if (found === null || found === 'idle') throw new Error('signed in');
    const id = found.account.sessionId;
    const used = async () => {
      const row = db.selectFrom('session').select('updatedAt').where('id', '=', id);
      return new Date((await row.executeTakeFirstOrThrow()).updatedAt).getTime();
    };
    await busyUntil(headers, -10 * MINUTE);
    // Better-auth reckons its own way back from the end.
    const expiresAt = new Date(Date.now() + MINUTE).toISOString();
    await db.updateTable('session').set({ expiresAt }).where('id', '=', id).execute();
    const before = await used();
    expect(await sessionAt(headers, 0, true)).toMatchObject({ cookies: [] });
    expect(await used()).toBe(before);
    await sessionAt(headers);
    expect(await used()).toBeGreaterThan(before);
    await busyUntil(headers, -10 * MINUTE);
    expect(await sessionAt(headers, 25 * MINUTE, true)).toBe('idle');
  });

  it('[AU89] over https every cookie is the host’s own, secure, for our pages alone', async () => {
    const { db } = county.room.accounts;
    const settings = { dialect: 'sqlite' as const, secret: 'x'.repeat(40) };
    const auth = createAuth(db, { ...settings, origin: 'https://xf.example.gov.cn' });
    const { authCookies, createAuthCookie } = await auth.$context;
    for (const cookie of [authCookies.sessionToken, createAuthCookie('two_factor')]) {
      expect(cookie.name).toMatch(/^__Host-/);
      expect(cookie.attributes).toMatchObject({ secure: true, httpOnly: true, path: '/' });
      expect(String(cookie.attributes.sameSite).toLowerCase()).toBe('strict');
      expect(cookie.attributes.domain).toBeUndefined();
    }
  });

  it('[AU90] a sign-in gives a new session and ends the one that this browser had', async () => {
    const first = await enter('shenhe');
    const second = await enter('shenhe', first);
    expect(second.get('cookie')).not.toBe(first.get('cookie'));
    expect(await alive(first)).toBe(false);
    expect(await alive(second)).toBe(true);
    const elsewhere = await enter('shenhe');
    expect(await alive(second)).toBe(true);
    expect(await alive(elsewhere)).toBe(true);
  });

  it('[AU90] a session that was planted before is no session after', async () => {
    const planted = new Headers({ cookie: 'daiban.session_token=planted.c2lnbmVk' });
    const mine = await enter('huifang', planted);
    expect(mine.get('cookie')).not.toContain('planted');
    expect(await sessionAt(planted)).toBeNull();
  });

  it('[AU91] a desk session is over after twelve hours however busy; a tablet after half a year', async () => {
    const desk = await enter('ducha');
    const hours = 3_600_000;
    await busyUntil(desk, 11.9 * hours);
    const before = await sessionAt(desk, 11.9 * hours);
    expect(before === null || before === 'idle').toBe(false);
    await busyUntil(desk, 12.1 * hours);
    expect(await sessionAt(desk, 12.1 * hours)).toBe('idle');
    expect(await alive(desk)).toBe(false);
    const tablet = await enter('wangchunsheng');
    const found = await sessionAt(tablet, 20 * 24 * hours);
    expect(found === null || found === 'idle').toBe(false);
    expect(await sessionAt(tablet, 181 * 24 * hours)).toBe('idle');
    expect(await alive(tablet)).toBe(false);
  });
});

describe('saying again who one is', () => {
  const who = { personId: 'xfj-director', secondFactor: false };

  it('[AU92] the sign-in counts for some minutes, then it is asked again', async () => {
    const found = await sessionAt(await enter('juzhang'));
    if (found === null || found === 'idle') throw new Error('signed in');
    expect(isProven(found.account, after(4.9 * MINUTE), 5)).toBe(true);
    expect(isProven(found.account, after(5.1 * MINUTE), 5)).toBe(false);
  });

  it('[AU92] the right passphrase gives a new session and ends the old one; a wrong one neither', async () => {
    const old = await enter('juzhang');
    const wrong = await prove(deps(), who, { typed: 'beihe-wrong!', headers: old });
    expect(wrong).toEqual({ ok: false, error: { kind: 'wrong' } });
    expect(await alive(old)).toBe(true);
    const done = await prove(deps(), who, { typed: 'beihe-juzhang', headers: old });
    if (!done.ok) throw new Error(done.error.kind);
    const fresh = headersOf(done.value);
    expect(await alive(old)).toBe(false);
    const found = await sessionAt(fresh);
    expect(found).toMatchObject({ account: { userName: 'juzhang' } });
  });

  it('[AU92] guessing is slowed down, and six digits are nothing to one without a second factor', async () => {
    const headers = await enter('juzhang');
    const all = deps();
    const kinds: string[] = [];
    for (let n = 0; n <= LIMITS.provePerson.burst; n += 1) {
      const done = await prove(all, who, { typed: '123456', headers });
      kinds.push(done.ok ? 'in' : done.error.kind);
    }
    expect(kinds).toEqual([...Array<string>(LIMITS.provePerson.burst).fill('wrong'), 'slow']);
  });

  it('[AU92] it leads back to our own desk only', () => {
    for (const odd of [null, 'https://evil.example', '//evil.example', '/tablet', '/desk\\@evil'])
      expect(safeNext(odd)).toBe('/desk');
    const next = '/desk/ledger/export?format=csv&purpose=x';
    expect(safeNext(next)).toBe(next);
  });
});

it('[AU44] only what was wrong counts as a guess: the right passphrase lets in as often as it is said', async () => {
  const all = deps();
  const say = async (passphrase: string) => {
    const who = { userName: 'dengji', passphrase, address: '10.0.0.4' };
    return (await signIn(all, who, new Headers())).kind;
  };
  const { burst } = LIMITS.signInAccount;
  for (let n = 0; n < 2 * burst; n += 1) expect(await say('beihe-dengji')).toBe('in');
  for (let n = 0; n < burst; n += 1) expect(await say('beihe-wrong!')).toBe('wrong');
  expect([await say('beihe-wrong!'), await say('beihe-dengji')]).toEqual(['slow', 'slow']);
}, 300_000);

describe('who is there is told to nobody', () => {
  it('[AU93] a name that nobody has is slowed down like one that somebody has, in the same words', async () => {
    const outcomes = async (userName: string) => {
      const all = deps();
      const said: unknown[] = [];
      for (let n = 0; n <= LIMITS.signInAccount.burst; n += 1)
        said.push(
          await signIn(
            all,
            { userName, passphrase: 'beihe-wrong!', address: `10.1.0.${n}` },
            new Headers(),
          ),
        );
      return said;
    };
    expect(await outcomes('nobody-here')).toEqual(await outcomes('dengji'));
  }, 300_000);

  it('[AU93] and it takes as long', async () => {
    const took = async (userName: string) => {
      const began = performance.now();
      await signIn(
        deps(),
        { userName, passphrase: 'beihe-wrong!', address: '10.0.0.3' },
        new Headers(),
      );
      return performance.now() - began;
    };
    const least = (all: readonly number[]) => Math.min(...all);
    const series = async () => {
      const [known, unknown]: [number[], number[]] = [[], []];
      for (let n = 0; n < 7; n += 1) {
        known.push(await took('dengji'));
        unknown.push(await took('nobody-here'));
      }
      return least(unknown) / least(known);
    };
    // Without the hash of nobody's passphrase it is a twentieth, in every series; a busy machine spoils one.
    const isAlike = (ratio: number) => ratio > 0.4 && ratio < 2.5;
    const ratios: number[] = [];
    while (ratios.length < 4 && !ratios.some(isAlike)) ratios.push(await series());
    expect(ratios.filter(isAlike), String(ratios)).toHaveLength(1);
  }, 300_000);
});

describe('six digits', () => {
  it('[AU94] open once, for one person, whoever comes first', async () => {
    const { db } = county.room.accounts;
    const mine = { personId: 'p-1', code: '123456' };
    const at = Date.now();
    const both = await Promise.all([takeCode(db, mine, at), takeCode(db, mine, at)]);
    expect(both.toSorted()).toEqual([false, true]);
    expect(await takeCode(db, { ...mine, personId: 'p-2' }, at)).toBe(true);
    expect(await takeCode(db, mine, at + 100_000)).toBe(false);
    expect(await takeCode(db, mine, at + 200_000)).toBe(true);
    const [row] = await db.selectFrom('second_factor_used').selectAll().execute();
    expect(JSON.stringify(row)).not.toContain('123456');
  });
});
