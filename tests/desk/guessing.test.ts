/** Guesses: strangers shut nobody out, and an open session is no place to guess in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_MAX, knownBrowser, knownCookie } from '../../src/lib/server/auth/known-browser.ts';
import { changeOwn, prove } from '../../src/lib/server/auth/prove.ts';
import { createRateLimiter, LIMITS } from '../../src/lib/server/auth/rate-limit.ts';
import { beginSecondFactor, endSecondFactor } from '../../src/lib/server/auth/second-factor.ts';
import { type CookieToSet, signIn } from '../../src/lib/server/auth/sign-in.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const jar = (cookies: readonly CookieToSet[]) =>
  new Headers({
    cookie: cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
  });
const isKnown = ({ name }: CookieToSet) => name.endsWith('.known');
const door = () => {
  const deps = { auth: county.room.auth, limiter: createRateLimiter(() => 0) };
  const knock = (user: string, passphrase: string, headers = new Headers()) =>
    signIn(deps, { userName: user, passphrase, address: '10.0.0.7' }, headers);
  return { ...deps, knock };
};
async function entered(user: string): Promise<readonly CookieToSet[]> {
  const done = await door().knock(user, `beihe-${user}`);
  if (done.kind !== 'in') throw new Error(done.kind);
  return done.cookies;
}

describe('guesses at the door', () => {
  it('[AU369] strangers who guess shut nobody out of a browser in which he signed in before', async () => {
    // Signed out since: of all cookies only this one is left.
    const home = jar((await entered('huifang')).filter(isKnown));
    const { knock } = door();
    const burst = LIMITS.signInAccount.burst + LIMITS.signInAddress.burst;
    for (let n = 0; n < burst; n += 1) await knock('huifang', `wrong-wrong-${n}`);
    // The stranger is slowed down, and whoever never signed in there with the true one as well.
    expect((await knock('huifang', 'beihe-huifang')).kind).toBe('slow');
    expect((await knock('huifang', 'beihe-huifang', home)).kind).toBe('in');
    // His own browser guesses no faster than anybody.
    for (let n = 0; n < LIMITS.signInKnown.burst; n += 1)
      expect((await knock('huifang', 'wrong-wrong', home)).kind).toBe('wrong');
    expect((await knock('huifang', 'beihe-huifang', home)).kind).toBe('slow');
  });

  it('[AU369] the word of a browser is of one person, signed, and several people keep theirs', async () => {
    const { auth } = county.room;
    const [word] = (await entered('huifang')).filter(isKnown);
    if (!word) throw new Error('no word');
    const home = jar([word]);
    expect(await knownBrowser(auth, home, 'Huifang')).toMatch(/^[\w-]{22}$/);
    expect(word.value).not.toContain('huifang');
    const bent = [word.value.replace(/.$/, (l) => (l === 'A' ? 'B' : 'A')), '~', 'x.y', ''];
    for (const value of bent)
      expect(await knownBrowser(auth, jar([{ ...word, value }]), 'huifang')).toBeNull();
    expect(await knownBrowser(auth, home, 'dengji')).toBeNull();
    const { knock } = door();
    for (let n = 0; n < LIMITS.signInAccount.burst; n += 1)
      await knock('dengji', 'wrong-wrong', home);
    expect((await knock('dengji', 'beihe-dengji', home)).kind).toBe('slow');
    let both = word;
    for (let n = 0; n < KNOWN_MAX - 1; n += 1)
      both = await knownCookie(auth, jar([both]), `person${n}`);
    expect(await knownBrowser(auth, jar([both]), 'huifang')).toBe(
      await knownBrowser(auth, home, 'huifang'),
    );
    expect(both.value.split('~')).toHaveLength(KNOWN_MAX);
  });
});

it('[AU400] whose address is refused takes no try of anybody: one address shuts nobody else out', async () => {
  const { knock, ...deps } = door();
  for (let n = 0; n < LIMITS.signInAddress.burst; n += 1)
    await knock(`nobody${Math.floor(n / LIMITS.signInAccount.burst)}`, 'wrong-wrong');
  for (let n = 0; n < 3 * LIMITS.signInAccount.burst; n += 1)
    expect((await knock('dengji', 'wrong-wrong')).kind).toBe('slow');
  const own = { userName: 'dengji', passphrase: 'beihe-dengji', address: '10.0.0.8' };
  expect((await signIn(deps, own, new Headers())).kind).toBe('in');
});

describe('guesses in an open session', () => {
  it('[AU370] one’s own passphrase, the second factor’s beginning and its end share one limit', async () => {
    const headers = jar(await entered('shenhe'));
    const { personId } = await county.person('shenhe');
    const own = { personId, userName: 'shenhe' };
    const ways = [
      (deps: ReturnType<typeof door>, passphrase: string) =>
        changeOwn(deps, { personId, current: passphrase, fresh: 'beihe-shenhe' }, headers),
      (deps: ReturnType<typeof door>, passphrase: string) =>
        beginSecondFactor(deps, { ...own, passphrase }, headers),
      (deps: ReturnType<typeof door>, passphrase: string) =>
        endSecondFactor(deps, { ...own, passphrase }, headers),
    ];
    for (const way of ways) {
      const deps = door();
      for (let n = 0; n < LIMITS.provePerson.burst; n += 1)
        expect((await way(deps, `guess-guess-${n}`)).ok).toBe(false);
      // The right one comes too late: nobody learns that it is right.
      const late = await way(deps, 'beihe-shenhe');
      expect(late.ok ? '' : String(late.error).toLowerCase()).toBe('slow');
      const asked = { auth: deps.auth, db: county.room.accounts.db, limiter: deps.limiter };
      const who = { personId, secondFactor: false };
      const proven = await prove(asked, who, { typed: 'beihe-shenhe', headers });
      expect(proven.ok ? '' : proven.error.kind).toBe('slow');
    }
    // A right one is no guess.
    const deps = door();
    let now = headers;
    for (let n = 0; n < 2 * LIMITS.provePerson.burst; n += 1) {
      const typed = { personId, current: 'beihe-shenhe', fresh: 'beihe-shenhe' };
      const done = await changeOwn(deps, typed, now);
      expect(done.ok).toBe(true);
      if (done.ok) now = jar(done.value);
    }
  });
});
