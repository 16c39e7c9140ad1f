/** What leaves a locked tablet with a key: signed copy by copy, by whoever makes the file. */
import recorded from '../fixtures/sealed/handin-before-signatures.json' with { type: 'json' };
import { describe, expect, it, vi } from 'vitest';
import { joinBytes } from '../../src/lib/protocol/bytes.ts';
import { copyBytes } from '../../src/lib/protocol/device-key.ts';
import { handInPieces, type HandInPiece } from '../../src/lib/protocol/handin-pieces.ts';
import { blobSource, memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { bringPieces } from '../../src/lib/protocol/handin-send.ts';
import { writeHandIn, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { KeyRing } from '../../src/lib/server/intake-keys/key-ring.ts';
import { checkSignature } from '../../src/lib/server/sync/signature.ts';
import { DEVICE_KEY } from '../../src/lib/tablet/db-name.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { deviceKey } from '../../src/lib/tablet/device-key.ts';
import { drainSealed } from '../../src/lib/tablet/exchange-sealed.ts';
import { bringFile, handInFileOf } from '../../src/lib/tablet/handin-file.ts';
import { drainVaults } from '../../src/service-worker/drain.ts';
import { digest, line, lockedVault, NOW, states, useCounty, type Locked } from './locked-vault.ts';
import { newPair, printed, tellKey } from './device-keys.ts';
import { register, rescue } from './rescue-page.ts';
import { id, sealedCounty } from './scene.ts';

useCounty();
const ALL_SENT = { p: 0, a: 6, q: 0 };
const writer = { digest, build: 't', now: () => NOW };

/** The key of the store is another one: its signatures are not the tablet's. */
async function otherKey({ name, dv }: Locked): Promise<void> {
  const db = new TabletDb(name);
  await db.meta.delete(DEVICE_KEY);
  db.close();
  await deviceKey(name, { dv: id(dv), digest });
}

async function fileOf({ name }: Locked): Promise<Blob> {
  const file = await handInFileOf(name, writer);
  if (!file) throw new Error('no file');
  return file.blob;
}

async function recordsOf(file: Blob): Promise<HandInRecord[]> {
  const records: HandInRecord[] = [];
  for await (const record of readHandIn(digest, blobSource(file))) records.push(record);
  return records;
}

/** As an older program would carry it: what it does not know stays behind. */
const withoutSignatures = async (file: Blob): Promise<Blob> => {
  const kept = (await recordsOf(file)).filter(({ kind }) => kind !== 'signature');
  const parts = [];
  for await (const part of writeHandIn(digest, kept)) parts.push(part);
  return new Blob([joinBytes(...parts)]);
};

/** How many copies carry the signature of that key. */
async function signedBy(publicKey: string, records: readonly HandInRecord[]): Promise<number> {
  const signatures = records.flatMap((one) => (one.kind === 'signature' ? [one.signed] : []));
  let good = 0;
  for (const record of records) {
    if (record.kind !== 'item') continue;
    const mine = signatures.find(({ id: event }) => event === record.item.id);
    const bytes = await copyBytes(digest, record.item);
    if (mine && checkSignature(publicKey, bytes, mine.signature)) good += 1;
  }
  return good;
}

describe('what leaves a locked tablet that has a key', () => {
  it('[SY160] a drain, the worker, a file and the page of last resort sign each copy', async () => {
    const drained = await lockedVault(6, { sealedFrom: 1 });
    const report = await drainSealed(drained.name, line());
    expect(report).toMatchObject({ stored: 6, held: 0, filesComplete: 1, stop: null });
    expect(await states(drained)).toEqual(ALL_SENT);

    const worked = await lockedVault(6, { sealedFrom: 1 });
    await register([worked.name]);
    vi.stubGlobal('location', { origin: 'http://county' });
    vi.stubGlobal('fetch', line().fetch);
    expect(await drainVaults('t', () => true)).toBe(0);
    vi.unstubAllGlobals();
    expect(await states(worked)).toEqual(ALL_SENT);

    const written = await lockedVault(6, { sealedFrom: 1 });
    const key = await deviceKey(written.name, { dv: id(written.dv), digest });
    const rescued = await rescue.rescueFile(written.name);
    if (!key || !rescued) throw new Error('no key, or no file');
    for (const file of [await fileOf(written), rescued]) {
      const records = await recordsOf(file);
      expect(records.map(({ kind }) => kind).filter((kind) => kind === 'signature')).toHaveLength(
        6,
      );
      expect(await signedBy(key.publicKey, records)).toBe(6);
    }
    const [first, again] = [await bringFile(rescued, line()), await bringFile(rescued, line())];
    expect([first, again]).toMatchObject([
      { stored: 6, held: 0, filesComplete: 1 },
      { stored: 0, dup: 6, held: 0 },
    ]);
  });

  it('[SY160] cut into pieces of any size, in any order, each copy keeps its signature', async () => {
    const vault = await lockedVault(6, { sealedFrom: 1 });
    const bytes = new Uint8Array(await (await fileOf(vault)).arrayBuffer());
    const records = readHandIn(digest, memorySource(bytes));
    const pieces: HandInPiece[] = [];
    for await (const piece of handInPieces(digest, records, 3_800)) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.filter(({ items }) => items.length > 1).length).toBeGreaterThan(0);
    const order = async function* () {
      yield* pieces.toSorted((a, b) => b.items.length - a.items.length);
    };
    const report = await bringPieces(line(), order(), () => undefined);
    expect([report.stored, report.held]).toEqual([6, 0]);
  });

  it('[SY161] by another key, or without, it stays unsent here and lies whole at the county', async () => {
    const vault = await lockedVault(6, { sealedFrom: 1 });
    const was = await fileOf(vault);
    await otherKey(vault);
    expect(await drainSealed(vault.name, line())).toMatchObject({ stored: 0, held: 6, stop: null });
    const bare = await bringFile(await withoutSignatures(was), line());
    expect(bare).toMatchObject({ stored: 0, held: 6, unkept: 0 });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    // The file of before carries what its key signed.
    expect(await bringFile(was, line())).toMatchObject({ stored: 6, held: 0 });
    expect(await drainSealed(vault.name, line())).toMatchObject({ dup: 6, stop: null });
    expect(await states(vault)).toEqual(ALL_SENT);
  });

  it('[SY165] the file that a build of before wrote is read, and where a place was told waits', async () => {
    // Written by build bb3ef4d with its own code; the ring is that county's.
    const { ring, file } = recorded as { readonly ring: KeyRing; readonly file: string };
    const bytes = Buffer.from(file, 'base64');
    const records = await recordsOf(new Blob([bytes]));
    const slips = records.flatMap((one) => (one.kind === 'slip' ? [one.slip] : []));
    const rows = records.flatMap((one) =>
      one.kind === 'item' ? [{ ...one.item, copy: toBase64Url(one.item.copy) }] : [],
    );
    const answers = async (sealedFrom: number | null) => {
      const { deps, store, setRing, take } = await sealedCounty({ signatures: checkSignature });
      setRing(ring);
      const key = printed(newPair().publicKey);
      if (sealedFrom !== null)
        await tellKey(store, deps.county, { dv: id('dvA'), key, sealedFrom });
      return (await take({ slips, rows })).results.map(({ s }) => s);
    };
    expect(await answers(null)).toEqual(['stored', 'stored', 'stored']);
    expect(await answers(4)).toEqual(['stored', 'stored', 'stored']);
    expect(await answers(1)).toEqual(['held', 'held', 'held']);
  });

  it('[SY165] files of an older program are taken, and it reads those of this one', async () => {
    const old = await lockedVault(6, { sealedFrom: 7 });
    const file = await fileOf(old);
    const bare = await withoutSignatures(file);
    expect(await bringFile(bare, line())).toMatchObject({ stored: 6, held: 0 });
    // A record that a reader does not know counts, and costs nothing of the others.
    const bytes = Buffer.from(await file.arrayBuffer());
    const reader = readHandIn(digest, memorySource(new Uint8Array(bytes)));
    let next = await reader.next();
    while (!next.done) next = await reader.next();
    expect(next.value).toMatchObject({ whole: true, lost: 0 });
    for (let at = bytes.indexOf('REC1'); at >= 0; at = bytes.indexOf('REC1', at + 1))
      if (bytes[at + 4] === 5) expect(bytes.readUInt32BE(at + 5)).toBe(100);
  });
});
