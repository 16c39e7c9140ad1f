/**
 * Whether a device id may be bound to the person who asks:
 *
 *     bound to him already ─────────────────────────► in, unless only the session says that it is he
 *     the pass of a tablet that was bound to him ───► in   (a new device id, a county put back)
 *     a code that the county gave him ──────────────► in, and the code is used up
 *     else ─────────────────────────────────────────► refused, with the numbers to call
 *
 * Once a tablet has a read secret (keys/read-secret.ts), session, device id and pass alone let nobody in: the
 * secret does, or a passphrase that was typed a moment ago.
 *
 * For a month after somebody else set his passphrase (settings/account-resets.ts) that passphrase lets nobody in: the
 * secret does, or a code by another hand.
 *
 * Refused is only the binding: what the device has to send is taken by the exchange all the same.
 */
import type { Kysely } from 'kysely';
import type { DeviceId, Instant, PersonId } from '../../domain/values.ts';
import type { SyncError } from '../../protocol/sync.ts';
import { createRateLimiter, LIMITS, type Limiter } from '../auth/rate-limit.ts';
import { sharedLimiter } from '../auth/shared-limit.ts';
import type { Container } from '../container.ts';
import { bars } from '../desk/tablet-locks.ts';
import { spendCode, type Spent } from '../keys/enrol-codes.ts';
import { hasReadSecret, isFresh, readingOf } from '../keys/read-secret.ts';
import { passHolder } from '../keys/tablet-pass.ts';
import {
  ACCOUNT_RESET,
  type AccountReset,
  lastReset,
  withLetIn,
} from '../settings/account-resets.ts';
import type { SettingsDeps } from '../settings/kept.ts';
import type { CountyTables } from '../store/tables.ts';
import type { Refused } from './body.ts';

export interface Entrant {
  readonly personId: PersonId;
  readonly dv: DeviceId;
  /** What he typed as the county's code. */
  readonly code: string | undefined;
  /** What the tablet was given at an enrolment before. */
  readonly pass: string | undefined;
  /** He asks only whether the device is his. */
  readonly known: boolean | undefined;
  /** Where he asks from, for the limit of tries. */
  readonly address: string;
  /** The read secret that the request showed. */
  readonly secret: string | null;
  /** When he last typed his passphrase; undefined: nobody knows. */
  readonly provenAt: Instant | undefined;
  readonly now: Instant;
}

const REFUSED: Readonly<Record<Exclude<Spent, 'taken'>, SyncError>> = {
  wrong: 'CODE_WRONG',
  spent: 'CODE_SPENT',
  expired: 'CODE_EXPIRED',
};

const limiters = new WeakMap<Container, Limiter>();

/** Counts tries for all nodes of the county together, as the sign-in does. */
function limiterOf(container: Container): Limiter {
  const known = limiters.get(container);
  if (known) return known;
  const nowMs = () => Date.parse(container.clock.now());
  const made =
    container.database.kind === 'postgres'
      ? sharedLimiter(container.db as unknown as Kysely<CountyTables>, nowMs)
      : createRateLimiter(nowMs);
  limiters.set(container, made);
  return made;
}

const SIGN_IN: Refused = { status: 401, error: 'SIGN_IN' };

/**
 * Whether it is he who asks for a device id of his and not his session alone. Of one that is lost or
 * stopped only a passphrase says so, and its pass opens the door to no other.
 */
async function isHis(
  deps: SettingsDeps,
  { personId, secret, provenAt, now }: Entrant,
  { dv, by }: { readonly dv: string; readonly by: 'id' | 'pass' },
): Promise<boolean> {
  const barred = ((await bars(deps)).get(dv)?.bar ?? null) !== null;
  if (barred && by === 'pass') return false;
  if (isFresh(provenAt, now)) return true;
  return !barred && (await readingOf(deps, { personId, dv, secret })) !== 'wrong';
}

/** A refusal, and why a code is asked of a tablet that the county may well know. */
export type EnrolRefused = Refused & { readonly because?: 'RESET' };

/** Null: it may be bound. Asked before the binding's own transaction, which looks once more. */
export async function notAdmitted(
  container: Container,
  who: Entrant,
): Promise<EnrolRefused | null> {
  const { store, county, env } = container;
  const { dv, personId, now } = who;
  const device = await store.transact(county, (tx) => tx.device(dv));
  if (device !== null && device.personId !== personId) return { status: 403, error: 'DEVICE' };
  const deps = { db: container.db as unknown as Kysely<CountyTables>, county, store };
  const reset = env.enrolmentCodes ? await lastReset(deps, personId, now) : null;
  const isBound = device !== null && device.letter !== '';
  if (reset !== null) return notAfterReset(container, who, { reset, isBound });
  if (isBound) return (await isHis(deps, who, { dv, by: 'id' })) ? null : SIGN_IN;
  const was = who.pass === undefined ? null : await passHolder(deps, who.pass, personId);
  if (was !== null && (await isHis(deps, who, { dv: was, by: 'pass' }))) {
    const line = { at: now, personId, action: 'device.renumbered', caseId: null };
    const note = JSON.stringify({ dv, was });
    await store.transact(county, (tx) => tx.write({ audit: [{ ...line, note }] }));
    return null;
  }
  // Somebody else's, for all the county knows: he signs in beside it and gets one of his own.
  if (who.known === true) return { status: 403, error: 'CODE_NEEDED' };
  if (!env.enrolmentCodes) {
    const free = isFresh(who.provenAt, now) || !(await hasReadSecret(deps, personId));
    return free ? null : SIGN_IN;
  }
  return byCode(container, who);
}

/** By the code that he typed, once. */
async function byCode(container: Container, who: Entrant): Promise<Refused | null> {
  const { store, county } = container;
  const { dv, personId, now } = who;
  const deps = { db: container.db as unknown as Kysely<CountyTables>, county, store };
  if (who.code === undefined) return { status: 403, error: 'CODE_NEEDED' };
  const limiter = limiterOf(container);
  // Whose address is refused takes no try of anybody.
  const wait =
    (await limiter.take(LIMITS.enrolAddress, who.address)) ||
    (await limiter.take(LIMITS.enrolPerson, personId));
  if (wait > 0) return { status: 429, error: 'BUSY', retryAfterSeconds: wait };
  const spent = await spendCode(deps, { typed: who.code, dv }, { personId, at: now });
  return spent === 'taken' ? null : { status: 403, error: REFUSED[spent] };
}

/**
 * Whoever set his passphrase can say it: a tablet is in by the secret of its vault, as one that a code
 * let in since, or by a code now. A tablet without a vault is known by the last two alone.
 */
async function notAfterReset(
  container: Container,
  who: Entrant,
  { reset, isBound }: { readonly reset: AccountReset; readonly isBound: boolean },
): Promise<EnrolRefused | null> {
  const { store, county } = container;
  const { dv, personId, secret, now: at } = who;
  const deps = { db: container.db as unknown as Kysely<CountyTables>, county };
  const reading = await readingOf(deps, { personId, dv, secret });
  const isIn = reading === 'right' || (reading === 'unknown' && reset.letIn.includes(dv));
  const barred = ((await bars(deps)).get(dv)?.bar ?? null) !== null;
  if (isBound && isIn && !barred) return null;
  const refused = await byCode(container, who);
  if (refused !== null) return { ...refused, because: 'RESET' };
  const kept = { name: ACCOUNT_RESET + personId, value: JSON.stringify(withLetIn(reset, dv)) };
  await store.transact(county, (tx) => tx.write({ kept: [{ ...kept, at, personId }] }));
  return null;
}
