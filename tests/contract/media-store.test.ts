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

describe('media store on a directory', () => {
  let opened = 0;
  const fresh = () => path.join(root, String(++opened));
  mediaStoreContract(() => directoryMediaStore(fresh(), digest));

  it('[MD5] goes on after a restart, and a half-written chunk does not count', async () => {
    const dir = fresh();
    await directoryMediaStore(dir, digest).put(key, 0, chunk(0));
    const parts = path.join(dir, key.sha.slice(0, 2), `${key.sha}.parts`);
    mkdirSync(parts, { recursive: true });
    writeFileSync(path.join(parts, '1.99-1.new'), chunk(1).slice(0, 50));
    const again = directoryMediaStore(dir, digest);
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
    const store = directoryMediaStore(dir, digest);
    expect(await store.missing(key)).toEqual([2]);
    expect(await store.put(key, 2, chunk(2))).toEqual({ ok: true, value: true });
    expect(await store.read(key.sha)).toEqual(photo);
  });
});
