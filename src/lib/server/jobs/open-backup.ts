/** A backup's file as the database that is in it, and where its photos are. */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { openFile } from '../container.ts';
import { bytesOf, isSealedFile, SealedFault, unseal, writeAll } from '../keys/sealed-file.ts';
import type { Opener } from '../keys/sealed-file.ts';
import type { CountyTables } from '../store/tables.ts';
import { readManifest } from './backup-folder.ts';
import { syncPath } from './media-pool.ts';
import { readPoolKey } from './sealed-snapshot.ts';
import { poolShelf, type Shelf } from './shelf.ts';
import { wholeFiles, type WholeFile } from './verify-media.ts';

const namesOf = (file: string): string => readManifest(file)?.sealedTo?.join(', ') ?? '';

/**
 * Writes the database of a backup to `to`, which must not be there; answers whether it was sealed.
 * Throws `SealedFault` with a sentence where no key was given, or one that does not open it.
 */
export async function openBackup(
  file: string,
  to: string,
  opener: Opener | undefined,
): Promise<boolean> {
  const sealed = await isSealedFile(file);
  if (!sealed) copyFileSync(file, to);
  else if (opener !== undefined) await writeAll(to, unseal(bytesOf(file), opener));
  else
    throw new SealedFault(
      `${path.basename(file)} is sealed to ${namesOf(file)}. Give the key with --key=FILE, ` +
        'or two of its three sheets with --shares.',
    );
  syncPath(to);
  return sealed;
}

/** The photos that a backup has to have beside it, and how they are read. */
export async function mediaOf(
  database: string,
  { folder, sealed }: { readonly folder: string; readonly sealed: boolean },
): Promise<{ files: readonly WholeFile[]; from: Shelf }> {
  const db = openFile(database);
  try {
    const files = await wholeFiles(db as unknown as Kysely<CountyTables>);
    const poolKey = sealed ? await readPoolKey(db) : null;
    if (sealed && poolKey === null && files.length > 0)
      throw new SealedFault('the key of its photos is not in the backup');
    return { files, from: poolShelf(folder, poolKey) };
  } finally {
    await db.destroy();
  }
}
