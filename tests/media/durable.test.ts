import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryMediaStore } from '../../src/lib/server/media/directory.ts';
import { dropFolder, makeFolder } from '../../src/lib/server/media/disk.ts';
import { NEW_KEPT_HOURS, PARTS_KEPT_DAYS, sweepMedia } from '../../src/lib/server/media/sweep.ts';
import { madeFile } from './made-file.ts';

const dirs: string[] = [];
const fresh = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-durable-'));
  dirs.push(dir);
  return dir;
};
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

const CHILD = path.join(import.meta.dirname, 'writer-child.ts');
interface Ended {
  readonly code: number | null;
  readonly said: readonly string[];
  readonly errors: string;
}

/** Runs a writer; with `killAfter` it is killed -9 so many lines after its first one. */
function writer(args: readonly string[], more: { killAfter?: number; plant?: string } = {}) {
  const env = { ...process.env, PLANT: more.plant ?? '', NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [CHILD, ...args], { env });
  let words = '';
  let errors = '';
  child.stderr.on('data', (w) => (errors += String(w)));
  child.stdout.on('data', (w) => {
    words += String(w);
    if (more.killAfter !== undefined && words.split('\n').length > more.killAfter)
      child.kill('SIGKILL');
  });
  return new Promise<Ended>((resolve) =>
    child.once('close', (code) =>
      resolve({ code, said: words.split('\n').filter((line) => /^\d+ \d+$/.test(line)), errors }),
    ),
  );
}

/** Acked chunks that are not there, and files under a name that is not their hash. */
async function judge(root: string, seed: number, said: readonly string[]) {
  const store = directoryMediaStore(root);
  let lost = 0;
  for (const line of said) {
    const [n = 0, index = 0] = line.split(' ').map(Number);
    const { sha, bytes } = madeFile(seed, n);
    const whole = await store.read(sha);
    if (whole !== null) continue;
    if ((await store.missing({ sha, bytes: bytes.length, by: 'one' })).includes(index)) lost += 1;
  }
  let altered = 0;
  for (const sha of await store.list()) {
    const bytes = (await store.read(sha)) ?? new Uint8Array();
    if (createHash('sha256').update(bytes).digest('hex') !== sha) altered += 1;
  }
  return { lost, altered, files: (await store.list()).length };
}

const KILLS = 12;
async function killLoop(plant: string) {
  const found = { acked: 0, lost: 0, altered: 0, files: 0 };
  for (let round = 0; round < KILLS; round++) {
    const root = fresh();
    // Killed at another moment of another chunk every time.
    const ended = await writer([root, String(round)], { killAfter: 1 + round * 3, plant });
    expect(ended.code, ended.errors).toBeNull();
    const { lost, altered, files } = await judge(root, round, ended.said);
    found.acked += ended.said.length;
    found.lost += lost;
    found.altered += altered;
    found.files += files;
  }
  return found;
}

describe('media on a real disk', () => {
  it('[MD24] kill -9 while chunks are written: what was answered for is there, no file is false', async () => {
    const { acked, lost, altered, files } = await killLoop('');
    expect(acked).toBeGreaterThan(KILLS * 5);
    expect(files).toBeGreaterThan(KILLS);
    expect({ lost, altered }).toEqual({ lost: 0, altered: 0 });
  }, 300_000);

  it('[MD24] an answer before the bytes are there is seen', async () => {
    expect((await killLoop('ackEarly')).lost).toBeGreaterThan(0);
  }, 300_000);

  it('[MD25] two processes bring the same files of the same person into one folder', async () => {
    const root = fresh();
    const FILES = 25;
    const both = await Promise.all([
      writer([root, '5', String(FILES), 'up']),
      writer([root, '5', String(FILES), 'down']),
    ]);
    for (const { code, errors } of both) expect(code, errors).toBe(0);
    const said = both.flatMap(({ said }) => said);
    expect(await judge(root, 5, said)).toEqual({ lost: 0, altered: 0, files: FILES });
  }, 300_000);

  it('[MD25] two servers end the same file in the same moment, again and again', async () => {
    const root = fresh();
    // Two stores know nothing of each other, as two processes do.
    const [one, two] = [directoryMediaStore(root), directoryMediaStore(root)];
    const CHUNK = 65_536;
    for (let n = 0; n < 60; n++) {
      const { sha, bytes } = madeFile(7, n);
      const key = { sha, bytes: bytes.length, by: 'one' };
      const bring = async (store: typeof one) => {
        for (let at = 0; at < bytes.length; at += CHUNK) {
          const put = await store.put(key, at / CHUNK, bytes.subarray(at, at + CHUNK));
          if (!put.ok) throw new Error(put.error);
          if (put.value) await store.forget(key);
        }
      };
      await Promise.all([bring(one), bring(two)]);
      expect((await one.read(sha))?.length).toBe(bytes.length);
    }
    expect(await judge(root, 7, [])).toEqual({ lost: 0, altered: 0, files: 60 });
  }, 300_000);

  it('[MD25] a folder that another takes away while it is made is made anew', async () => {
    const folder = path.join(fresh(), 'a3', 'x.parts');
    const ROUNDS = 5_000;
    const again = async (work: (at: string) => Promise<void>) => {
      for (let n = 0; n < ROUNDS; n++) await work(folder);
    };
    await Promise.all([again(makeFolder), again(makeFolder), again(dropFolder)]);
  }, 300_000);

  it('[MD26] the sweep takes what is old and unfinished, and nothing else', async () => {
    const root = fresh();
    const store = directoryMediaStore(root);
    const { sha, bytes } = madeFile(1, 1);
    const young = { sha, bytes: bytes.length, by: 'young' };
    const old = { ...young, by: 'old' };
    const folder = path.join(root, sha.slice(0, 2));
    for (const key of [young, old]) await store.put(key, 0, bytes.slice(0, 65_536));
    mkdirSync(path.join(folder, 'x.parts.gone.new'));
    for (const name of ['a.1-2.new', 'b.1-2.new', sha]) writeFileSync(path.join(folder, name), 'x');
    const now = Date.now();
    const back = (name: string, hours: number) => {
      const at = (now - hours * 3_600_000) / 1_000;
      utimesSync(path.join(folder, name), at, at);
    };
    back(sha, 99_999);
    back('a.1-2.new', NEW_KEPT_HOURS + 1);
    back('x.parts.gone.new', NEW_KEPT_HOURS + 1);
    back('b.1-2.new', NEW_KEPT_HOURS - 1);
    back(`${sha}.old.parts`, PARTS_KEPT_DAYS * 24 + 1);
    back(`${sha}.young.parts`, PARTS_KEPT_DAYS * 24 - 1);
    expect(await sweepMedia(root, now)).toEqual({ unfinishedFiles: 2, oldParts: 1 });
    expect(readdirSync(folder).sort()).toEqual([sha, `${sha}.young.parts`, 'b.1-2.new'].sort());
    expect(readFileSync(path.join(folder, sha), 'utf8')).toBe('x');
  });

  it('[MD27] long files are joined without standing in memory', async () => {
    const root = fresh();
    const store = directoryMediaStore(root);
    const [CHUNK, CHUNKS, FILES] = [65_536, 480, 5];
    const keys = Array.from({ length: FILES }, (_, file) => {
      const hash = createHash('sha256');
      const piece = Buffer.alloc(CHUNK, file);
      for (let n = 0; n < CHUNKS; n++) hash.update(piece);
      const sha = hash.digest('hex') as Parameters<typeof store.size>[0];
      const parts = path.join(root, sha.slice(0, 2), `${sha}.parts`);
      mkdirSync(parts, { recursive: true });
      for (let n = 1; n < CHUNKS; n++) writeFileSync(path.join(parts, String(n)), piece);
      return { sha, bytes: CHUNK * CHUNKS };
    });
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 2);
    const ends = keys.map((key, file) => store.put(key, 0, new Uint8Array(CHUNK).fill(file)));
    expect(await Promise.all(ends)).toEqual(keys.map(() => ({ ok: true, value: true })));
    clearInterval(watch);
    // 157 MB of files, all at once.
    expect(most).toBeLessThan(100 * 1024 * 1024);
  }, 300_000);
});
