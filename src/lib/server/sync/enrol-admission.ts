/**
 * Whether a device id may be bound to the person who asks:
 *
 *     bound to him already ─────────────────────────► in, always
 *     the pass of a tablet that was bound to him ───► in   (a new device id, a county put back)
 *     a code that the county gave him ──────────────► in, and the code is used up
 *     else ─────────────────────────────────────────► refused, with the numbers to call
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
import { passHolder } from '../keys/tablet-pass.ts';
import type { CountyTables } from '../store/tables.ts';
import type { Refused } from './body.ts';

export interface Entrant {
  readonly personId: PersonId;
  readonly dv: DeviceId;
  /** What he typed as the county's code. */
  readonly code: string | undefined;
  /** What the tablet was given at an enrolment before. */
  readonly pass: string | undefined;
  /** Where he asks from, for the limit of tries. */
  readonly address: string;
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

/** Null: it may be bound. Asked before the binding's own transaction, which looks once more. */
export async function notAdmitted(container: Container, who: Entrant): Promise<Refused | null> {
  const { store, county, env } = container;
  if (!env.enrolmentCodes) return null;
  const { dv, personId, now } = who;
  const device = await store.transact(county, (tx) => tx.device(dv));
  if (device !== null && device.personId !== personId) return { status: 403, error: 'DEVICE' };
  if (device !== null && device.letter !== '') return null;
  const deps = { db: container.db as unknown as Kysely<CountyTables>, county, store };
  const was = who.pass === undefined ? null : await passHolder(deps, who.pass, personId);
  // A tablet that was reported lost or stopped opens the door to no other.
  if (was !== null && ((await bars(deps)).get(was)?.bar ?? null) === null) {
    const line = { at: now, personId, action: 'device.renumbered', caseId: null };
    const note = JSON.stringify({ dv, was });
    await store.transact(county, (tx) => tx.write({ audit: [{ ...line, note }] }));
    return null;
  }
  if (who.code === undefined) return { status: 403, error: 'CODE_NEEDED' };
  const limiter = limiterOf(container);
  const wait = Math.max(
    await limiter.take(LIMITS.enrolAddress, who.address),
    await limiter.take(LIMITS.enrolPerson, personId),
  );
  if (wait > 0) return { status: 429, error: 'BUSY', retryAfterSeconds: wait };
  const spent = await spendCode(deps, { typed: who.code, dv }, { personId, at: now });
  return spent === 'taken' ? null : { status: 403, error: REFUSED[spent] };
}
