/** Files of media against their names: a name is the SHA-256 of what is in it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { hashOf } from '../keys/sealed-file.ts';
import { isWholeSealed, sealedLength, SEALED_SUFFIX } from '../sealing/file-box.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

/** A file that the county says it has whole; `sha` names it, for one of a sealed case with an ending. */
export interface WholeFile {
  readonly sha: string;
  readonly bytes: number;
}

/** The same file as it lies sealed: known by a hash of its own, so it is looked at without a key. */
export const asSealed = ({ sha, bytes }: WholeFile): WholeFile => ({
  ...{ sha: `${sha}${SEALED_SUFFIX}`, bytes: sealedLength(bytes) },
});

/** Whether bytes are what the name says. */
export async function isWhatItSays(
  name: string,
  source: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  return name.endsWith(SEALED_SUFFIX) ? isWholeSealed(source) : (await hashOf(source)) === name;
}

/** Every file that the county says it has whole, once. */
export async function wholeFiles(db: Kysely<CountyTables>): Promise<readonly WholeFile[]> {
  const rows = await db
    .selectFrom('media_files')
    .select('sha')
    .select(({ fn }) => fn.max('bytes').as('bytes'))
    .where('state', '=', 'complete')
    .groupBy('sha')
    .orderBy('sha')
    .execute();
  return rows.map(({ sha, bytes }) => ({ sha, bytes: num(bytes) }));
}

/** Where a file lies under a folder of media. */
export const mediaFile = (folder: string, sha: string): string =>
  path.join(folder, sha.slice(0, 2), sha);

/** SHA-256 of a file in hex, read piece by piece; null when it is not there. */
export async function hashOfFile(file: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Why the file is not what its name says; null when it is. Without `hash` only its length counts. */
export async function mediaFault(
  folder: string,
  { sha, bytes }: WholeFile,
  hash: boolean,
): Promise<string | null> {
  const file = mediaFile(folder, sha);
  const there = await stat(file).catch(() => null);
  if (there === null) return `the media file ${sha} is missing`;
  if (there.size !== bytes) return `the media file ${sha} has ${there.size} of ${bytes} bytes`;
  if (hash && !(await isWhatItSays(sha, createReadStream(file))))
    return `the media file ${sha} is not its hash`;
  return null;
}

/** Looks at every file; answers how many bytes were read. */
export async function verifyMedia(
  faultOf: (file: WholeFile, hash: boolean) => Promise<string | null>,
  files: readonly WholeFile[],
  findings: Findings,
): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    findings.attempts += 1;
    bytes += file.bytes;
    const fault = await faultOf(file, true);
    if (fault !== null) say(findings, fault);
  }
  return bytes;
}
