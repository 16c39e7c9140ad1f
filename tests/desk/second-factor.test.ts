import { createHmac } from 'node:crypto';
import { symmetricEncrypt } from 'better-auth/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  isConfined,
  isCountyPerson,
  OPEN_TO_CONFINED,
  resetSecondFactor,
  shownSecondFactor,
} from '../../src/lib/server/auth/second-factor.ts';
import { prove } from '../../src/lib/server/auth/prove.ts';
import { readSession } from '../../src/lib/server/auth/session.ts';
import { type CookieToSet, signIn, signInSecondFactor } from '../../src/lib/server/auth/sign-in.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Six digits as a phone computes them (RFC 6238, RFC 4226), from the secret alone. */
function phoneCode(secret: string, atMs: number): string {
  const bits = [...secret.replace(/[ =]/g, '')]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const from = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const deps = () => ({
  ...{ auth: county.room.auth, db: county.room.accounts.db },
  limiter: createRateLimiter(() => 0),
});
const headersOf = (cookies: readonly CookieToSet[]) =>
  new Headers({
    cookie: cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
  });
/** The code of the next step: the county takes it already, and set-up has not used it. */
const nextCode = (secret: string) => phoneCode(secret, Date.now() + 30_000);
const enter = (userName: string) =>
  signIn(deps(), { userName, passphrase: `beihe-${userName}`, address: '10.0.0.1' }, new Headers());
async function inside(userName: string): Promise<Headers> {
  const outcome = await enter(userName);
  if (outcome.kind !== 'in') throw new Error(outcome.kind);
  return headersOf(outcome.cookies);
}
const second = (cookies: readonly CookieToSet[], code: string) =>
  signInSecondFactor(deps(), { code, address: '10.0.0.1' }, headersOf(cookies));
const sessionOf = (headers: Headers) =>
  readSession(
    { auth: county.room.auth, db: county.room.accounts.db, now: county.room.accounts.now },
    headers,
  );
/** Sets it up as the page does and returns what was shown. */
async function setUp(userName: string) {
  const headers = await inside(userName);
  const personId = (await county.person(userName)).personId;
  const who = { personId, userName, passphrase: `beihe-${userName}` };
  const begun = await beginSecondFactor(deps(), who, headers);
  if (!begun.ok) throw new Error(begun.error);
  const code = phoneCode(begun.value.secret, Date.now());
  const confirmed = await confirmSecondFactor(county.room.accounts, { personId, code }, headers);
  if (!confirmed.ok) throw new Error(confirmed.error);
  return { ...begun.value, code, headers: headersOf(confirmed.value) };
}
async function pending(userName: string): Promise<readonly CookieToSet[]> {
  const outcome = await enter(userName);
  if (outcome.kind !== 'second-factor') throw new Error(outcome.kind);
  return outcome.cookies;
}

describe('the second factor', () => {
  it('[AU27] the phone of the test computes as the RFC says', () => {
    // RFC 6238, appendix B, SHA-1: the secret is "12345678901234567890".
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect(phoneCode(secret, 59_000)).toBe('287082');
    expect(phoneCode(secret, 1_111_111_109_000)).toBe('081804');
    expect(phoneCode(secret, 20_000_000_000_000)).toBe('353130');
  });

  it('[AU27] it is in force after the first right code, not before', async () => {
    const headers = await inside('shenhe');
    const { personId } = await county.person('shenhe');
    const who = { personId, userName: 'shenhe', passphrase: 'beihe-shenhe' };
    const wrong = await beginSecondFactor(deps(), { ...who, passphrase: 'beihe-wrong!' }, headers);
    expect(wrong).toEqual({ ok: false, error: 'WRONG_PASSPHRASE' });
    const begun = await beginSecondFactor(deps(), who, headers);
    if (!begun.ok) throw new Error(begun.error);
    expect(begun.value.uri).toMatch(/^otpauth:\/\/totp\/[^?]*:shenhe\?.*secret=/);
    expect(begun.value.recoveryCodes).toHaveLength(10);
    expect(shownSecondFactor(begun.value.uri)?.qr.path).toBe(begun.value.qr.path);
    expect(shownSecondFactor('javascript:alert(1)')).toBeNull();
    expect((await enter('shenhe')).kind).toBe('in');
    const confirm = async (code: string) =>
      (await confirmSecondFactor(county.room.accounts, { personId: 'xfj-reviewer', code }, headers))
        .ok;
    expect(await confirm(phoneCode(begun.value.secret, Date.now() - 300_000))).toBe(false);
    expect((await enter('shenhe')).kind).toBe('in');
    const now = phoneCode(begun.value.secret, Date.now());
    expect(await confirm(now)).toBe(true);
    expect((await enter('shenhe')).kind).toBe('second-factor');
  });

  it('[AU27] passphrase and six digits sign in; either alone does not', async () => {
    const shown = await setUp('juzhang');
    const cookies = await pending('juzhang');
    expect(await sessionOf(headersOf(cookies))).toBeNull();
    const right = nextCode(shown.secret);
    expect((await second([], right)).kind).toBe('wrong');
    const wrong = right === '000000' ? '000001' : '000000';
    expect((await second(cookies, wrong)).kind).toBe('wrong');
    const done = await second(cookies, right);
    if (done.kind !== 'in') throw new Error(done.kind);
    const session = await sessionOf(headersOf(done.cookies));
    expect(session).toMatchObject({ account: { userName: 'juzhang', secondFactor: true } });
    expect((await second(cookies, right)).kind).toBe('wrong');
  });

  it('[AU94] a code opens once: not after it signed in, and not after it was confirmed', async () => {
    const shown = await setUp('huifang');
    expect((await second(await pending('huifang'), shown.code)).kind).toBe('wrong');
    const right = nextCode(shown.secret);
    const first = await second(await pending('huifang'), right);
    if (first.kind !== 'in') throw new Error(first.kind);
    const { db } = county.room.accounts;
    const sessions = async () =>
      (await db.selectFrom('session').select('id').where('userId', '=', 'xfj-followup').execute())
        .length;
    const before = await sessions();
    expect((await second(await pending('huifang'), right)).kind).toBe('wrong');
    expect(await sessions()).toBe(before);
    const unused = phoneCode(shown.secret, Date.now() - 30_000);
    expect((await second(await pending('huifang'), unused)).kind).toBe('in');
  });

  it('[AU92] six digits prove who one is, once; the passphrase does as well', async () => {
    const shown = await setUp('zhiban');
    const who = { personId: 'xfj-duty', secondFactor: true };
    const code = nextCode(shown.secret);
    const done = await prove(deps(), who, { typed: code, headers: shown.headers });
    if (!done.ok) throw new Error(done.error.kind);
    const headers = headersOf(done.value);
    expect((await prove(deps(), who, { typed: code, headers })).ok).toBe(false);
    expect((await prove(deps(), who, { typed: 'beihe-zhiban', headers })).ok).toBe(true);
  });

  it('[AU27] a recovery code opens once; guessing ends with the challenge', async () => {
    const shown = await setUp('ducha');
    const spare = shown.recoveryCodes[0] ?? '';
    expect((await second(await pending('ducha'), spare)).kind).toBe('in');
    expect((await second(await pending('ducha'), spare)).kind).toBe('wrong');
    const cookies = await pending('ducha');
    const right = () => nextCode(shown.secret);
    for (let tries = 0; tries < 5; tries += 1) await second(cookies, 'wrong-wrong');
    expect((await second(cookies, right())).kind).toBe('wrong');
    expect((await second(await pending('ducha'), right())).kind).toBe('in');
  });

  it('[AU486] a recovery code opens as it was written down: lower case, wide, without its dash, O for 0', async () => {
    const { recoveryCodes } = await setUp('xianzhang');
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes)
      expect(code).toMatch(/^[\dA-HJKMNP-TV-Z]{5}-[\dA-HJKMNP-TV-Z]{5}$/);
    const hands = [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replace('-', ' '),
      (code: string) => code.replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('V', 'u'),
      (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'I').replace('-', ''),
      (code: string) =>
        code.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
    ];
    for (const [n, hand] of hands.entries()) {
      const typed = hand(recoveryCodes[n] ?? '');
      expect((await second(await pending('xianzhang'), typed)).kind, typed).toBe('in');
      expect((await second(await pending('xianzhang'), typed)).kind, typed).toBe('wrong');
    }
    // What looks like nothing of the kind is no code.
    expect((await second(await pending('xianzhang'), '-')).kind).toBe('wrong');
  });

  it('[AU486] one that was written down before, of either case, opens as it is, once', async () => {
    const { headers } = await setUp('guanli');
    const { auth, accounts } = county.room;
    const { secretConfig } = await auth.$context;
    const old = 'abCdO-1lXyZ';
    const data = JSON.stringify([old]);
    const backupCodes = await symmetricEncrypt({ key: secretConfig, data });
    const rows = accounts.db.updateTable('twoFactor' as never).set({ backupCodes } as never);
    await rows.where('userId' as never, '=', 'admin-1' as never).execute();
    expect(await sessionOf(headers)).not.toBeNull();
    expect((await second(await pending('guanli'), old.toLowerCase())).kind).toBe('wrong');
    expect((await second(await pending('guanli'), old)).kind).toBe('in');
    expect((await second(await pending('guanli'), old)).kind).toBe('wrong');
  });

  it('[AU27] it ends by the passphrase, or by the administrator with all sessions', async () => {
    const own = await setUp('dengji');
    const { accounts } = county.room;
    const { personId } = await county.person('dengji');
    const wrong = { personId, passphrase: 'beihe-wrong!' };
    const right = { personId, passphrase: 'beihe-dengji' };
    expect((await endSecondFactor(deps(), wrong, own.headers)).ok).toBe(false);
    expect((await endSecondFactor(deps(), right, own.headers)).ok).toBe(true);
    expect((await enter('dengji')).kind).toBe('in');
    const lost = await setUp('shenji');
    expect(await sessionOf(lost.headers)).not.toBeNull();
    await resetSecondFactor(accounts, 'auditor-1');
    expect(await sessionOf(lost.headers)).toBeNull();
    expect((await enter('shenji')).kind).toBe('in');
  });

  it('[AU28] it is offered to, and demanded from, the people of the county only', async () => {
    const now = county.room.accounts.now();
    const isCounty = async (user: string) => isCountyPerson(await county.person(user), now);
    for (const user of ['dengji', 'juzhang', 'xianzhang', 'shenji', 'guanli'])
      expect(await isCounty(user), user).toBe(true);
    for (const user of ['wangchunsheng', 'heyan', 'swj-fuze'])
      expect(await isCounty(user), user).toBe(false);
    const confined = async (headers: Headers) => {
      const found = await sessionOf(headers);
      if (found === null || found === 'idle') throw new Error('signed in');
      return isConfined(found, now);
    };
    expect(await confined(await inside('mifeng1'))).toBe(true);
    expect(await confined((await setUp('mifeng2')).headers)).toBe(false);
    expect(await confined(await inside('wangchunsheng'))).toBe(false);
    expect([...OPEN_TO_CONFINED]).toEqual(['/desk/settings', '/desk/sign-out']);
  });
});
