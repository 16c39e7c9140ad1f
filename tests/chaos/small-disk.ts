/**
 * A small disk of its own for one county: tmpfs where this user may mount one, else a limit on the
 * size of every file that the county's process writes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SmallDisk {
  readonly kind: 'tmpfs' | 'file size limit';
  readonly dir: string;
  /** Leaves so little room; `pid` is the process that is limited where nothing can be mounted. */
  fill(leaveBytes: number, pid: number): void;
  free(pid: number): void;
  close(): void;
}

const BALLAST = 'ballast';
const BLOCK = 4_096;

function tmpfs(dir: string, bytes: number): SmallDisk | null {
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir]);
  if (done.status !== 0) return null;
  const ballast = path.join(dir, BALLAST);
  const unmount = (): void => void spawnSync('umount', ['-l', dir]);
  process.once('exit', unmount);
  return {
    ...{ kind: 'tmpfs', dir },
    fill: (leaveBytes) => {
      const { bavail, bsize } = statfsSync(dir);
      const take = Math.max(0, Number(bavail) * Number(bsize) - leaveBytes);
      try {
        writeFileSync(ballast, Buffer.alloc(Math.floor(take / BLOCK) * BLOCK));
      } catch (error) {
        // The county wrote meanwhile: then the disk is as full as can be.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close: () => {
      process.off('exit', unmount);
      unmount();
    },
  };
}

function limited(dir: string): SmallDisk {
  const limit = (pid: number, to: string): void =>
    void spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${to}:unlimited`]);
  return {
    ...{ kind: 'file size limit', dir },
    // No file may grow at all: the write-ahead log is what hits the wall.
    fill: (_leave, pid) => limit(pid, '65536'),
    free: (pid) => limit(pid, 'unlimited'),
    close: () => undefined,
  };
}

/** Makes the disk in a folder that does not exist yet. */
export function smallDisk(dir: string, bytes: number): SmallDisk {
  mkdirSync(dir, { recursive: true });
  const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
  return (mayMount ? tmpfs(dir, bytes) : null) ?? limited(dir);
}
