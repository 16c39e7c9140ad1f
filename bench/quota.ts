/**
 * Holds all processes of a browser to a share of one processor, as a cheap tablet has it: by a
 * control group of Linux, version 1 or 2. The page's own throttling does not reach a worker.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

export interface Quota {
  /** Starts the browser inside the group. */
  readonly executablePath: string;
  /** From here on all of it together gets so much of one processor. */
  hold(share: number): void;
  free(): void;
  /** Periods of a tenth of a second in which it was stopped: none means that nothing was held. */
  stopped(): number;
  /** After the browser has ended. */
  close(): void;
}

interface Group {
  readonly dir: string;
  set(us: number | null): void;
}

/** Null where no control group can be made: not Linux, or no rights. */
function newGroup(): Group | null {
  const name = `daiban-bench-${process.pid}`;
  const two = join(ROOT, 'cgroup.controllers');
  try {
    if (existsSync(two) && readFileSync(two, 'utf8').split(/\s/).includes('cpu')) {
      writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu');
      const dir = join(ROOT, name);
      mkdirSync(dir);
      const set = (us: number | null): void =>
        writeFileSync(join(dir, 'cpu.max'), `${us ?? 'max'} ${PERIOD_US}`);
      return { dir, set };
    }
    const parent = ['cpu', 'cpu,cpuacct'].map((c) => join(ROOT, c)).find((p) => existsSync(p));
    if (parent === undefined) return null;
    const dir = join(parent, name);
    mkdirSync(dir);
    writeFileSync(join(dir, 'cpu.cfs_period_us'), String(PERIOD_US));
    const set = (us: number | null): void =>
      writeFileSync(join(dir, 'cpu.cfs_quota_us'), String(us ?? -1));
    return { dir, set };
  } catch {
    return null;
  }
}

/** A group of its own for the browser that is started next; null where there can be none. */
export function openQuota(chromium: string): Quota | null {
  const group = newGroup();
  if (!group) return null;
  const folder = mkdtempSync(join(tmpdir(), 'bench-quota-'));
  const executablePath = join(folder, 'chromium');
  const procs = join(group.dir, 'cgroup.procs');
  writeFileSync(
    executablePath,
    `#!/bin/sh\necho $$ > '${procs}' || exit 1\nexec '${chromium}' "$@"\n`,
  );
  chmodSync(executablePath, 0o755);
  return {
    executablePath,
    hold: (share) => group.set(Math.round(PERIOD_US * share)),
    free: () => group.set(null),
    stopped: () => {
      const stat = readFileSync(join(group.dir, 'cpu.stat'), 'utf8');
      return Number(/^nr_throttled (\d+)$/m.exec(stat)?.[1] ?? 0);
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
      try {
        rmdirSync(group.dir);
      } catch {
        // A process of the browser that is still going: the group goes with the machine.
      }
    },
  };
}
