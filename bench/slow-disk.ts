/**
 * A disk like that of the reference's machine: a library put before libc lets every fsync and
 * fdatasync of a process take 5 ms longer. Compiled where it is needed, kept nowhere.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** 17.9k events/s in commits of 100 are 5 to 6 ms a commit. */
export const SYNC_MS = 5;

const SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int slow(const char *name, int fd) {
  struct timespec wait = { 0, ${SYNC_MS} * 1000000L };
  nanosleep(&wait, 0);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
`;

/** The environment under which a process has such a disk; null where no C compiler is. */
export function slowDisk(dir: string): Record<string, string> | null {
  const [source, library] = [path.join(dir, 'slow.c'), path.join(dir, 'slow.so')];
  writeFileSync(source, SOURCE);
  const made = spawnSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return made.status === 0 ? { LD_PRELOAD: library } : null;
}
