import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { rescue, RESCUED } from '../../src/lib/server/auth/rescue.ts';
import { beginSecondFactor } from '../../src/lib/server/auth/second-factor.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { noFindings } from '../../src/lib/server/jobs/findings.ts';
import { verifyAudit } from '../../src/lib/server/jobs/verify-audit.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const enter = (passphrase: string) =>
  signIn(
    { auth: county.room.auth, limiter: createRateLimiter(() => 0) },
    { userName: 'guanli', passphrase, address: '10.0.0.1' },
    new Headers(),
  );

it('[AU117] the only administrator without a phone comes in again from the console, and it is told', async () => {
  const { accounts, auth, container } = county.room;
  const { personId } = await county.person('guanli');
  const inside = await enter('beihe-guanli');
  if (inside.kind !== 'in') throw new Error(inside.kind);
  const cookie = inside.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; ');
  const who = { personId, userName: 'guanli', passphrase: 'beihe-guanli' };
  const { limiter } = county.room;
  expect((await beginSecondFactor({ auth, limiter }, who, new Headers({ cookie }))).ok).toBe(true);
  // In force, and its secret sealed with an `auth-secret` that nobody has any more.
  await sql`update "twoFactor" set secret = 'unreadable'`.execute(accounts.db);
  const { internalAdapter } = await auth.$context;
  await internalAdapter.updateUser(personId, { twoFactorEnabled: true });
  await setDisabled(accounts, personId, true);
  expect((await enter('beihe-guanli')).kind).not.toBe('in');

  const { store } = container;
  const at = { accounts, store, county: container.county };
  expect(await rescue(at, 'nobody')).toEqual({ ok: false, error: 'NO_SUCH_ACCOUNT' });
  const done = await rescue(at, ' Guanli ');
  if (!done.ok) throw new Error(done.error);
  expect((await enter('beihe-guanli')).kind).toBe('wrong');
  expect((await enter(done.value.passphrase)).kind).toBe('in');
  const db = county.room.desk.db;
  const lines = await db.selectFrom('audit').selectAll().where('action', '=', RESCUED).execute();
  expect(lines.map(({ person_id, note }) => [person_id, note])).toEqual([['console', personId]]);
  const findings = noFindings();
  await verifyAudit(db, findings);
  expect([findings.broken, findings.attempts > 0]).toEqual([0, true]);
}, 300_000);
