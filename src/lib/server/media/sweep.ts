/** Clears away what crashes and vanished tablets left in the folder of media. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, dropFolder, namesIn, NEW_SUFFIX } from './disk.ts';

const HOUR_MS = 3_600_000;
/** A file that has no name yet after so long: its writer is gone. */
export const NEW_KEPT_HOURS = 24;
/** Chunks of a file of which nothing more came for so long; a tablet would send them again. */
export const PARTS_KEPT_DAYS = 90;

/** What one pass took away; complete files are never among it. */
export interface Swept {
  readonly unfinishedFiles: number;
  readonly oldParts: number;
}

async function ageMs(file: string, nowMs: number): Promise<number> {
  try {
    return nowMs - (await stat(file)).mtimeMs;
  } catch (error) {
    // Somebody was quicker: it is not ours to take.
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** One pass over all folders. Safe beside running servers: what is young is never touched. */
export async function sweepMedia(root: string, nowMs: number): Promise<Swept> {
  let unfinishedFiles = 0;
  let oldParts = 0;
  const isOld = async (file: string, hours: number) => (await ageMs(file, nowMs)) > hours * HOUR_MS;
  const sweepFolder = async (folder: string): Promise<void> => {
    for (const name of await namesIn(folder)) {
      const file = path.join(folder, name);
      if (name.endsWith(NEW_SUFFIX)) {
        if (!(await isOld(file, NEW_KEPT_HOURS))) continue;
        await rm(file, { recursive: true, force: true });
        unfinishedFiles += 1;
      } else if (name.endsWith('.parts')) {
        if (await isOld(file, PARTS_KEPT_DAYS * 24)) {
          await dropFolder(file);
          oldParts += 1;
        } else await sweepFolder(file);
      }
    }
  };
  for (const folder of await namesIn(root))
    if (/^[0-9a-f]{2}$/.test(folder)) await sweepFolder(path.join(root, folder));
  return { unfinishedFiles, oldParts };
}

/** A pass now and every day until the county closes. */
export function startSweeping(container: {
  readonly env: { readonly mediaDir: string };
  readonly open: boolean;
}): void {
  const run = () => {
    if (!container.open) return clearInterval(timer);
    sweepMedia(container.env.mediaDir, Date.now()).catch((error: unknown) =>
      console.error('the sweep of the media failed', error),
    );
  };
  const timer = setInterval(run, 24 * HOUR_MS);
  timer.unref();
  run();
}
