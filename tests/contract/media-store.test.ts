import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sha256 } from '../../src/lib/domain/values.ts';
import {
  memoryMediaStore,
  type MediaKey,
  type MediaStore,
} from '../../src/lib/ports/media-store.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { directoryMediaStore } from '../../src/lib/server/media/directory.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const root = mkdtempSync(path.join(tmpdir(), 'daiban-media-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const photo = Uint8Array.from({ length: 2 * CHUNK_BYTES + 100 }, (_, at) => (at * 31) % 251);
const key: MediaKey = {
  sha: createHash('sha256').update(photo).digest('hex') as Sha256,
  bytes: photo.length,
};
const chunk = (index: number) => photo.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);

function mediaStoreContract(open: () => MediaStore): void {
  it('[MD1] names the missing chunks, takes them in any order and is complete with the last', async () => {
    const store = open();
    expect(await store.missing(key)).toEqual([0, 1, 2]);
    expect(await store.put(key, 2, chunk(2))).toEqual({ ok: true, value: false });
    expect(await store.missing(key)).toEqual([0, 1]);
    expect(await store.read(key.sha)).toBeNull();
    await store.put(key, 0, chunk(0));
    expect(await store.put(key, 1, chunk(1))).toEqual({ ok: true, value: true });
    expect(await store.missing(key)).toEqual([]);
    expect(await store.read(key.sha)).toEqual(photo);
    expect(await store.list()).toEqual([key.sha]);
  });

  it('[MD2] a chunk may come twice, also after the file is complete, and all at once', async () => {
    const store = open();
    await store.put(key, 0, chunk(0));
    expect(await store.put(key, 0, chunk(0))).toEqual({ ok: true, value: false });
    const results = await Promise.all(
      [1, 2, 1, 2].map((index) => store.put(key, index, chunk(index))),
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await store.put(key, 1, chunk(1))).toEqual({ ok: true, value: true });
    expect(await store.read(key.sha)).toEqual(photo);
  });

  it('[MD3] a file that is not its hash is set aside and wanted again from the first chunk', async () => {
    const store = open();
    const wrong = chunk(1);
    wrong[7] = 255;
    await store.put(key, 0, chunk(0));
    await store.put(key, 1, wrong);
    expect(await store.put(key, 2, chunk(2))).toEqual({ ok: false, error: 'NOT_ITS_HASH' });
    expect(await store.missing(key)).toEqual([0, 1, 2]);
    for (const index of [0, 1, 2]) await store.put(key, index, chunk(index));
    expect(await store.read(key.sha)).toEqual(photo);
  });

  it('[MD9] chunks of two senders never mix, and what one has sent is not sent by the other', async () => {
    const store = open();
    const [one, two] = [
      { ...key, by: 'one' },
      { ...key, by: 'two' },
    ];
    const wrong = chunk(1);
    wrong[7] = 255;
    await store.put(one, 0, chunk(0));
    await store.put(two, 1, wrong);
    expect([await store.missing(one), await store.missing(two)]).toEqual([
      [1, 2],
      [0, 2],
    ]);
    await store.put(one, 1, chunk(1));
    expect(await store.put(one, 2, chunk(2))).toEqual({ ok: true, value: true });
    expect([await store.missing(key), await store.missing(two)]).toEqual([[], [0, 2]]);
    await store.put(two, 0, chunk(0));
    expect(await store.put(two, 2, chunk(2))).toEqual({ ok: false, error: 'NOT_ITS_HASH' });
    expect(await store.read(key.sha)).toEqual(photo);
  });

  it('[MD11] goes on inside a chunk: pieces that meet or overlap, and no holes', async () => {
    const store = open();
    const mine = { ...key, by: 'one' };
    const piece = (index: number, from: number, to: number) => ({
      ...{ index, from, bytes: chunk(index).slice(from, to) },
    });
    expect(await store.putPiece(mine, piece(1, 0, 20_000))).toEqual({ ok: true, value: false });
    expect(await store.lack(mine)).toEqual({ chunks: [0, 1, 2], parts: [[1, 20_000]] });
    expect(await store.putPiece(mine, piece(1, 30_000, 40_000))).toEqual({
      ...{ ok: false, error: 'GAP' },
    });
    await store.putPiece(mine, piece(1, 15_000, 40_000));
    await store.putPiece(mine, piece(1, 0, 20_000));
    expect((await store.lack(mine)).parts).toEqual([[1, 40_000]]);
    await store.put(mine, 0, chunk(0));
    await store.putPiece(mine, piece(1, 40_000, CHUNK_BYTES));
    expect(await store.lack(mine)).toEqual({ chunks: [2], parts: [] });
    expect(await store.putPiece(mine, piece(2, 0, 100))).toEqual({ ok: true, value: true });
    expect(await store.read(key.sha)).toEqual(photo);
  });

  it('[MD11] a piece that is empty, too long, beside its chunk or a crumb is not taken', async () => {
    const store = open();
    const piece = (index: number, from: number, length: number) =>
      store.putPiece(key, { index, from, bytes: new Uint8Array(length) });
    for (const [index, from, length] of [
      [0, 0, 0],
      [0, 0, CHUNK_BYTES + 1],
      [0, 1, CHUNK_BYTES],
      [0, -1, 5_000],
      [0, 0, 4_095],
      [2, 0, 101],
    ] as const)
      expect(await piece(index, from, length)).toEqual({ ok: false, error: 'LENGTH' });
    expect(await piece(3, 0, 5_000)).toEqual({ ok: false, error: 'NO_SUCH_CHUNK' });
    expect((await piece(0, 0, 4_096)).ok).toBe(true);
  });

  it('[MD12] what a sender brought stays until the books know it, and then one chunk is enough', async () => {
    const store = open();
    const mine = { ...key, by: 'one' };
    for (const index of [0, 1, 2]) await store.put(mine, index, chunk(index));
    // A crash before the case had it on record: the last chunk alone ends it.
    expect(await store.missing(mine)).toEqual([2]);
    expect(await store.put(mine, 2, chunk(2))).toEqual({ ok: true, value: true });
    await store.forget(mine);
    expect(await store.missing(mine)).toEqual([0, 1, 2]);
    expect(await store.missing(key)).toEqual([]);
  });

  it('[MD13] a stretch of a complete file is read without the rest', async () => {
    const store = open();
    expect([await store.size(key.sha), await store.slice(key.sha, 0, 9)]).toEqual([null, null]);
    for (const index of [0, 1, 2]) await store.put(key, index, chunk(index));
    expect(await store.size(key.sha)).toBe(photo.length);
    expect(await store.slice(key.sha, 70_000, 70_010)).toEqual(photo.slice(70_000, 70_010));
    expect((await store.slice(key.sha, photo.length - 3, photo.length + 9))?.length).toBe(3);
  });

  it('[MD4] a chunk of the wrong length or number is not taken', async () => {
    const store = open();
    expect(await store.put(key, 0, chunk(2))).toEqual({ ok: false, error: 'LENGTH' });
    expect(await store.put(key, 3, chunk(2))).toEqual({ ok: false, error: 'NO_SUCH_CHUNK' });
    expect(await store.put(key, -1, chunk(0))).toEqual({ ok: false, error: 'NO_SUCH_CHUNK' });
    expect(await store.missing(key)).toEqual([0, 1, 2]);
  });
}

describe('media store in memory', () => {
  mediaStoreContract(() => memoryMediaStore(digest));
});

let opened = 0;
const fresh = () => path.join(root, String(++opened));

/** As it keeps files of sealed cases. */
function sealedStore(): MediaStore {
  const key = { id: 'K'.repeat(21) + 'A', raw: new Uint8Array(32).fill(7) };
  const store = directoryMediaStore(fresh(), { key: () => key, keyNamed: () => key });
  const sealed = (of: MediaKey): MediaKey => ({ ...of, sealed: true });
  return {
    ...store,
    missing: (of) => store.missing(sealed(of)),
    lack: (of) => store.lack(sealed(of)),
    put: (of, index, bytes) => store.put(sealed(of), index, bytes),
    putPiece: (of, piece) => store.putPiece(sealed(of), piece),
    forget: (of) => store.forget(sealed(of)),
  };
}

describe('media store of sealed cases', () => {
  mediaStoreContract(sealedStore);
});

describe('media store on a directory', () => {
  mediaStoreContract(() => directoryMediaStore(fresh()));

  it('[MD5] goes on after a restart, and a half-written chunk does not count', async () => {
    const dir = fresh();
    await directoryMediaStore(dir).put(key, 0, chunk(0));
    const parts = path.join(dir, key.sha.slice(0, 2), `${key.sha}.parts`);
    mkdirSync(parts, { recursive: true });
    writeFileSync(path.join(parts, '1.99-1.new'), chunk(1).slice(0, 50));
    const again = directoryMediaStore(dir);
    expect(await again.missing(key)).toEqual([1, 2]);
    await again.put(key, 1, chunk(1));
    await again.put(key, 2, chunk(2));
    expect(await again.read(key.sha)).toEqual(photo);
  });

  it('[MD5] a crash between the last chunk and the whole file ends when any chunk comes again', async () => {
    const dir = fresh();
    const parts = path.join(dir, key.sha.slice(0, 2), `${key.sha}.parts`);
    mkdirSync(parts, { recursive: true });
    for (const index of [0, 1, 2]) writeFileSync(path.join(parts, String(index)), chunk(index));
    const store = directoryMediaStore(dir);
    expect(await store.missing(key)).toEqual([2]);
    expect(await store.put(key, 2, chunk(2))).toEqual({ ok: true, value: true });
    expect(await store.read(key.sha)).toEqual(photo);
  });
});
