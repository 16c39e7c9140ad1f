/** What the county remembers of its backups: the last one that counts, and the last that failed. */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { AllTables } from '../container.ts';
import { COUNTY } from '../county.ts';
import { keep, lastKept, type SettingsDeps } from '../settings/kept.ts';
import type { CountyTables } from '../store/tables.ts';

/** A backup may come so much later than its time before people hear of it. */
export const LATE_AFTER_MINUTES = 15;
const MINUTE_MS = 60_000;
const SYSTEM = 'system' as PersonId;
const VERIFIED = 'backup.verified';
const FAILED = 'backup.failed';

const verifiedSchema = z.object({
  at: z.string(),
  file: z.string(),
  seq: z.number(),
  bytes: z.number(),
  ms: z.number(),
});
const failedSchema = z.object({ at: z.string(), why: z.string() });

/** The last backup that was put back and verified. `file` is its whole path. */
export type LastVerified = z.infer<typeof verifiedSchema>;
export type LastFailed = z.infer<typeof failedSchema>;

export interface BackupState {
  readonly verified: LastVerified | null;
  /** Only when it came after the last that counts. */
  readonly failed: LastFailed | null;
}

const depsOf = (db: Kysely<AllTables>): SettingsDeps => ({
  db: db as unknown as Kysely<CountyTables>,
  county: COUNTY.code,
});

async function read<T>(
  db: Kysely<AllTables>,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const row = await lastKept(depsOf(db), name);
  const parsed = row === undefined ? null : schema.safeParse(JSON.parse(row.value));
  return parsed?.success ? parsed.data : null;
}

/** Reads both notes. */
export async function readBackupState(db: Kysely<AllTables>): Promise<BackupState> {
  const verified = await read(db, VERIFIED, verifiedSchema);
  const failed = await read(db, FAILED, failedSchema);
  const isOver = failed === null || (verified !== null && verified.at >= failed.at);
  return { verified, failed: isOver ? null : failed };
}

/** Notes a backup that counts. */
export const noteVerified = (db: Kysely<AllTables>, value: LastVerified): Promise<void> =>
  keep(depsOf(db), { name: VERIFIED, value }, { personId: SYSTEM, at: value.at as Instant });

/** Notes why one does not count. */
export const noteFailed = (db: Kysely<AllTables>, value: LastFailed): Promise<void> =>
  keep(depsOf(db), { name: FAILED, value }, { personId: SYSTEM, at: value.at as Instant });

/** How the backups stand against their schedule. */
export interface BackupHealth {
  /** `off`: none is wanted; `none`: not one counts yet, and its time is past. */
  readonly word: 'off' | 'good' | 'late' | 'none';
  readonly at: string | null;
  readonly seq: number;
  readonly why: string | null;
}

/**
 * Late is a quarter of an hour beyond the schedule; a clock that was set back makes nothing young.
 * `since`: from when the county has been running without one.
 */
export function backupHealth(
  { verified, failed }: BackupState,
  at: { readonly everyMinutes: number; readonly now: string; readonly since: string },
): BackupHealth {
  const { everyMinutes, now, since } = at;
  const seen = { at: verified?.at ?? null, seq: verified?.seq ?? 0, why: failed?.why ?? null };
  if (everyMinutes === 0) return { word: 'off', ...seen };
  const from = Date.parse(verified?.at ?? since);
  const allowed = (everyMinutes + LATE_AFTER_MINUTES) * MINUTE_MS;
  const age = Date.parse(now) - from;
  const late = age > allowed || age < -allowed;
  if (!late) return { word: 'good', ...seen };
  return { word: verified === null ? 'none' : 'late', ...seen };
}
