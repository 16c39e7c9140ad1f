/**
 * What a sealed backup needs beside a plain one: the pool's key, a place for the clear copy that
 * never is the folder of backups, and the sealing, looked at again before it counts.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { fail, ok, type Instant, type PersonId, type Result } from '../../domain/values.ts';
import { fromBase64Url, randomBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { Recipient } from '../../protocol/sealed.ts';
import type { AllTables } from '../container.ts';
import { COUNTY } from '../county.ts';
import type { ServerEnv } from '../env.ts';
import {
  bytesOf,
  hashOf,
  headFor,
  knownKey,
  newFileKey,
  seal,
  SealedFault,
  unseal,
  writeAll,
} from '../keys/sealed-file.ts';
import { lastKept, type SettingsDeps } from '../settings/kept.ts';
import { makeFolder, type DirLock } from '../store/guard.ts';
import type { CountyTables } from '../store/tables.ts';
import { lockFolder } from './backup-folder.ts';

const POOL_KEY = 'backup.pool_key';
const SYSTEM = 'system' as PersonId;
const LOCK = 'backup.lock';

const depsOf = (db: Kysely<AllTables>): SettingsDeps => ({
  db: db as unknown as Kysely<CountyTables>,
  county: COUNTY.code,
});

/** The key of the sealed photos, as this database has it; null: it never had one. */
export async function readPoolKey(db: Kysely<AllTables>): Promise<Bytes | null> {
  const row = await lastKept(depsOf(db), POOL_KEY);
  const text: unknown = row === undefined ? null : JSON.parse(row.value);
  const key = typeof text === 'string' ? fromBase64Url(text) : null;
  return key?.length === 32 ? key : null;
}

/** The same, made at the first need; two that make one at once end with the same. */
export async function poolKeyOf(db: Kysely<AllTables>): Promise<Bytes> {
  const there = await readPoolKey(db);
  if (there !== null) return there;
  const deps = depsOf(db);
  await deps.db
    .insertInto('county_setting')
    .values({
      ...{
        county: deps.county,
        name: POOL_KEY,
        n: 1,
        value: JSON.stringify(toBase64Url(randomBytes(32))),
      },
      ...{ changed_at: new Date().toISOString() as Instant, changed_by: SYSTEM },
    })
    .onConflict((on) => on.columns(['county', 'name', 'n']).doNothing())
    .execute();
  const made = await readPoolKey(db);
  if (made === null) throw new Error('the key of the sealed photos cannot be read');
  return made;
}

/** A folder in DATA_DIR for the copy in clear; whatever a killed run left there goes first. */
export function openScratch({ dataDir }: ServerEnv): Result<DirLock & { dir: string }, string> {
  const dir = path.join(dataDir, '.snapshot');
  makeFolder(dir);
  const lock = lockFolder(dir);
  if (!lock.ok) return lock;
  const empty = () => {
    for (const name of readdirSync(dir))
      if (!name.startsWith(LOCK)) rmSync(path.join(dir, name), { recursive: true, force: true });
  };
  empty();
  const release = () => {
    empty();
    return lock.value.release();
  };
  return ok({ dir, release });
}

/** Seals a file to `to` and opens it again; a fault is a sentence. */
export async function sealSnapshot(
  from: string,
  to: string,
  recipients: readonly Recipient[],
): Promise<Result<void, string>> {
  const key = newFileKey();
  const head = await headFor(recipients, key);
  await writeAll(to, seal(bytesOf(from), { head, key }));
  // As it lies on that disk now, by the file's own key: the recovery key is in nobody's hand here.
  const back = await hashOf(unseal(bytesOf(to), knownKey(key))).catch((error: unknown) => {
    if (error instanceof SealedFault) return error.message;
    throw error;
  });
  const same = back === (await hashOf(bytesOf(from)));
  key.fill(0);
  return same ? ok(undefined) : fail(`What was sealed does not open to what it was: ${back}`);
}
