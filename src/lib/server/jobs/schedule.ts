/**
 * The server's own backups: when one is due, a process of its own makes it, so that no exchange
 * waits for it. Several nodes ask the same note in the database, and the folder has a lock.
 *
 *     every minute ─► due? ─► scripts/backup.ts in a child, low priority ─► its note in the county
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { assert } from '../../domain/values.ts';
import type { Container } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import { recoveryRecipients } from '../keys/officer-key-rows.ts';
import type { CountyTables } from '../store/tables.ts';
import {
  backupHealth,
  readBackupState,
  type BackupHealth,
  type BackupState,
} from './backup-state.ts';

const MINUTE_MS = 60_000;
/** After one that failed, or when there was never one. */
export const TRY_AGAIN_MINUTES = 5;
/** A backup that takes longer hangs, and is ended: the last good one stays. */
const WITHIN_MS = 2 * 60 * MINUTE_MS;
const SAID_BYTES_MAX = 20_000;

/** Whether one is to be made now; `lastTry` is this process's own, ms, or null. */
export function isDue(
  { verified }: BackupState,
  at: { readonly everyMinutes: number; readonly nowMs: number; readonly lastTry: number | null },
): boolean {
  const { everyMinutes, nowMs, lastTry } = at;
  if (everyMinutes === 0) return false;
  if (lastTry !== null && Math.abs(nowMs - lastTry) < TRY_AGAIN_MINUTES * MINUTE_MS) return false;
  if (verified === null) return true;
  // A note of the future: the clock was set back since, and nothing says how old it is.
  const age = nowMs - Date.parse(verified.at);
  return age >= everyMinutes * MINUTE_MS || age < -MINUTE_MS;
}

/** The command's file, wherever this code was bundled to. */
function commandFile(): string {
  for (let dir = import.meta.dirname; ; dir = path.dirname(dir)) {
    const file = path.join(dir, 'scripts', 'backup.ts');
    if (existsSync(file)) return file;
    assert(dir !== path.dirname(dir), 'the command that makes backups is part of the installation');
  }
}

const settingsOf = (env: ServerEnv): NodeJS.ProcessEnv => ({
  ...process.env,
  DATA_DIR: env.dataDir,
  MEDIA_DIR: env.mediaDir,
  BACKUP_DIR: env.backupDir,
  BACKUP_PLAIN: env.backupPlain ? '1' : '0',
  RATING_KEY_FILE: env.ratingKeyFile,
  SEALING_KEY_FILE: env.sealingKeyFile,
  INTAKE_KEY_FILE: env.intakeKeyFile,
  EVIDENCE_KEY_FILE: env.evidenceKeyFile,
  DATABASE_URL: env.postgresUrl ?? `sqlite:${env.databaseFile}`,
});

/** Runs one backup to its end in a process of its own; answers its exit code and what it said. */
export function backupInChild(env: ServerEnv): Promise<{ code: number; said: string }> {
  const child: ChildProcess = spawn(process.execPath, [commandFile(), '--share'], {
    env: settingsOf(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined)
    try {
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended already, or this system has no priorities.
    }
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const { promise, resolve } = Promise.withResolvers<{ code: number; said: string }>();
  let said = '';
  const hear = (piece: Buffer) => {
    said = (said + piece.toString()).slice(-SAID_BYTES_MAX);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const over = (code: number) => {
    process.off('exit', end);
    resolve({ code, said });
  };
  child.on('error', (error) => {
    said += error.message;
    over(1);
  });
  child.on('close', (code) => over(code ?? 1));
  return promise;
}

/** How the county's backups stand, for the desk and for `/readyz`. */
export async function backupNow({
  db,
  env,
  store,
  county,
  clock,
}: Container): Promise<BackupHealth> {
  const state = await readBackupState(db);
  const epochs = await store.transact(county, (tx) => tx.epochs());
  const now = clock.now();
  const since = epochs[0]?.at ?? now;
  return backupHealth(state, { everyMinutes: env.backupEveryMinutes, now, since });
}

/** Whether the server's backups wait for a recovery key: nobody has made one, none is made in clear. */
export async function waitsForKey({ db, county, env }: Container): Promise<boolean> {
  if (env.backupEveryMinutes === 0 || env.backupPlain) return false;
  const { intakeKeyFile } = env;
  const deps = { db: db as unknown as Kysely<CountyTables>, county, intakeKeyFile };
  return (await recoveryRecipients(deps)).length === 0;
}

/** Looks every minute until the county closes; answers one look, for those who do not wait. */
export function startBackups(
  container: Container,
  run: typeof backupInChild = backupInChild,
): () => Promise<boolean> {
  const { env, db } = container;
  let lastTry: number | null = null;
  let running = false;
  const look = async (): Promise<boolean> => {
    if (running || !container.open) return false;
    running = true;
    try {
      const at = { everyMinutes: env.backupEveryMinutes, nowMs: Date.now(), lastTry };
      if (!isDue(await readBackupState(db), at) || (await waitsForKey(container))) return false;
      lastTry = Date.now();
      const { code, said } = await run(env);
      if (code !== 0) console.error(`a backup does not count (${code}): ${said}`);
      return code === 0;
    } finally {
      running = false;
    }
  };
  if (env.backupEveryMinutes === 0) return look;
  const timer = setInterval(() => {
    if (!container.open) return clearInterval(timer);
    look().catch((error: unknown) => console.error('no backup could be made', error));
  }, MINUTE_MS);
  timer.unref();
  return look;
}
