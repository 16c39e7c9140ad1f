/**
 * Clean copies of photos for the eyes: decoded once, in a process of their own, with limits.
 *
 *     ab/<sha>  evidence, never decoded here      ┌─ child: header, 40 MP, decode, new JPEG ─┐
 *        └───────────────────────────────────────►│ killed at its time or its memory         │
 *     ab/<sha>.view.jpg, ab/<sha>.thumb.jpg  ◄────└──────────────────────────────────────────┘
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { fail, ok, type Result } from '../../domain/values.ts';
import { codeOf, NEW_SUFFIX } from './disk.ts';
import { CHILD_TOO_MANY_PIXELS, decodePicture, type PictureJob } from './picture-child.ts';

/** Pixels that are decoded at all, told by the header. */
export const PICTURE_PIXELS_MAX = 40_000_000;
/** A picture takes well under a second; this long, and it is stopped. */
export const PICTURE_SECONDS_MAX = 20;
/** Memory of the decoding process. */
export const PICTURE_RSS_MAX = 384 * 1024 * 1024;
/** Pictures that wait to be decoded; one is decoded at a time. */
export const PICTURES_WAITING_MAX = 64;
/** Longest edge of the copies. */
export const PICTURE_EDGES = { view: 1_600, thumb: 320 } as const;
export type PictureSize = keyof typeof PICTURE_EDGES;

/** Why there is no copy: the original is still there for those who may have it. */
export type PictureFault = 'TOO_MANY_PIXELS' | 'UNREADABLE' | 'BUSY';

const RSS_EVERY_MS = 25;
const PAGE_BYTES = 4_096;
/** Faults that are remembered, so that a bad picture is not decoded at every look. */
const FAULTS_KEPT_MAX = 5_000;

/** Where the copy of a file lies. */
export const copyOf = (file: string, size: PictureSize): string => `${file}.${size}.jpg`;

function rssOf(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(pages ?? 0) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

const sharpFile = (): string => createRequire(import.meta.url).resolve('sharp');

/** A copy of 1,600 pixels is far below. */
const PIPED_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Runs one job to its end; the answer is the child's exit code, null when it was stopped. With
 * `piped` the picture goes in and its copy comes out by pipes: neither ever lies on the disk.
 */
function runChild(
  job: PictureJob,
  piped?: { readonly input: Uint8Array; output: Buffer },
): Promise<number | null> {
  const [library, said] = [JSON.stringify(sharpFile()), JSON.stringify(job)];
  const code = `(${decodePicture.toString()})(require(${library}), ${said}, (code) => process.exit(code))`;
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=64', '--input-type=commonjs', '-e', code],
    {
      stdio: piped === undefined ? 'ignore' : ['pipe', 'pipe', 'ignore'],
      // Nothing of the server's secrets, and no thread pool of its own.
      env: { VIPS_CONCURRENCY: '1', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '1' },
    },
  );
  const { pid } = child;
  const parts: Buffer[] = [];
  let bytes = 0;
  if (piped !== undefined) {
    child.stdout?.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= PIPED_BYTES_MAX) parts.push(part);
    });
    // A child that was stopped, or is done with a header, does not read to the end.
    child.stdin?.on('error', () => undefined).end(piped.input);
  }
  const stop = () => void child.kill('SIGKILL');
  const late = setTimeout(stop, PICTURE_SECONDS_MAX * 1_000);
  const watch = setInterval(() => {
    if (pid !== undefined && rssOf(pid) > PICTURE_RSS_MAX) stop();
  }, RSS_EVERY_MS);
  try {
    // Tablets and desk go first.
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
  return new Promise((resolve) => {
    const end = (answer: number | null) => {
      clearTimeout(late);
      clearInterval(watch);
      resolve(answer);
    };
    child.once('error', () => end(null));
    // Not at its exit: what it said may still be on its way.
    child.once('close', (exit) => {
      if (piped !== undefined) piped.output = Buffer.concat(parts);
      end(exit);
    });
  });
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Makes every size of one file; nothing has its name before it is whole. */
async function makeCopies(file: string): Promise<PictureFault | null> {
  const mark = `${process.pid}-${randomBytes(6).toString('hex')}${NEW_SUFFIX}`;
  const sizes = Object.entries(PICTURE_EDGES) as [PictureSize, number][];
  const outputs = sizes.map(([size, edge]) => ({ file: `${copyOf(file, size)}.${mark}`, edge }));
  try {
    const exit = await runChild({ input: file, pixelsMax: PICTURE_PIXELS_MAX, outputs });
    if (exit === CHILD_TOO_MANY_PIXELS) return 'TOO_MANY_PIXELS';
    if (exit !== 0) return 'UNREADABLE';
    for (const [index, [size]] of sizes.entries())
      await rename(outputs[index]?.file ?? '', copyOf(file, size));
    return null;
  } finally {
    for (const output of outputs) await rm(output.file, { force: true });
  }
}

/** One size of a picture that must not lie on the disk. */
async function makePiped(
  input: Uint8Array,
  size: PictureSize,
): Promise<Result<Uint8Array, PictureFault>> {
  const outputs = [{ file: '', edge: PICTURE_EDGES[size] }];
  const piped = { input, output: Buffer.alloc(0) };
  const exit = await runChild({ input: '', pixelsMax: PICTURE_PIXELS_MAX, outputs }, piped);
  if (exit === CHILD_TOO_MANY_PIXELS) return fail('TOO_MANY_PIXELS');
  return exit === 0 && piped.output.length > 0
    ? ok(new Uint8Array(piped.output))
    : fail('UNREADABLE');
}

export interface Pictures {
  /** The JPEG of this size of a sealed file: made at each look, kept nowhere. */
  fresh(read: () => Promise<Uint8Array | null>, size: PictureSize): ReturnType<Pictures['copy']>;
  /** The JPEG of this size of a stored file, made when it is asked for the first time. */
  copy(file: string, size: PictureSize): Promise<Result<Uint8Array, PictureFault>>;
}

/** One decoder for this process: one picture at a time, the same picture once. */
export function pictures(): Pictures {
  const making = new Map<string, Promise<PictureFault | null>>();
  const faults = new Map<string, PictureFault>();
  let last: Promise<unknown> = Promise.resolve();
  const make = (file: string): Promise<PictureFault | null> => {
    const known = making.get(file);
    if (known !== undefined) return known;
    const mine = last.then(async () => makeCopies(file));
    making.set(file, mine);
    last = mine.catch(() => undefined).finally(() => making.delete(file));
    return mine;
  };
  let fresh = 0;
  return {
    fresh: (read, size) => {
      if (fresh + making.size >= PICTURES_WAITING_MAX) return Promise.resolve(fail('BUSY'));
      fresh += 1;
      const mine = last.then(async () => {
        const bytes = await read();
        return bytes === null ? fail<PictureFault>('UNREADABLE') : makePiped(bytes, size);
      });
      last = mine.catch(() => undefined).finally(() => (fresh -= 1));
      return mine;
    },
    copy: async (file, size) => {
      const copy = copyOf(file, size);
      if (!(await isThere(copy))) {
        const before = faults.get(file);
        if (before !== undefined) return fail(before);
        if (making.size >= PICTURES_WAITING_MAX && !making.has(file)) return fail('BUSY');
        const fault = await make(file);
        if (fault !== null) {
          if (faults.size >= FAULTS_KEPT_MAX) faults.clear();
          faults.set(file, fault);
          return fail(fault);
        }
      }
      return ok(new Uint8Array(await readFile(copy)));
    },
  };
}
