/** Files that have their name only when all their bytes are on the disk. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** The `code` of a file system's error, else ''. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** What a file is called before it is whole; nobody reads it, a crash leaves it to the sweep. */
export const NEW_SUFFIX = '.new';

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** How often a folder is made anew that another process takes away at the same moment. */
const MAKE_TRIES = 100;

/** Is there already when another made it; `ENOENT` when he took it away between two looks. */
async function make(folder: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await mkdir(folder, { recursive: true });
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries >= MAKE_TRIES) throw error;
    }
  }
}

/** Makes a folder and every one above it that is missing, durably. */
export async function makeFolder(folder: string): Promise<void> {
  const made = await make(folder);
  if (made === undefined) return;
  for (let at = folder; ; at = path.dirname(at)) {
    await syncFolder(path.dirname(at));
    if (at === made) return;
  }
}

/** Names in a folder; none when it is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Fills a new file, syncs it, and gives it its name when `fill` says yes; then syncs the folder.
 * Two writers of one name never meet: each has a new file of its own, and the later name wins.
 */
export async function writeNew(
  file: string,
  fill: (handle: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  const part = `${file}.${process.pid}-${randomBytes(6).toString('hex')}${NEW_SUFFIX}`;
  try {
    const handle = await open(part, 'wx', 0o600);
    let good: boolean;
    try {
      good = await fill(handle);
      if (good) await handle.sync();
    } finally {
      await handle.close();
    }
    if (good) {
      await rename(part, file);
      await syncFolder(path.dirname(file));
    } else await rm(part, { force: true });
    return good;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** These bytes under this name, whole or not at all. */
export const writeWhole = (file: string, bytes: Uint8Array): Promise<boolean> =>
  writeNew(file, async (handle) => {
    await handle.writeFile(bytes);
    return true;
  });

/** Takes a folder away: first its name in one step, so that nobody finds it half empty. */
export async function dropFolder(folder: string): Promise<void> {
  const gone = `${folder}.${process.pid}-${randomBytes(6).toString('hex')}${NEW_SUFFIX}`;
  try {
    await rename(folder, gone);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  await rm(gone, { recursive: true, force: true });
}
