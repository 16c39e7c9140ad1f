/** What a carrier does to the photos of a hand-in file is his own doing, never their owner's. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { joinBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { writeHandIn, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import { newEnvelope, sealCopy, type Envelope } from '../../src/lib/protocol/sealed.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import type { WireMedia } from '../../src/lib/protocol/sync.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { takePiece } from '../../src/lib/server/sync/handin.ts';
import { MEDIA_DAY_BYTES_MAX, WRONG_HASH_MAX } from '../../src/lib/server/sync/limits.ts';
import { missingOf } from '../../src/lib/server/sync/media-rows.ts';
import { newPhoto } from '../media/agent.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { asked, id } from './scene.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const [owner, carrier, other] = [subject('A01'), subject('A02'), subject('A03')];
const CASE = id('carriedCase');
let county: TrafficCounty;
let container: Container;
beforeAll(async () => {
  county = await trafficCounty();
  container = county.container;
});
afterAll(() => county.close());

interface Told {
  readonly sha256: string;
  readonly bytes: number;
  readonly mime: string;
  readonly caseId?: string;
  readonly by?: string;
}
const envelopeNow = async () => newEnvelope(recipientsOf(await container.keys.list()));

async function frame(envelope: Envelope, fileId: string, told: Told) {
  const of = Math.ceil(told.bytes / CHUNK_BYTES);
  const text = textBytes(JSON.stringify(told));
  const description = await sealCopy(envelope, { kind: 'file', id: fileId }, text);
  const copy = joinBytes(idBytes(CASE), description);
  return { kind: 'frame' as const, frame: { fileId, n: of, of, copy } };
}
async function slices(envelope: Envelope, fileId: string, chunks: readonly Uint8Array[]) {
  const of = chunks.length;
  return Promise.all(
    chunks.map(async (chunk, n) => {
      const place = { kind: 'slice' as const, id: `${fileId}/${n}` };
      const copy = await sealCopy(envelope, place, new Uint8Array(chunk));
      return { kind: 'frame' as const, frame: { fileId, n, of, copy } };
    }),
  );
}

/** Brings these records as one piece of a file of that tablet. */
async function bring(who: Subject, dv: string, records: readonly HandInRecord[]) {
  const head = {
    ...{ v: 1 as const, dv: id(dv), dsFrom: 0, dsTo: 0, items: 0, frames: records.length },
    ...{ created: '2026-06-20T01:00:00.000Z', build: 't' },
  };
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, [{ kind: 'head', head }, ...records]))
    parts.push(part);
  return (await takePiece(container, who, joinBytes(...parts))).files;
}

/** What the county says to the owner's own tablet that announces a photo. */
async function announced(dv: string, { sha256: sha, bytes, mime }: Told) {
  const media: WireMedia[] = [{ sha, bytes, mime, caseId: CASE }];
  const done = await exchange(container.sync, owner, asked({ dv: id(dv), media }));
  if (!done.ok) throw new Error('no exchange');
  return missingOf(container.media, done.value.announced);
}

it('[SY187] junk under a photo’s true description spoils nobody’s photo and shuts out its carrier', async () => {
  const dv = 'dvCarriedA';
  await exchange(container.sync, owner, asked({ dv: id(dv) }));
  const photo = newPhoto();
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime };
  const fileId = id('carriedPhoto');
  const [true_, false_] = [await envelopeNow(), await envelopeNow()];
  const slip = (envelope: Envelope) => ({ kind: 'slip' as const, slip: envelope.slip });
  const description = await frame(true_, fileId, told);
  const junk = photo.chunks.map((chunk) => randomBytes(chunk.length));
  const wrong = await slices(false_, fileId, junk);
  for (let times = 0; times < WRONG_HASH_MAX + 1; times++) {
    const files = await bring(carrier, dv, [slip(true_), slip(false_), description, ...wrong]);
    expect(files).toMatchObject([{ complete: false }]);
  }
  // The owner's own way is as open as before, and nothing is said of his photo.
  const [missing] = await announced(dv, told);
  expect(missing).toMatchObject({ sha: photo.sha });
  expect(missing?.refused).toBeUndefined();
  expect(missing?.chunks).toHaveLength(photo.chunks.length);
  const right = [slip(true_), description, ...(await slices(true_, fileId, photo.chunks))];
  // That carrier is heard no more for this photo; anybody else is, the owner too.
  expect(await bring(carrier, dv, right)).toMatchObject([{ kept: 0, complete: false }]);
  expect(await bring(other, dv, right)).toMatchObject([{ complete: true }]);
  expect(await announced(dv, told)).toEqual([{ sha: photo.sha, chunks: [] }]);
  expect(await bring(owner, dv, right)).toMatchObject([{ complete: true }]);
});

it('[SY188] descriptions that somebody made up use up nothing of the owner’s day and write no row', async () => {
  const dv = 'dvCarriedB';
  await exchange(container.sync, owner, asked({ dv: id(dv) }));
  const envelope = await envelopeNow();
  const big = 32 * 1024 * 1024;
  const shas: string[] = [];
  for (let n = 0; n * big <= MEDIA_DAY_BYTES_MAX + big; n++) {
    const sha256 = createHash('sha256')
      .update(`made up ${String(n)}`)
      .digest('hex');
    shas.push(sha256);
    const told = { sha256, bytes: big, mime: 'image/jpeg' };
    const made = await frame(envelope, id(`madeUp${String(n)}`), told);
    await bring(carrier, dv, [{ kind: 'slip', slip: envelope.slip }, made]);
  }
  expect(shas.length).toBeGreaterThan(32);
  const rows = await container.store.transact(container.county, (tx) => tx.media(shas as never));
  expect(rows).toEqual([]);
  const photo = newPhoto();
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime };
  expect(await announced(dv, told)).toMatchObject([{ sha: photo.sha }]);
});

it('[SY188] what a carrier brings counts for his own day: beyond it slices wait for tomorrow', async () => {
  const dv = 'dvCarriedC';
  await exchange(container.sync, owner, asked({ dv: id(dv) }));
  const { store, county: code, clock } = container;
  const today = Math.floor((Date.parse(clock.now()) + 8 * 3_600_000) / 86_400_000);
  const of = `carried/${other.personId}`;
  const counters = [
    { name: `media-day/${of}`, value: today },
    { name: `media-bytes/${of}`, value: MEDIA_DAY_BYTES_MAX },
  ];
  await store.transact(code, (tx) => tx.write({ counters }));
  const photo = newPhoto();
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime };
  const [fileId, envelope] = [id('tomorrow'), await envelopeNow()];
  const records: HandInRecord[] = [
    { kind: 'slip', slip: envelope.slip },
    await frame(envelope, fileId, told),
    ...(await slices(envelope, fileId, photo.chunks)),
  ];
  expect(await bring(other, dv, records)).toMatchObject([{ kept: 0, complete: false }]);
  expect(await bring(owner, dv, records)).toMatchObject([{ complete: true }]);
});

/** Lines of the audit about what a carrier changed. */
const alteredLines = async (): Promise<string[]> => {
  const { db } = container;
  const lines = await db.selectFrom('audit').select(['person_id', 'action', 'note']).execute();
  return lines
    .filter(({ action }) => action === 'handin.altered')
    .map(({ person_id: who, note }) => `${who} ${note}`);
};

/** A photo as its owner's tablet puts it into a hand-in file. */
async function carriedPhoto(more: Partial<Told>) {
  const photo = newPhoto();
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime, ...more };
  const [fileId, envelope] = [id(`alter${photo.sha.slice(0, 9)}`), await envelopeNow()];
  const description = await frame(envelope, fileId, told);
  const rest = await slices(envelope, fileId, photo.chunks);
  const slip = { kind: 'slip' as const, slip: envelope.slip };
  return { records: [slip, description, ...rest], sha: photo.sha as never };
}

it('[AU408] frames under another head than their writer’s are not taken, and that is told', async () => {
  const dv = 'dvCarriedD';
  await exchange(container.sync, owner, asked({ dv: id(dv) }));
  const { records, sha } = await carriedPhoto({ caseId: CASE, by: other.personId });
  const before = await alteredLines();
  expect(await bring(carrier, dv, records)).toMatchObject([{ kept: 0, complete: false }]);
  const { store, county: code } = container;
  expect(await store.transact(code, (tx) => tx.media([sha]))).toEqual([]);
  const lines = (await alteredLines()).slice(before.length);
  expect(lines).toEqual([`${carrier.personId} ${id(dv)} 1 files`]);
  const his = await carriedPhoto({ caseId: CASE, by: owner.personId });
  expect(await bring(carrier, dv, his.records)).toMatchObject([{ complete: true }]);
  expect(await alteredLines()).toHaveLength(before.length + 1);
});

it('[AU408] a photo goes to the case that stands under its seal; another one outside is told', async () => {
  const dv = 'dvCarriedE';
  await exchange(container.sync, owner, asked({ dv: id(dv) }));
  const true_ = id('theTrueCase');
  const { records, sha } = await carriedPhoto({ caseId: true_, by: owner.personId });
  const before = await alteredLines();
  expect(await bring(carrier, dv, records)).toMatchObject([{ complete: true }]);
  const { store, county: code } = container;
  const rows = await store.transact(code, (tx) => tx.media([sha]));
  expect(rows.map(({ caseId, personId }) => [caseId, personId])).toEqual([[true_, owner.personId]]);
  const lines = (await alteredLines()).slice(before.length);
  expect(lines).toEqual([`${carrier.personId} ${id(dv)} 1 files`]);
  // A file of a version before names neither: what stands outside counts, and nothing is told.
  const old = await carriedPhoto({});
  expect(await bring(carrier, dv, old.records)).toMatchObject([{ complete: true }]);
  const [row] = await store.transact(code, (tx) => tx.media([old.sha]));
  expect([row?.caseId, (await alteredLines()).length]).toEqual([CASE, before.length + 1]);
});
