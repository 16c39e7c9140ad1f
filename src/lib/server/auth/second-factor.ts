/** 第二道: six digits of a phone's clock (TOTP) beside the passphrase, and recovery codes. */
import type { Kysely } from 'kysely';
import qrcode from 'qrcode';
import { type Subject } from '../../domain/permissions.ts';
import { fail, ok, type Instant, type Result } from '../../domain/values.ts';
import type { Auth } from './auth.ts';
import { triedInside } from './prove.ts';
import type { Limiter } from './rate-limit.ts';
import type { SignedIn } from './session.ts';
import { cookiesOf, type CookieToSet } from './sign-in.ts';
import { rolesAt } from './subject.ts';
import type { AuthTables } from './tables.ts';
import { takeCode } from './used-codes.ts';

/** What the person needs once, to set up the phone; it is shown and then never again. */
export interface SecondFactorStart {
  /** `otpauth://totp/…` with the secret in it. */
  readonly uri: string;
  /** The secret in groups of four, to type where no camera is. */
  readonly secret: string;
  /** Squares of the QR as one SVG path over `size` units. */
  readonly qr: { readonly size: number; readonly path: string };
  /** Each opens once in place of the six digits. */
  readonly recoveryCodes: readonly string[];
}

export type SecondFactorRefusal = 'WRONG_PASSPHRASE' | 'ALREADY_SET' | 'WRONG_CODE' | 'SLOW';

/** Each try at the passphrase in a session counts (`prove.ts`). */
export interface OwnFactorDeps {
  readonly auth: Auth;
  readonly limiter: Limiter;
}

const FIELD_ROLES: readonly string[] = ['A', 'T', 'D', 'D2'];

/** Whether the person works for the county itself: those may, and by setting must, have one. */
export const isCountyPerson = (person: Subject, now: Instant): boolean =>
  rolesAt(person, now).some((role) => !FIELD_ROLES.includes(role));

/** Whether this session stays outside until its county person has set one up. */
export const isConfined = ({ person, account }: SignedIn, now: Instant): boolean =>
  !account.secondFactor && isCountyPerson(person, now);

/** Where such a person still is somebody: to set it up, and to leave. */
export const OPEN_TO_CONFINED: ReadonlySet<string> = new Set(['/desk/settings', '/desk/sign-out']);

/** The same address with the name that the person signs in by instead of an invented mail. */
function named(uri: string, userName: string): string {
  const url = new URL(uri);
  const issuer = url.searchParams.get('issuer') ?? '代办通';
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(userName)}`;
  return `otpauth://totp/${label}?${url.searchParams.toString()}`;
}

function qrOf(text: string): SecondFactorStart['qr'] {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  const cells = Array.from({ length: size * size }, (_, n) => [n % size, Math.floor(n / size)]);
  const path = cells
    .filter(([x = 0, y = 0]) => modules.get(y, x))
    .map(([x, y]) => `M${x} ${y}h1v1h-1z`)
    .join('');
  return { size, path };
}

/** What the page shows of an address that `beginSecondFactor` gave; null for any other text. */
export function shownSecondFactor(uri: string): Pick<SecondFactorStart, 'qr' | 'secret'> | null {
  if (!uri.startsWith('otpauth://totp/') || uri.length > 400) return null;
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return { qr: qrOf(uri), secret: secret.replace(/(.{4})(?=.)/g, '$1 ') };
}

/** Makes the secret; nothing is asked at sign-in before `confirmSecondFactor` saw a right code. */
export async function beginSecondFactor(
  { auth, limiter }: OwnFactorDeps,
  who: { readonly personId: string; readonly passphrase: string; readonly userName: string },
  headers: Headers,
): Promise<Result<SecondFactorStart, SecondFactorRefusal>> {
  const body = { password: who.passphrase };
  const answer = await triedInside(limiter, who.personId, () =>
    auth.api.enableTwoFactor({ body, headers, asResponse: true }),
  );
  if (answer === 'slow') return fail('SLOW');
  const said = (await answer.json()) as {
    code?: string;
    totpURI?: string;
    backupCodes?: readonly string[];
  };
  if (!answer.ok || said.totpURI === undefined)
    return fail(said.code === 'INVALID_PASSWORD' ? 'WRONG_PASSPHRASE' : 'ALREADY_SET');
  const uri = named(said.totpURI, who.userName);
  const shown = shownSecondFactor(uri) ?? { qr: { size: 0, path: '' }, secret: '' };
  return ok({ uri, ...shown, recoveryCodes: said.backupCodes ?? [] });
}

/** Puts it in force with the first right code; the session goes on under the new cookies. */
export async function confirmSecondFactor(
  { auth, db }: { readonly auth: Auth; readonly db: Kysely<AuthTables> },
  typed: { readonly personId: string; readonly code: string },
  headers: Headers,
): Promise<Result<readonly CookieToSet[], SecondFactorRefusal>> {
  const code = typed.code.replace(/\D/g, '');
  const answer = await auth.api.verifyTOTP({ body: { code }, headers, asResponse: true });
  if (!answer.ok) return fail('WRONG_CODE');
  // The code that put it in force is used: it signs nobody in.
  await takeCode(db, { personId: typed.personId, code });
  return ok(cookiesOf(answer));
}

/** Ends one's own, with the passphrase. */
export async function endSecondFactor(
  { auth, limiter }: OwnFactorDeps,
  who: { readonly personId: string; readonly passphrase: string },
  headers: Headers,
): Promise<Result<readonly CookieToSet[], SecondFactorRefusal>> {
  const body = { password: who.passphrase };
  const answer = await triedInside(limiter, who.personId, () =>
    auth.api.disableTwoFactor({ body, headers, asResponse: true }),
  );
  if (answer === 'slow') return fail('SLOW');
  return answer.ok ? ok(cookiesOf(answer)) : fail('WRONG_PASSPHRASE');
}

/** Takes it off somebody who lost the phone and the recovery codes; their sessions end. */
export async function resetSecondFactor(
  deps: { readonly auth: Auth; readonly db: Kysely<AuthTables> },
  personId: string,
): Promise<void> {
  const { internalAdapter } = await deps.auth.$context;
  await deps.db.deleteFrom('twoFactor').where('userId', '=', personId).execute();
  await internalAdapter.updateUser(personId, { twoFactorEnabled: false });
  await internalAdapter.deleteUserSessions(personId);
}
