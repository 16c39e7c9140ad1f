/**
 * Media from one folder to another by their hash, each once. Always bytes of their own, never a
 * link: what damages a file in its place would damage its copy. What stands under its name is whole
 * and its hash; anything else is set aside.
 */
import { closeSync, constants, existsSync, fsyncSync, openSync, statfsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAll } from '../keys/sealed-file.ts';
import { makeFolder } from '../store/guard.ts';
import { say, type Findings } from './findings.ts';
import { lyingOn, type Shelf } from './shelf.ts';
import type { WholeFile } from './verify-media.ts';

/** Where they come from, where they go, and which of those that are there are hashed again. */
export interface PoolOf {
  readonly from: Shelf;
  readonly to: Shelf;
  rehash(this: void, sha: string): boolean;
}

export interface Pooled {
  readonly media: number;
  readonly mediaBytes: number;
  /** Files that were not there before. */
  readonly added: number;
}

/** Makes what was written to a file or a folder durable. */
export function syncPath(file: string): void {
  const fd = openSync(file, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

async function bring({ from, to }: PoolOf, file: WholeFile): Promise<string | null> {
  const fault = await from.faultOf(file, true);
  if (fault !== null) return fault;
  const { sha } = file;
  const target = to.fileOf(sha);
  await mkdir(path.dirname(target), { recursive: true });
  const part = `${target}.part`;
  await rm(part, { force: true });
  // A file system that can gives the copy its own name for the same blocks until one is written.
  if (from.plain && to.plain) await copyFile(from.fileOf(sha), part, constants.COPYFILE_FICLONE);
  else await writeAll(part, to.form(sha, from.read(sha)));
  syncPath(part);
  await rename(part, target);
  syncPath(path.dirname(target));
  return to.faultOf(file, true);
}

/** Why they would not fit, as a sentence; null when they do and `spare` bytes stay free. */
export function poolRoomFault(
  { dir, fileOf }: Shelf,
  files: readonly WholeFile[],
  spare: number,
): string | null {
  makeFolder(dir);
  const fresh = files.filter(({ sha }) => !existsSync(fileOf(sha)));
  const need = fresh.reduce((sum, { bytes }) => sum + bytes, spare);
  const { bavail, bsize } = statfsSync(dir);
  if (fresh.length === 0 || bavail * bsize >= need) return null;
  const mb = Math.ceil(need / 1_048_576);
  return `${dir} has no room for ${fresh.length} new media files (${mb} MB). Make room there.`;
}

/** Brings what is missing or damaged at `to`; every file that cannot be had is a fault. */
export async function fillPool(
  of: PoolOf,
  files: readonly WholeFile[],
  findings: Findings,
): Promise<Pooled> {
  let [added, mediaBytes] = [0, 0];
  makeFolder(of.to.dir);
  for (const named of files) {
    const file = lyingOn(of.from, named);
    findings.attempts += 1;
    mediaBytes += named.bytes;
    const there = await of.to.faultOf(file, of.rehash(file.sha));
    if (there === null) continue;
    const target = of.to.fileOf(file.sha);
    if (existsSync(target)) await rename(target, `${target}.damaged`);
    const fault = await bring(of, file);
    if (fault === null) added += 1;
    else say(findings, fault);
  }
  if (added > 0) syncPath(of.to.dir);
  return { media: files.length, mediaBytes, added };
}
