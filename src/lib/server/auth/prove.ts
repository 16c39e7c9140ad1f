/**
 * 再证明一次: before an export or a change of accounts the person says again who he is, unless he
 * did within the last minutes. The session that comes of it is a new one; the old one is over.
 */
import type { Kysely } from 'kysely';
import { fail, ok, type Instant, type Result } from '../../domain/values.ts';
import { SESSION_DAYS, type Auth } from './auth.ts';
import { verifyPassphrase } from './password.ts';
import { LIMITS, type Limiter } from './rate-limit.ts';
import { sessionToken, signedCookie } from './session-row.ts';
import type { SignedIn } from './session.ts';
import { cookiesOf, judged, type CookieToSet } from './sign-in.ts';
import type { AuthTables } from './tables.ts';
import { takeCode } from './used-codes.ts';

export interface ProveDeps {
  readonly auth: Auth;
  readonly db: Kysely<AuthTables>;
  readonly limiter: Limiter;
}

export type ProveRefusal =
  { readonly kind: 'wrong' } | { readonly kind: 'slow'; readonly waitSeconds: number };

/** Whether he said who he is within so many minutes: at sign-in, or here. */
export const isProven = (
  { provenAt }: Pick<SignedIn['account'], 'provenAt'>,
  now: Instant,
  minutes: number,
): boolean => Date.parse(now) - Date.parse(provenAt) <= minutes * 60_000;

type Who = { readonly personId: string; readonly secondFactor: boolean };

/** Passphrase, or the six digits of whoever has a second factor; never a recovery code. */
async function isRight(
  { auth, db }: ProveDeps,
  who: Who,
  { typed, headers }: { readonly typed: string; readonly headers: Headers },
): Promise<boolean> {
  const code = typed.replace(/\s/g, '');
  if (who.secondFactor && /^\d{6}$/.test(code)) {
    const answer = judged(await auth.api.verifyTOTP({ body: { code }, headers, asResponse: true }));
    return answer.ok && takeCode(db, { personId: who.personId, code });
  }
  const { internalAdapter } = await auth.$context;
  const accounts = await internalAdapter.findAccounts(who.personId);
  const hash = accounts.find((one) => one.providerId === 'credential')?.password ?? '';
  return verifyPassphrase(hash, typed);
}

/**
 * One try at the passphrase inside an open session (改口令, 第二道): counted like proving, and a right
 * one is given back. 'slow': it was not judged.
 */
export async function triedInside<T extends { readonly ok: boolean }>(
  limiter: Limiter,
  personId: string,
  attempt: () => Promise<T>,
): Promise<T | 'slow'> {
  if ((await limiter.take(LIMITS.provePerson, personId)) > 0) return 'slow';
  const answer = await attempt();
  if (answer.ok) await limiter.give(LIMITS.provePerson, personId);
  return answer;
}

/** Sets one's own new passphrase; the other sessions end. 'wrong': the one of now is another. */
export async function changeOwn(
  { auth, limiter }: Pick<ProveDeps, 'auth' | 'limiter'>,
  typed: { readonly personId: string; readonly current: string; readonly fresh: string },
  headers: Headers,
): Promise<Result<readonly CookieToSet[], 'wrong' | 'slow'>> {
  const { current: currentPassword, fresh: newPassword } = typed;
  const body = { currentPassword, newPassword, revokeOtherSessions: true };
  const answer = await triedInside(limiter, typed.personId, () =>
    auth.api.changePassword({ body, headers, asResponse: true }),
  );
  if (answer === 'slow') return fail('slow');
  return answer.ok ? ok(cookiesOf(answer)) : fail('wrong');
}

/** Judges what was typed and gives the cookie of a new session; the old one is over at once. */
export async function prove(
  deps: ProveDeps,
  who: Who,
  said: { readonly typed: string; readonly headers: Headers },
): Promise<Result<readonly CookieToSet[], ProveRefusal>> {
  const waitSeconds = await deps.limiter.take(LIMITS.provePerson, who.personId);
  if (waitSeconds > 0) return fail({ kind: 'slow', waitSeconds });
  if (!(await isRight(deps, who, said))) return fail({ kind: 'wrong' });
  const { internalAdapter, authCookies, secret } = await deps.auth.$context;
  const fresh = await internalAdapter.createSession(who.personId, false);
  const old = await sessionToken(deps.auth, said.headers);
  if (old !== null) await internalAdapter.deleteSession(old);
  const { name } = authCookies.sessionToken;
  const value = signedCookie(fresh.token, secret);
  return ok([{ name, value, maxAge: SESSION_DAYS * 86_400 }]);
}
