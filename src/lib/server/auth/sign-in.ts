import { parseSetCookieHeader } from 'better-auth/cookies';
import { isDiskFull } from '../store/disk-full.ts';
import { StoreAway } from '../store/store-away.ts';
import type { Kysely } from 'kysely';
import type { Auth } from './auth.ts';
import { knownBrowser, knownCookie } from './known-browser.ts';
import { LIMITS, type Limiter } from './rate-limit.ts';
import { recoveryCodesMeant } from './recovery-codes.ts';
import { sessionToken } from './session-row.ts';
import type { AuthTables } from './tables.ts';
import { takeCode } from './used-codes.ts';

export interface SignInDeps {
  readonly auth: Auth;
  readonly limiter: Limiter;
}

/** The six digits are taken for good in the county's database. */
export interface SecondFactorDeps extends SignInDeps {
  readonly db: Kysely<AuthTables>;
}

export interface Credentials {
  readonly userName: string;
  readonly passphrase: string;
  /** Address of the asker, for the limit only. */
  readonly address: string;
}

/** A cookie to set, with the attributes that better-auth chose. */
export interface CookieToSet {
  readonly name: string;
  readonly value: string;
  readonly maxAge?: number;
}

export type SignInOutcome =
  | { readonly kind: 'in'; readonly personId: string; readonly cookies: readonly CookieToSet[] }
  /** The passphrase is right, a code from the second factor is still missing. */
  | { readonly kind: 'second-factor'; readonly cookies: readonly CookieToSet[] }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'closed' }
  /** Name and passphrase were not judged: the county cannot write, its disk is full. */
  | { readonly kind: 'full' }
  | { readonly kind: 'slow'; readonly waitSeconds: number };

/** Reads the cookies out of a better-auth response. */
export function cookiesOf(response: Response): CookieToSet[] {
  return response.headers.getSetCookie().flatMap((line) =>
    [...parseSetCookieHeader(line)].map(([name, cookie]) => ({
      name,
      value: cookie.value,
      ...(cookie['max-age'] === undefined ? {} : { maxAge: cookie['max-age'] }),
    })),
  );
}

/** A full disk is said as it is; it is no wrong passphrase. */
async function unlessFull(attempt: () => Promise<SignInOutcome>): Promise<SignInOutcome> {
  try {
    return await attempt();
  } catch (error) {
    if (isDiskFull(error)) return { kind: 'full' };
    throw error;
  }
}

/** Signs in by user name and passphrase; wrong name and wrong passphrase look alike. */
export async function signIn(
  deps: SignInDeps,
  credentials: Credentials,
  headers: Headers,
): Promise<SignInOutcome> {
  const userName = credentials.userName.trim();
  return unlessFull(async () => {
    const known = await knownBrowser(deps.auth, headers, userName);
    const [limit, key] =
      known === null
        ? ([LIMITS.signInAccount, userName.toLowerCase()] as const)
        : ([LIMITS.signInKnown, known] as const);
    // Who is known here has a limit of his own: neither the account's nor the address's is asked.
    const address = known === null ? await addressWait(deps, credentials.address) : 0;
    // Whose address is refused takes no try of anybody's.
    const wait = address || (await deps.limiter.take(limit, key));
    if (wait > 0) return { kind: 'slow', waitSeconds: wait };
    const outcome = await tried(deps, { ...credentials, userName }, headers);
    // Who is in has not guessed; with a second factor he is not in yet.
    if (outcome.kind === 'in') await deps.limiter.give(limit, key);
    return outcome.kind === 'in' ? remembered(deps.auth, { outcome, userName }, headers) : outcome;
  });
}

const addressWait = ({ limiter }: SignInDeps, address: string): number | Promise<number> =>
  limiter.take(LIMITS.signInAddress, address);

/** The same with the cookie that makes this browser known. */
async function remembered(
  auth: Auth,
  of: { readonly outcome: Extract<SignInOutcome, { kind: 'in' }>; readonly userName: string },
  headers: Headers,
): Promise<SignInOutcome> {
  const known = await knownCookie(auth, headers, of.userName);
  return { ...of.outcome, cookies: [...of.outcome.cookies, known] };
}

/** What failed on our side judged nobody: never a wrong passphrase. */
export function judged(response: Response): Response {
  if (response.status >= 500) throw new StoreAway(`sign-in was not judged: ${response.status}`);
  return response;
}

async function tried(
  deps: SignInDeps,
  { userName, passphrase }: Credentials,
  headers: Headers,
): Promise<SignInOutcome> {
  const body = { username: userName, password: passphrase };
  const response = judged(await deps.auth.api.signInUsername({ body, headers, asResponse: true }));
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    return codeOf(answer) === 'BANNED_USER' ? { kind: 'closed' } : { kind: 'wrong' };
  }
  const cookies = cookiesOf(response);
  const personId = userIdOf(answer);
  if (personId !== null) await endOld(deps, headers);
  return personId === null ? { kind: 'second-factor', cookies } : { kind: 'in', personId, cookies };
}

/** The session that this browser had before ends with the new one. */
async function endOld({ auth }: SignInDeps, headers: Headers): Promise<void> {
  const old = await sessionToken(auth, headers);
  if (old !== null) await (await auth.$context).internalAdapter.deleteSession(old);
}

/** Completes a sign-in with the six digits of the second factor, or with a recovery code, once. */
export async function signInSecondFactor(
  deps: SecondFactorDeps,
  input: { code: string; address: string },
  headers: Headers,
): Promise<SignInOutcome> {
  return unlessFull(async () => {
    const wait = await deps.limiter.take(LIMITS.signInAddress, input.address);
    if (wait > 0) return { kind: 'slow', waitSeconds: wait };
    return triedCode(deps, input.code, headers);
  });
}

/** The answer to a recovery code as it may be meant: the right one's, else the last. */
async function triedRecovery(
  { auth }: SecondFactorDeps,
  typed: string,
  headers: Headers,
): Promise<Response> {
  const [likeliest, ...others] = recoveryCodesMeant(typed);
  const tried = async (code: string) =>
    judged(await auth.api.verifyBackupCode({ body: { code }, headers, asResponse: true }));
  let answer = await tried(likeliest);
  for (const code of others) if (!answer.ok) answer = await tried(code);
  return answer;
}

async function triedCode(
  deps: SecondFactorDeps,
  typed: string,
  headers: Headers,
): Promise<SignInOutcome> {
  const code = typed.normalize('NFKC').replace(/\s/g, '');
  const isDigits = /^\d{6}$/.test(code);
  const response = isDigits
    ? judged(await deps.auth.api.verifyTOTP({ body: { code }, headers, asResponse: true }))
    : await triedRecovery(deps, typed, headers);
  const answer: unknown = response.ok ? await response.json() : null;
  const personId = userIdOf(answer);
  if (personId === null) return { kind: 'wrong' };
  if (isDigits && !(await takeCode(deps.db, { personId, code }))) {
    const { internalAdapter } = await deps.auth.$context;
    await internalAdapter.deleteSession(tokenOf(answer));
    return { kind: 'wrong' };
  }
  await endOld(deps, headers);
  const outcome = { kind: 'in' as const, personId, cookies: cookiesOf(response) };
  const person = deps.db.selectFrom('user').select('username').where('id', '=', personId);
  const userName = (await person.executeTakeFirst())?.username ?? '';
  return userName === '' ? outcome : remembered(deps.auth, { outcome, userName }, headers);
}

function codeOf(answer: unknown): string {
  const code = answer && typeof answer === 'object' && 'code' in answer ? answer.code : '';
  return typeof code === 'string' ? code : '';
}

function tokenOf(answer: unknown): string {
  const token = answer && typeof answer === 'object' && 'token' in answer ? answer.token : '';
  return typeof token === 'string' ? token : '';
}

function userIdOf(answer: unknown): string | null {
  if (!answer || typeof answer !== 'object' || !('user' in answer)) return null;
  const user = answer.user;
  if (!user || typeof user !== 'object' || !('id' in user)) return null;
  return typeof user.id === 'string' ? user.id : null;
}
