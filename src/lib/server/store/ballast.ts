/**
 * Room kept for the day the disk is full: then nothing can be written, not even what would help.
 * Whoever runs the machine removes the file and has that much at once; the next start puts it back.
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isDiskFull } from './disk-full.ts';

export const BALLAST_BYTES = 64 * 1024 * 1024;
/** A disk with less than so many times the ballast keeps its room for the cases. */
const ROOM_TIMES = 4;
const PIECE_BYTES = 1024 * 1024;

/** Writes the file where it is not there and the disk has room; answers whether it is there. */
export function keepBallast(dataDir: string, bytes = BALLAST_BYTES): boolean {
  const file = path.join(dataDir, 'ballast');
  if (existsSync(file)) return true;
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize < bytes * ROOM_TIMES) return false;
  const fd = openSync(file, 'wx', 0o600);
  try {
    // Real bytes: a file with holes keeps no room.
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, bytes), 'ballast ');
    for (let at = 0; at < bytes; at += piece.length)
      writeSync(fd, piece, 0, Math.min(piece.length, bytes - at));
    fsyncSync(fd);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    if (isDiskFull(error)) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}
