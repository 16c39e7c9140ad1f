/**
 * Who may tell the county of a vault's keys and cards. Cookie, vault and device id lie in clear on a
 * tablet; by them alone whoever took it would end the way back in and the owner's cards with it.
 */
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { Container } from '../container.ts';
import { bars } from '../desk/tablet-locks.ts';
import { isFresh, readingOf } from '../keys/read-secret.ts';
import { lastReset } from '../settings/account-resets.ts';
import type { CountyTables } from '../store/tables.ts';

export interface Teller {
  readonly personId: PersonId;
  /** The device that tells, and the one that told of this vault before. */
  readonly dv: string;
  readonly was: string;
  /** The read secret that the request showed. */
  readonly secret: string | null;
  /** When he last typed his passphrase; undefined: not lately. */
  readonly provenAt: Instant | undefined;
  readonly now: Instant;
}

/**
 * Whether it is he, as at an enrolment: a passphrase of the last five minutes that nobody else set, or
 * the read secret of a tablet that is not barred. One that has none yet makes its first vault without.
 */
export async function mayTell(container: Container, teller: Teller): Promise<boolean> {
  const { personId, dv, was, secret, provenAt, now } = teller;
  const { store, county, env } = container;
  const deps = { db: container.db as unknown as Kysely<CountyTables>, county, store };
  const reset = env.enrolmentCodes ? await lastReset(deps, personId, now) : null;
  if (reset === null && isFresh(provenAt, now)) return true;
  if (((await bars(deps)).get(dv)?.bar ?? null) !== null) return false;
  const reading = await readingOf(deps, { personId, dv, secret });
  if (reading !== 'unknown') return reading === 'right';
  if (reset !== null && !reset.letIn.includes(dv)) return false;
  // A tablet of his without a secret says nothing of a vault that has one.
  return was === dv || (await readingOf(deps, { personId, dv: was, secret })) !== 'wrong';
}
