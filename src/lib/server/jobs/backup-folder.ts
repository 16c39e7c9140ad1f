/**
 * The folder of backups:
 *
 *     backup-000042-20260608T120000Z.daiban        the database as it stood at one moment, sealed
 *     backup-000042-20260608T120000Z.daiban.json   written last: it was put back and verified
 *     sealed-media/cd/<name>                       every complete file, once for all sealed backups
 *     media/ab/<sha256>                            the same in clear, for those made in clear
 *
 * Numbers ascend whatever the clock does. What has no `.json` does not count.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { fail, ok, type Result } from '../../domain/values.ts';
import { writeDurably, type DirLock } from '../store/guard.ts';

/** The last so many stay whatever their day. */
export const KEPT_LAST = 3;
/** Then the newest of each of so many days, and of so many months. */
export const KEPT_DAYS = 7;
export const KEPT_MONTHS = 6;

const NAME = /^backup-(\d{6,})-\d{8}T\d{6}Z\.daiban$/;
const LEFTOVER = /^(\.rehearsal-.*|backup-.*\.part(-wal|-shm|-journal)?)$/;

const manifestSchema = z.object({
  /** 2: sealed; a program that knows only 1 does not take it for a database. */
  format: z.literal([1, 2]),
  n: z.number().int(),
  at: z.string(),
  file: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  heads: z.array(
    z.object({ county: z.string(), seq: z.number(), tag: z.string(), epoch: z.string() }),
  ),
  attempts: z.number().int(),
  rows: z.number().int(),
  cases: z.number().int(),
  media: z.number().int(),
  mediaBytes: z.number().int(),
  /** Keys that open it; absent: it lies in clear. */
  sealedTo: z.array(z.string()).optional(),
});

/** What is known of one backup that was put back and verified. */
export type Manifest = z.infer<typeof manifestSchema>;

const manifestOf = (file: string): string => `${file}.json`;

/** The note beside a backup file; null when there is none or it is not one. */
export function readManifest(file: string): Manifest | null {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(manifestOf(file), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Says durably that the file beside it was put back and verified. */
export const writeManifest = (folder: string, manifest: Manifest): void =>
  writeDurably(manifestOf(path.join(folder, manifest.file)), `${JSON.stringify(manifest)}\n`);

/** Every backup of the folder that counts and is there in its full length, newest first. */
export function verifiedIn(folder: string): readonly Manifest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const manifest = readManifest(file);
      return manifest?.file === name && statSync(file).size === manifest.bytes ? manifest : [];
    })
    .sort((a, b) => b.n - a.n);
}

/** The same for a start: a folder that cannot be read is said, and speaks against nothing. */
export function notesIn(folder: string): readonly Manifest[] {
  try {
    return verifiedIn(folder);
  } catch (error) {
    console.error(`the backups in ${folder} could not be looked at: ${String(error)}`);
    return [];
  }
}

/** The name of the next backup: its number is above every file here, also those that count not. */
export function nextName(
  folder: string,
  at: string,
): { readonly n: number; readonly name: string } {
  const taken = readdirSync(folder).map((name) => Number(/^backup-(\d{6,})-/.exec(name)?.[1] ?? 0));
  const n = Math.max(0, ...taken) + 1;
  const stamp = at.replaceAll(/[-:]|\.\d+/g, '');
  return { n, name: `backup-${String(n).padStart(6, '0')}-${stamp}.daiban` };
}

/** The newest of each history: each county's each epoch. */
function lastOfHistories(newestFirst: readonly Manifest[]): readonly Manifest[] {
  const first = new Map<string, Manifest>();
  for (const one of newestFirst)
    for (const { county, epoch } of one.heads)
      if (!first.has(`${county} ${epoch}`)) first.set(`${county} ${epoch}`, one);
  return [...first.values()];
}

/**
 * Which of them go: never the last ones, nor the newest of a recent day or month, nor the newest of
 * a history, nor `never`: those whose end is not in the log as it stands.
 */
export function prunable(
  newestFirst: readonly Manifest[],
  never: ReadonlySet<string> = new Set(),
): readonly Manifest[] {
  const kept = new Set([...newestFirst.slice(0, KEPT_LAST), ...lastOfHistories(newestFirst)]);
  for (const one of newestFirst) if (never.has(one.file)) kept.add(one);
  for (const [length, max] of [
    ['2026-06-08'.length, KEPT_DAYS],
    ['2026-06'.length, KEPT_MONTHS],
  ] as const) {
    const first = new Map<string, Manifest>();
    for (const one of newestFirst) {
      const period = one.at.slice(0, length);
      if (!first.has(period)) first.set(period, one);
    }
    for (const one of [...first.values()].slice(0, max)) kept.add(one);
  }
  return newestFirst.filter((one) => !kept.has(one));
}

/** Removes what the rule lets go; answers the names. The note goes first: half gone counts not. */
export function prune(folder: string, never: ReadonlySet<string>): readonly string[] {
  const gone = prunable(verifiedIn(folder), never).map(({ file }) => file);
  for (const file of gone) {
    rmSync(manifestOf(path.join(folder, file)), { force: true });
    rmSync(path.join(folder, file), { force: true });
  }
  return gone;
}

/** Removes what a backup that was killed has left; only under the lock. */
export function sweep(folder: string): void {
  for (const name of readdirSync(folder))
    if (LEFTOVER.test(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
}

/** One backup at a time in a folder; the system gives the lock back when the process ends. */
export function lockFolder(folder: string): Result<DirLock, string> {
  const lock = new DatabaseSync(path.join(folder, 'backup.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return ok({ release: () => lock.isOpen && lock.close() });
  } catch {
    lock.close();
    return fail(`Another backup is being made in ${folder} just now.`);
  }
}
