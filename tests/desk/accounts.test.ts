import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createAccount,
  grantRowsOf,
  addGrants,
  moveGrants,
  endGrant,
  setDisabled,
} from '../../src/lib/server/auth/accounts.ts';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { readSession } from '../../src/lib/server/auth/session.ts';
import {
  makeSetupToken,
  setupTokenIsGood,
  useSetupToken,
} from '../../src/lib/server/auth/setup-link.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { isDeskPerson, loadSubject } from '../../src/lib/server/auth/subject.ts';
import { can } from '../../src/lib/domain/permissions.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const enter = (userName: string, passphrase: string) => {
  const limiter = createRateLimiter(() => 0);
  const { auth } = county.room;
  return signIn({ auth, limiter }, { userName, passphrase, address: '10.0.0.1' }, new Headers());
};

async function cookiesFor(userName: string): Promise<Headers> {
  const outcome = await enter(userName, `beihe-${userName}`);
  if (outcome.kind !== 'in') throw new Error(outcome.kind);
  return new Headers({
    cookie: outcome.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
  });
}

const sessionDeps = (now = county.room.accounts.now()) => ({
  auth: county.room.auth,
  db: county.room.accounts.db,
  now: () => now,
});

describe('accounts', () => {
  it('[AU1] a right counts from its grant to its end, and the row stays for old acts', async () => {
    const { accounts } = county.room;
    const account = { userName: '测试员', name: '测试员', passphrase: '一二三四五六七八九十' };
    const id = await createAccount(accounts, { ...account, grants: [] }, 'test');
    const grant = { role: 'O1', areaCode: '230278000000' };
    await addGrants(accounts, { personId: id, grants: [grant], madeBy: 'test' });
    const now = accounts.now();
    const before = await loadSubject(accounts.db, { id, name: '测试员' });
    expect(can(before, 'device.view', { object: null, now })).toBe(true);
    const [row] = await grantRowsOf(accounts.db, id);
    expect(await endGrant(accounts, row?.id ?? '')).toBe(true);
    expect(await endGrant(accounts, row?.id ?? '')).toBe(false);
    const after = await loadSubject(accounts.db, { id, name: '测试员' });
    const later = new Date(Date.parse(accounts.now()) + 1000).toISOString() as Instant;
    expect(can(after, 'device.view', { object: null, now: later })).toBe(false);
    expect(after.grants).toHaveLength(1);
  });

  it('[AU303] 换村: the field’s right moves at once, the old one ends and stays for what was done under it', async () => {
    const { accounts } = county.room;
    const [from, to] = ['230278200201', '230278200203'] as const;
    const account = { userName: '换村的', name: '换村的', passphrase: '一二三四五六七八九十' };
    const office = { role: 'O1', areaCode: '230278000000' };
    const grants = [{ role: 'A', areaCode: from }, office];
    const personId = await createAccount(accounts, { ...account, grants }, 'test');
    const move = { personId, areaCode: to, madeBy: 'admin' };
    expect(await moveGrants(accounts, move)).not.toBeNull();
    const rows = await grantRowsOf(accounts.db, personId);
    const shown = rows.map((row) => [row.role, row.area_code, row.to_at === null]);
    expect(shown.toSorted()).toEqual([
      ['A', from, false],
      ['A', to, true],
      ['O1', office.areaCode, true],
    ]);
    const [old, next] = [from, to].map((area) => rows.find((row) => row.area_code === area));
    // No moment without a right.
    expect((next?.from_at ?? '~') <= (old?.to_at ?? '')).toBe(true);
    expect(next?.made_by).toBe('admin');
    expect(await moveGrants(accounts, move)).toBeNull();
    expect(await moveGrants(accounts, { ...move, personId: 'nobody' })).toBeNull();
    expect(await grantRowsOf(accounts.db, personId)).toEqual(rows);
  });

  it('[AU2] nobody signs up by himself, by the library or by its doors', async () => {
    const { api } = county.room.auth;
    const body = { email: 'a@b.cn', password: 'long enough words', name: 'x' };
    const answer = await api.signUpEmail({ body, asResponse: true });
    expect(answer.ok).toBe(false);
  });

  it('[AU3] a wrong name and a wrong passphrase are told alike', async () => {
    expect(await enter('nobody', 'beihe-nobody')).toEqual({ kind: 'wrong' });
    expect(await enter('shenhe', 'beihe-wrong-words')).toEqual({ kind: 'wrong' });
    expect((await enter('shenhe', 'beihe-shenhe')).kind).toBe('in');
  });

  it('[AU4] closing an account ends its sessions at once and no new one begins', async () => {
    const headers = await cookiesFor('huifang');
    expect(await readSession(sessionDeps(), headers)).not.toBeNull();
    await setDisabled(county.room.accounts, 'xfj-followup', true);
    expect(await readSession(sessionDeps(), headers)).toBeNull();
    expect((await enter('huifang', 'beihe-huifang')).kind).toBe('closed');
    await setDisabled(county.room.accounts, 'xfj-followup', false);
  });

  it('[AU5] a desk session ends after thirty minutes unused; a tablet stays signed in', async () => {
    const later = new Date(
      Date.parse(county.room.accounts.now()) + 31 * 60_000,
    ).toISOString() as Instant;
    const desk = await cookiesFor('ducha');
    expect(await readSession(sessionDeps(later), desk)).toBe('idle');
    expect(await readSession(sessionDeps(), desk)).toBeNull();
    const tablet = await cookiesFor('wangchunsheng');
    const found = await readSession(sessionDeps(later), tablet);
    expect(found === 'idle' || found === null).toBe(false);
  });

  it('[AU5] an agent has no place at the desk', async () => {
    const now = county.room.accounts.now();
    expect(isDeskPerson(await county.person('wangchunsheng'), now)).toBe(false);
    expect(isDeskPerson(await county.person('heyan'), now)).toBe(true);
  });

  it('[AU6] the set-up link makes the first administrator only, once and within a day', async () => {
    const { accounts } = county.room;
    expect(await makeSetupToken(accounts)).toBeNull();
    expect(await setupTokenIsGood(accounts, 'anything')).toBe(false);
    const admin = { userName: 'intruder', name: 'x', passphrase: 'one two three four' };
    expect(await useSetupToken(accounts, 'anything', admin)).toBe(false);
  });
});
