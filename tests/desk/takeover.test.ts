/** What an administrator can set for somebody else gives him no more than he had. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { DeviceId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import {
  newOfficerKey,
  wrapOfficerKey,
  type OfficerKey,
} from '../../src/lib/protocol/officer-key.ts';
import { createAccount, grantRowsOf } from '../../src/lib/server/auth/accounts.ts';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { codeFor } from '../../src/lib/server/desk/tablet-codes.ts';
import { makeCode, openCodes, spendCode } from '../../src/lib/server/keys/enrol-codes.ts';
import { confirmKey, proposeKey } from '../../src/lib/server/keys/officer-keys.ts';
import {
  addAccount,
  moveAccount,
  resetAccount,
} from '../../src/lib/server/settings/account-acts.ts';
import {
  ACCOUNT_RESET,
  areOneHand,
  resetTold,
} from '../../src/lib/server/settings/account-resets.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
import {
  confirmSealed,
  endSealed,
  proposeSealed,
} from '../../src/lib/server/settings/sealed-list.ts';
import { setBar } from '../../src/lib/server/desk/tablet-locks.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty({ sqlite: true });
}, 300_000);
afterAll(() => county.close());

const NEW = 'one two three four';
const COUNTY_AREA = '230278000000';
const by = (user: string) => county.person(user);
const listed = async (personId: string) => {
  const now = county.room.desk.now();
  const rows = await grantRowsOf(county.room.accounts.db, personId);
  const held = rows.filter(({ to_at }) => to_at === null || to_at > now);
  return { on: held.some(({ sealed_list }) => sealed_list === 1), roles: held.map((g) => g.role) };
};
async function other(userName: string, role: string): Promise<Subject> {
  const grants = [{ role, areaCode: COUNTY_AREA }];
  const who = { userName, name: userName, passphrase: NEW, grants };
  const id = await createAccount(county.room.accounts, who, 'test');
  return loadSubject(county.room.accounts.db, { id, name: userName });
}
async function wrapped(): Promise<OfficerKey> {
  const kdf = { kind: 'pbkdf2', rounds: 600_000 } as const;
  const how = { passphrase: 'twelve letters', argon2: null, kdf };
  const key = await wrapOfficerKey('recovery', await newOfficerKey('recovery'), how);
  if (key === null) throw new Error('no key');
  return key;
}
const lines = async () =>
  (await county.room.desk.db.selectFrom('audit').select('action').orderBy('n').execute()).map(
    ({ action }) => action,
  );
const enters = async (userName: string, passphrase: string) => {
  const deps = { auth: county.room.auth, limiter: createRateLimiter(() => 0) };
  return (await signIn(deps, { userName, passphrase, address: '' }, new Headers())).kind;
};

describe('a passphrase that somebody else set', () => {
  it('[AU371] takes its person off the sealed list, keeps his other rights, and he is told who it was', async () => {
    const { room } = county;
    const [admin, victim] = [await by('guanli'), await by('mifeng2')];
    const { personId } = victim;
    const before = await listed(personId);
    expect(before.on).toBe(true);
    expect(await resetTold(room.desk, personId)).toBeNull();
    const from = (await lines()).length;
    await resetAccount(room, admin, { personId, passphrase: NEW });
    expect((await lines()).slice(from)).toEqual(['account.passphrase', 'sealed_list.ended']);
    expect(await listed(personId)).toEqual({ on: false, roles: [...new Set(before.roles)] });
    expect(await enters('mifeng2', NEW)).toBe('in');
    expect(await resetTold(room.desk, personId)).toMatchObject({
      name: admin.name,
      what: 'passphrase',
    });
    // The second factor is the same door.
    const third = await by('mifeng1');
    expect((await listed(third.personId)).on).toBe(true);
    await resetAccount(room, admin, { personId: third.personId, passphrase: null });
    expect((await listed(third.personId)).on).toBe(false);
    // One's own says nothing of a foreign hand.
    await resetAccount(room, admin, { personId: admin.personId, passphrase: 'beihe-guanli' });
    expect(await resetTold(room.desk, admin.personId)).toBeNull();
  });

  it('[AU372] makes two people one hand: for the list, for keys, for whoever both were set by', async () => {
    const { room } = county;
    const [admin, director] = [await by('guanli'), await by('juzhang')];
    const [victim, second] = [await by('shenhe'), await other('guanli2', 'ADMIN')];
    await resetAccount(room, admin, { personId: director.personId, passphrase: NEW });
    expect(await proposeSealed(room, director, victim.personId)).toBeNull();
    expect(await confirmSealed(room, admin, victim.personId)).toBe('second');
    expect((await listed(victim.personId)).on).toBe(false);
    // Nor for whom he has just made his own.
    const own = await by('dengji');
    await resetAccount(room, admin, { personId: own.personId, passphrase: NEW });
    expect(await proposeSealed(room, second, own.personId)).toBeNull();
    expect(await confirmSealed(room, admin, own.personId)).toBe('second');
    const key = await wrapped();
    expect(await proposeKey(room, director, key)).toBeNull();
    expect(await confirmKey(room, admin, key.keyId)).toBe('second');
    const now = room.desk.now();
    expect(await areOneHand(room.desk, [director.personId, own.personId], now)).toBe(true);
    expect(await areOneHand(room.desk, [director.personId, second.personId], now)).toBe(false);
    // Somebody whom nobody has in his hand is a second person.
    expect(await confirmKey(room, second, key.keyId)).toBeNull();
    expect(await confirmSealed(room, second, victim.personId)).toBeNull();
    expect((await listed(victim.personId)).on).toBe(true);
    const late = new Date(Date.parse(now) + 31 * 86_400_000).toISOString() as typeof now;
    expect(await areOneHand(room.desk, [director.personId, admin.personId], late)).toBe(false);
  });

  it('[AU379] every reset of the month counts: one by somebody else undoes none, nor does a way round', async () => {
    const { desk } = county.room;
    const at = (days: number) =>
      new Date(Date.parse(desk.now()) + days * 86_400_000).toISOString() as Instant;
    const set = (by: string, who: string, days: number) => {
      const value = { by, what: 'passphrase', at: at(days), letIn: [] };
      const hand = { personId: by as PersonId, at: at(days) };
      return keep(desk, { name: ACCOUNT_RESET + who, value }, hand);
    };
    const one = (a: string, b: string, days = 0) => areOneHand(desk, [a, b], at(days));
    await set('g1', 'chief', -3);
    await set('g2', 'chief', -2);
    expect([await one('chief', 'g1'), await one('g2', 'chief')]).toEqual([true, true]);
    expect(await one('g1', 'g2')).toBe(false);
    // A month after each.
    expect([await one('chief', 'g1', 27.5), await one('chief', 'g2', 27.5)]).toEqual([false, true]);
    // He makes a colleague his own, and as that one a third.
    await set('h1', 'h2', -2);
    await set('h2', 'h3', -1);
    expect(await one('h3', 'h1')).toBe(true);
    // What the colleague did before that was his own act.
    await set('k2', 'k3', -2);
    await set('k1', 'k2', -1);
    expect([await one('k3', 'k1'), await one('k3', 'k2')]).toEqual([false, true]);
    // Each other's, round and round.
    await set('k3', 'k1', -1);
    expect(await one('k1', 'k3')).toBe(true);
  });

  it('[AU379] the list stays with two: the director’s own passphrase and a second administrator’s reset', async () => {
    const { room } = county;
    const [admin, second] = [await by('guanli'), await other('guanli5', 'ADMIN')];
    const [chief, victim] = [await other('juzhang5', 'O5'), await other('shenhe5', 'O2')];
    await resetAccount(room, admin, { personId: chief.personId, passphrase: NEW });
    await resetAccount(room, second, { personId: chief.personId, passphrase: null });
    expect(await proposeSealed(room, chief, victim.personId)).toBeNull();
    expect(await confirmSealed(room, admin, victim.personId)).toBe('second');
    expect(await confirmSealed(room, second, victim.personId)).toBe('second');
    expect((await listed(victim.personId)).on).toBe(false);
  });

  it('[AU373] whoever set an agent’s makes him no code; those that were open are void', async () => {
    const { room } = county;
    const [admin, agent] = [await by('guanli'), await by('lixiufen')];
    const { personId } = agent;
    const deps = { ...room.desk, store: room.container.store };
    const hand = { personId: admin.personId, at: room.desk.now() };
    const old = await makeCode(deps, personId, hand);
    await resetAccount(room, admin, { personId, passphrase: NEW });
    const open = await openCodes(deps, room.desk.now());
    expect(open.filter((one) => one.personId === personId)).toEqual([]);
    const typed = { typed: old?.code ?? '', dv: 'd'.repeat(22) as DeviceId };
    expect(await spendCode(deps, typed, { personId, at: room.desk.now() })).toBe('spent');
    expect(await codeFor(room.desk, personId, hand)).toBe('hand');
    const second = await other('guanli3', 'ADMIN');
    const made = await codeFor(room.desk, personId, { ...hand, personId: second.personId });
    expect(made).toMatchObject({ name: agent.name });
  });
});

describe('a line of the audit and what it tells of', () => {
  it('[AU374] stand in one commit: where the line cannot be written nothing is done', async () => {
    const { room } = county;
    const { db } = room.accounts;
    const [admin, second] = [await by('guanli'), await other('guanli4', 'ADMIN')];
    const [o2, agent] = [await other('shenhe9', 'O2'), await other('daiban9', 'A')];
    const now = room.desk.now();
    const codes = { ...room.desk, store: room.container.store };
    const hand = { personId: admin.personId, at: now };
    const device = await db
      .selectFrom('devices' as never)
      .select(['dv', 'person_id'] as never)
      .limit(1)
      .executeTakeFirst();
    const { dv } = (device ?? {}) as { dv?: string };
    expect(await proposeSealed(room, admin, o2.personId)).toBeNull();
    const code = await makeCode(codes, agent.personId, hand);
    const typed = { typed: code?.code ?? '', dv: 'e'.repeat(22) as DeviceId };
    const login = { userName: 'xinren', name: '新人', passphrase: NEW };
    const acts: Record<string, () => Promise<unknown>> = {
      made: () => addAccount(room, admin, { ...login, note: 'O1', grants: [{ role: 'O1' }] }),
      reset: () => resetAccount(room, admin, { personId: o2.personId, passphrase: 'x'.repeat(12) }),
      second: () => resetAccount(room, admin, { personId: o2.personId, passphrase: null }),
      move: () => moveAccount(room, admin, { personId: agent.personId, areaCode: '230278200203' }),
      confirmed: () => confirmSealed(room, second, o2.personId),
      ended: () => endSealed(room, second, o2.personId),
      key: async () => proposeKey(room, await by('juzhang'), await wrapped()),
      codeMade: () => makeCode(codes, agent.personId, hand),
      codeUsed: () => spendCode(codes, typed, { personId: agent.personId, at: now }),
      ...(dv && { bar: () => setBar(room.desk, { dv, bar: 'revoked', reason: '丢了' }, hand) }),
    };
    const state = async () => {
      const tables = ['account_grant', 'account', 'session', 'twoFactor', 'county_setting'];
      const all = tables.map(async (name) => {
        const { rows } = await sql`select * from ${sql.table(name)}`.execute(db);
        return [name, rows];
      });
      return JSON.stringify(await Promise.all(all));
    };
    const before = await state();
    await sql`create trigger no_line before insert on audit begin select raise(abort, 'full'); end`.execute(
      db,
    );
    for (const [name, act] of Object.entries(acts)) {
      const how = await act().then(
        () => 'done',
        (error: unknown) => String(error),
      );
      expect([name, how]).toEqual([name, expect.stringContaining('full')]);
      expect((await state()) === before, name).toBe(true);
    }
    expect(Object.keys(acts).length).toBeGreaterThanOrEqual(9);
    await sql`drop trigger no_line`.execute(db);
    // What broke off opens nothing, and the same name can be made again.
    expect(await enters('xinren', NEW)).toBe('wrong');
    await acts['made']?.();
    expect(await enters('xinren', NEW)).toBe('in');
    await expect(acts['made']?.()).rejects.toThrow();
    expect((await lines()).at(-1)).toBe('account.made');
  });
});
