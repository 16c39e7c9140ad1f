/**
 * The read secret of a tablet: 32 random bytes that it made and keeps sealed in its vault. Cookie,
 * device id and pass lie in clear on a tablet; by them alone its work is taken and nothing is shown.
 *
 *     first time with the session of its person ──► kept: SHA-256 of it, under the device id
 *     from then on   right ──► feed, files, receipts, names      wrong or none ──► nothing
 *     who signed in by the passphrase a moment ago ──► may give another one (0021)
 *
 * What is kept is a setting of the county: a county that was put back to before it knows none and
 * takes the tablet's as at the first time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import { lastKept, lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';

const READ = 'tablet_read.';
/** A passphrase that was typed so long ago still counts for giving another secret. */
export const FRESH_MINUTES = 5;
const SECRET = /^[\w-]{43}$/;
const keptSchema = z.object({ personId: z.string(), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** Who asks to read, from which tablet, and what he shows for it. */
export interface Reader {
  readonly personId: PersonId;
  readonly dv: string;
  /** The header as it came. */
  readonly secret: string | null;
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Whether a session began by a passphrase a moment ago. */
export const isFresh = (provenAt: Instant | undefined, now: Instant): boolean =>
  provenAt !== undefined && Date.parse(now) - Date.parse(provenAt) <= FRESH_MINUTES * 60_000;

/** unknown: this device has none yet. */
export type Reading = 'right' | 'wrong' | 'unknown';

const judge = (value: string, { personId, secret }: Omit<Reader, 'dv'>): Reading => {
  const read = keptSchema.safeParse(JSON.parse(value));
  // A row that cannot be read shows nothing: a sign-in mends it.
  if (!read.success || read.data.personId !== personId) return 'wrong';
  if (secret === null || !SECRET.test(secret)) return 'wrong';
  return timingSafeEqual(Buffer.from(read.data.hash, 'hex'), hashOf(secret)) ? 'right' : 'wrong';
};

/** What the secret that was shown is worth. */
export async function readingOf(deps: SettingsDeps, reader: Reader): Promise<Reading> {
  const row = await lastKept(deps, READ + reader.dv);
  return row === undefined ? 'unknown' : judge(row.value, reader);
}

/** Whether any tablet of this person has a secret: then a session alone reads nothing of his. */
export async function hasReadSecret(deps: SettingsDeps, personId: string): Promise<boolean> {
  for (const { value } of (await lastKeptUnder(deps, READ)).values())
    if (keptSchema.safeParse(JSON.parse(value)).data?.personId === personId) return true;
  return false;
}

/**
 * Keeps the secret of a device that is bound to this person, with its line of the audit: the first
 * one, or, `anew`, another in its place. Of two first ones at once one holds.
 */
export async function bindReadSecret(
  deps: SettingsDeps & { readonly store: CountyStore },
  { personId, dv, secret }: Reader,
  { at, anew }: { readonly at: Instant; readonly anew: boolean },
): Promise<void> {
  if (secret === null || !SECRET.test(secret)) return;
  const name = READ + dv;
  const before = await lastKept(deps, name);
  if (before !== undefined && (!anew || judge(before.value, { personId, secret }) === 'right'))
    return;
  const value = JSON.stringify({ personId, hash: hashOf(secret).toString('hex') });
  await deps.store.transact(deps.county, async (tx) => {
    const isFirst = (await tx.keptRows(name)) === 0;
    if (!isFirst && !anew) return;
    const action = isFirst ? 'device.read' : 'device.read_changed';
    await tx.write({
      kept: [{ name, value, at, personId }],
      audit: [{ at, personId, action, caseId: null, note: dv }],
    });
  });
}
