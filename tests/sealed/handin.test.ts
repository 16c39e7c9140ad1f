import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { fromBase64Url, joinBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { readAck } from '../../src/lib/protocol/ack-file.ts';
import { recipientsOf, signersOf } from '../../src/lib/protocol/county-keys.ts';
import { ACK_PATH, HANDIN_PATH } from '../../src/lib/protocol/handin-answer.ts';
import { handInPieces, type HandInPiece } from '../../src/lib/protocol/handin-pieces.ts';
import { bringPiece, bringPieces, type BringDeps } from '../../src/lib/protocol/handin-send.ts';
import { writeHandIn, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { ackEndpoint, handInEndpoint } from '../../src/lib/server/sync/handin.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { newPhoto } from '../media/agent.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { asked, id, sealRow, wireOf } from './scene.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const A01 = subject('A01');
const A02 = subject('A02');
const said = (ds: number) => ({
  ...{ ds, t: 'dictation.recorded' },
  payload: fieldExamples['dictation.recorded'],
});
const begun = { ds: 1, t: 'case.drafted', payload: fieldExamples['case.drafted'] };
const ROWS = [begun, said(2), said(3), said(4), said(5)];
let county: TrafficCounty;
let container: Container;
beforeAll(async () => {
  county = await trafficCounty();
  container = county.container;
});
afterAll(() => county.close());

/** The network to the county, as this person. */
const line = (who: Subject | null, bend: (r: Response) => Response = (r) => r): BringDeps => ({
  ...{ digest, origin: 'http://county', build: 't' },
  fetch: async (input, init) => {
    const request = new Request(String(input), init);
    const { pathname } = new URL(request.url);
    const to = pathname === HANDIN_PATH ? handInEndpoint : ackEndpoint;
    return bend(await to(container, who, request));
  },
});

let devices = 0;
/** A vault of A01 with unsent rows and one photo, as hand-in records. */
async function vault() {
  const dv = `dvH${(devices += 1)}`;
  await exchange(container.sync, A01, asked({ dv: id(dv) }));
  const envelope = await newEnvelope(recipientsOf(await container.keys.list()));
  const caseName = `${dv}case`;
  const rows = ROWS.map((row) => ({ ...row, id: `${dv}e${row.ds}`, caseName }));
  const items = await Promise.all(
    rows.map(async (row) => {
      const { copy, ...place } = await sealRow(envelope, dv, row);
      return { ...place, copy: fromBase64Url(copy) ?? new Uint8Array() };
    }),
  );
  const photo = newPhoto();
  const fileId = id(`${dv}photo`);
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime };
  const description = await sealCopy(
    envelope,
    { kind: 'file', id: fileId },
    textBytes(JSON.stringify(told)),
  );
  const of = photo.chunks.length;
  const slices = await Promise.all(
    photo.chunks.map(async (chunk, n) => {
      const place = { kind: 'slice' as const, id: `${fileId}/${n}` };
      return { fileId, n, of, copy: await sealCopy(envelope, place, new Uint8Array(chunk)) };
    }),
  );
  const copy = joinBytes(idBytes(id(`case${caseName}`)), description);
  const records: HandInRecord[] = [
    {
      kind: 'head',
      head: {
        ...{ v: 1, dv: id(dv), dsFrom: 1, dsTo: 5, items: 5, frames: of + 1 },
        ...{ created: '2026-06-20T01:00:00.000Z', build: 't' },
      },
    },
    { kind: 'slip', slip: envelope.slip },
    ...items.map((item) => ({ kind: 'item' as const, item })),
    { kind: 'frame', frame: { fileId, n: of, of, copy } },
    ...slices.map((frame) => ({ kind: 'frame' as const, frame })),
  ];
  return { records, photo, dv, items };
}

async function fileOf(records: readonly HandInRecord[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return joinBytes(...parts);
}

const fromFile = (file: Bytes, max?: number) =>
  handInPieces(digest, readHandIn(digest, memorySource(file)), max);

async function all(pieces: AsyncIterable<HandInPiece>): Promise<HandInPiece[]> {
  const list: HandInPiece[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

const known = async (ids: readonly string[]): Promise<number> =>
  (await container.store.transact(container.county, (tx) => tx.known(ids as never))).size;

describe('a hand-in file at the county', () => {
  it('[SY85] brought by anybody it counts as the owner’s, events and photo; again it is all known', async () => {
    const { records, photo, items } = await vault();
    const file = await fileOf(records);
    const first = await bringPieces(line(A02), fromFile(file), () => undefined);
    expect(first).toMatchObject({ held: 0, filesComplete: 1, filesBegun: 0, stop: null });
    expect(first.stored).toBe(ROWS.length);
    expect(await known(items.map((item) => item.id))).toBe(ROWS.length);
    expect(await container.media.size(photo.sha as never)).toBe(photo.bytes.length);
    const rows = await container.store.transact(container.county, (tx) =>
      tx.media([photo.sha as never]),
    );
    expect(rows.map(({ personId, state }) => [personId, state])).toEqual([
      [A01.personId, 'complete'],
    ]);
    const again = await bringPieces(line(null), fromFile(file), () => undefined);
    expect(again.stop).toBe('SIGN_IN');
    const twice = await bringPieces(line(A01), fromFile(file), () => undefined);
    expect(twice).toMatchObject({ stored: 0, dup: first.stored, filesComplete: 1, stop: null });
  });

  it('[SY85] goes in pieces of any size, each with the slips and descriptions it needs', async () => {
    const { records } = await vault();
    const file = await fileOf(records);
    const pieces = await all(fromFile(file, 40_000));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every(({ bytes }) => bytes.length <= 72_000)).toBe(true);
    const order = [...pieces.slice(1), ...pieces.slice(0, 1), ...pieces];
    for (const piece of order) expect((await bringPiece(line(A02), piece)).kind).toBe('answer');
    const end = await bringPieces(line(A02), fromFile(file, 40_000), () => undefined);
    expect(end).toMatchObject({ stored: 0, held: 0, filesComplete: 1, filesBegun: 0 });
  });

  it('[SY86] cut or flipped anywhere, what verifies arrives, and the whole file later adds the rest', async () => {
    const { records, items, photo } = await vault();
    const file = await fileOf(records);
    const cut = file.slice(0, file.length - 60_000);
    const part = await bringPieces(line(A02), fromFile(cut), () => undefined);
    expect(part).toMatchObject({ filesComplete: 0, stop: null });
    expect(await known(items.map((item) => item.id))).toBe(ROWS.length);
    expect(await container.media.size(photo.sha as never)).toBeNull();
    const rest = await bringPieces(line(A02), fromFile(file), () => undefined);
    expect(rest).toMatchObject({ stored: 0, filesComplete: 1 });
    const other = await vault();
    const flipped = await fileOf(other.records);
    // One bit in the middle of the second item: it alone is missing.
    const at = Buffer.from(flipped).indexOf(Buffer.from(other.items[1]?.copy.slice(0, 40) ?? []));
    flipped[at + 60] = (flipped[at + 60] ?? 0) ^ 4;
    await bringPieces(line(A02), fromFile(flipped), () => undefined);
    expect(await known(other.items.map((item) => item.id))).toBe(ROWS.length - 1);
    await bringPieces(line(A02), fromFile(await fileOf(other.records)), () => undefined);
    expect(await known(other.items.map((item) => item.id))).toBe(ROWS.length);
  });

  it('[SY86] nothing else than an answer to these bytes is one', async () => {
    const { records, items } = await vault();
    const [piece] = await all(fromFile(await fileOf(records)));
    if (!piece) throw new Error('no piece');
    const portal = () => new Response('<html>login</html>', { status: 200 });
    expect(await bringPiece(line(A02, portal), piece)).toEqual({ kind: 'FOREIGN' });
    const old = await bringPiece(line(A02), piece);
    if (old.kind !== 'answer') throw new Error(old.kind);
    for (const lie of [
      { ...old.answer, got: '0'.repeat(64) },
      { ...old.answer, receipt: 'A'.repeat(22) },
      { ...old.answer, items: old.answer.items.slice(1) },
      { ...old.answer, items: old.answer.items.toReversed() },
    ]) {
      const liar = () => Response.json(lie);
      expect(await bringPiece(line(A02, liar), piece)).toEqual({ kind: 'FOREIGN' });
    }
    const cut: BringDeps = { ...line(A02), fetch: () => Promise.reject(new TypeError('cut')) };
    expect(await bringPiece(cut, piece)).toEqual({ kind: 'OFFLINE' });
    expect(await known(items.map((item) => item.id))).toBe(ROWS.length);
  });

  it('[SY86] the browser’s own fetch may be given as it is', async () => {
    const [piece] = await all(fromFile(await fileOf((await vault()).records)));
    if (!piece) throw new Error('no piece');
    const whole = line(A02);
    const native = function (this: unknown, input: RequestInfo | URL, init?: RequestInit) {
      if (this !== undefined) throw new TypeError('Illegal invocation');
      return whole.fetch(input, init);
    };
    expect((await bringPiece({ ...whole, fetch: native }, piece)).kind).toBe('answer');
  });

  it('[SY87] the ack file names what stands in the log, signed', async () => {
    const { records, items } = await vault();
    const report = await bringPieces(line(A02), fromFile(await fileOf(records)), () => undefined);
    const ask = (body: unknown, who: Subject | null = A02) =>
      line(who).fetch(`http://county${ACK_PATH}`, { method: 'POST', body: JSON.stringify(body) });
    const wanted = items.map(({ dv, ds, id: event }) => ({ dv, ds, id: event }));
    const strange = { dv: id('dvX'), ds: 1, id: id('never') };
    const answer = await ask({ items: [...wanted, strange, strange, { dv: '', ds: 0, id: '' }] });
    const file = new Uint8Array(await answer.arrayBuffer());
    const read = await readAck(file, signersOf(await container.keys.list()));
    if (!read.ok) throw new Error(read.error);
    expect(read.value.items).toHaveLength(report.stored);
    expect(read.value.items.every(({ seq }) => seq > 0)).toBe(true);
    expect((await ask({ items: 7 })).status).toBe(400);
    expect((await ask({ items: [] }, null)).status).toBe(401);
  });

  it('[SY175] the ack file is silent about an event that somebody else pushed under an id of the file', async () => {
    const { dv } = await vault();
    const first = id(`${dv}e1`);
    // The carrier reads the id in the file and pushes a case of his own under it.
    const other = `${dv}carrier`;
    const own = wireOf({ ...begun, id: `${dv}e1`, caseName: other });
    const place = { id: id(`case${other}`), salt: id(`salt${other}`) };
    const pushed = await exchange(
      container.sync,
      A02,
      asked({ dv: id(other), dsHi: 1, cases: [place], events: [own] }),
    );
    expect(pushed).toMatchObject({ ok: true, value: { reply: { results: [{ s: 'stored' }] } } });
    const asking = async (of: string): Promise<unknown> => {
      const body = JSON.stringify({ items: [{ dv: of, ds: 1, id: first }] });
      const answer = await line(A02).fetch(`http://county${ACK_PATH}`, { method: 'POST', body });
      const file = new Uint8Array(await answer.arrayBuffer());
      const read = await readAck(file, signersOf(await container.keys.list()));
      return read.ok ? read.value.items.length : read.error;
    };
    expect(await asking(id(dv))).toBe(0);
    expect(await asking(id(other))).toBe(1);
  });

  it('[SY86] rubbish costs nothing and is refused at its limit', async () => {
    const post = (body: Bytes) =>
      line(A02).fetch(`http://county${HANDIN_PATH}`, { method: 'POST', body });
    const nothing = await post(textBytes('not a hand-in file'));
    expect(await nothing.json()).toMatchObject({ items: [], files: [] });
    expect((await post(new Uint8Array(600 * 1024))).status).toBe(413);
  });
});
