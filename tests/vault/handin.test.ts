import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { joinBytes, randomBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { newSigningPair, readAck, writeAck } from '../../src/lib/protocol/ack-file.ts';
import { writeHandIn, RECORD_MARK, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import {
  FALSE_MARKS_MAX,
  memorySource,
  readHandIn,
  type HandInEnd,
} from '../../src/lib/protocol/handin-read.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, openCopy, openSlip, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { countyKey } from './workers.ts';

const digest = async (bytes: Uint8Array): Promise<Uint8Array> =>
  createHash('sha256').update(bytes).digest();
const id = (): string => toBase64Url(randomBytes(16));
const dv = id();

/** A small file: a head, a slip, three events, two frames; and what the county needs to open it. */
async function handIn() {
  const intake = await countyKey('intake', 'intake-1');
  const envelope = await newEnvelope([intake.recipient]);
  const ids = [id(), id(), id()];
  const items = await Promise.all(
    ids.map(async (one, n) => ({
      ...{ dv, ds: n + 1, id: one },
      copy: await sealCopy(envelope, { kind: 'event', id: one }, textBytes(`周桂芹 ${n}`)),
    })),
  );
  const fileId = id();
  const frames = await Promise.all(
    [0, 1].map(async (n) => ({
      ...{ fileId, n, of: 2 },
      copy: await sealCopy(envelope, { kind: 'slice', id: `${fileId}/${n}` }, randomBytes(90)),
    })),
  );
  const head = { v: 1 as const, dv, dsFrom: 1, dsTo: 3, items: 3, frames: 2 };
  const records: HandInRecord[] = [
    { kind: 'head', head: { ...head, created: '2026-11-22T01:00:00.000Z', build: 't' } },
    { kind: 'slip', slip: envelope.slip },
    ...items.map((item) => ({ kind: 'item' as const, item })),
    ...frames.map((frame) => ({ kind: 'frame' as const, frame })),
  ];
  return { intake, records, envelope, bytes: await fileOf(records) };
}

async function fileOf(records: readonly HandInRecord[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return joinBytes(...parts);
}

async function read(bytes: Bytes): Promise<{ records: HandInRecord[]; end: HandInEnd }> {
  const records: HandInRecord[] = [];
  const reader = readHandIn(digest, memorySource(bytes));
  for (;;) {
    const next = await reader.next();
    if (next.done) return { records, end: next.value };
    records.push(next.value);
  }
}

describe('the hand-in file', () => {
  it('[SY60] comes back whole, and the county opens its items', async () => {
    const { bytes, records, intake, envelope } = await handIn();
    const got = await read(bytes);
    expect(got.records).toEqual(records);
    expect(got.end).toEqual({ whole: true, records: 7, lost: 0, began: true, gaveUp: false });
    const key = await openSlip(envelope.slip, intake.own);
    const texts: string[] = [];
    for (const r of got.records) {
      if (r.kind !== 'item' || !key) continue;
      const plain = await openCopy(key, { kind: 'event', id: r.item.id }, r.item.copy);
      texts.push(new TextDecoder().decode(plain ?? undefined).trimEnd());
    }
    expect(texts).toEqual(['周桂芹 0', '周桂芹 1', '周桂芹 2']);
    for (const hidden of ['周桂芹', Buffer.from('周桂芹').toString('base64')])
      expect(Buffer.from(bytes).includes(hidden)).toBe(false);
  });

  it('[SY61] cut at every byte it gives every record that was whole before the cut', async () => {
    const { bytes, records } = await handIn();
    let last = -1;
    for (let cut = 0; cut < bytes.length; cut++) {
      const { records: got, end } = await read(bytes.slice(0, cut));
      expect(got).toEqual(records.slice(0, got.length));
      expect(end.whole).toBe(false);
      expect(got.length).toBeGreaterThanOrEqual(last);
      last = Math.max(last, got.length);
    }
    // Only the trailer is missing at the end.
    expect(last).toBe(records.length);
  }, 300_000);

  it('[SY61] a flipped bit anywhere costs at most the record it lies in', async () => {
    const { bytes, records } = await handIn();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { records: got, end } = await read(changed);
      expect(end.whole).toBe(false);
      expect(got.length).toBeGreaterThanOrEqual(records.length - 1);
      for (const one of got) expect(records).toContainEqual(one);
    }
  }, 300_000);

  it('[SY61] several faults, a hole, foreign bytes between: what verifies comes, nothing else', async () => {
    const { bytes, records } = await handIn();
    const damage = fc.array(
      fc.record({
        at: fc.nat(bytes.length - 1),
        cut: fc.nat(30),
        put: fc.uint8Array({ maxLength: 30 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(damage, async (hits) => {
        let damaged = bytes.slice();
        for (const { at, cut, put } of hits)
          damaged = joinBytes(damaged.slice(0, at), put, damaged.slice(at + cut));
        const { records: got } = await read(damaged);
        expect(got.length).toBeGreaterThanOrEqual(records.length - hits.length * 2);
        for (const one of got) expect(records).toContainEqual(one);
      }),
      { numRuns: 200 },
    );
  }, 300_000);

  it('[SY62] a file made to cost time is given up; two files in one are not whole', async () => {
    const marks = joinBytes(
      ...Array.from({ length: FALSE_MARKS_MAX + 10 }, () =>
        joinBytes(RECORD_MARK, new Uint8Array(40)),
      ),
    );
    const { bytes } = await handIn();
    const { records, end } = await read(joinBytes(bytes, marks));
    expect([records.length, end.gaveUp, end.whole]).toEqual([7, true, false]);
    expect((await read(joinBytes(bytes, bytes))).end).toMatchObject({ whole: false, records: 14 });
    expect((await read(new Uint8Array(0))).end).toMatchObject({ whole: false, records: 0 });
    const random = await read(joinBytes(...[0, 1, 2, 3].map(() => randomBytes(60_000))));
    expect(random.records).toEqual([]);
  }, 300_000);

  it('[SY61] is read in windows: a record across two of them comes too', async () => {
    const records: HandInRecord[] = Array.from({ length: 12 }, (_, n) => ({
      kind: 'frame',
      frame: { fileId: dv, n, of: 12, copy: randomBytes(65_000) },
    }));
    const { records: got, end } = await read(await fileOf(records));
    expect(got).toEqual(records);
    expect(end.whole).toBe(true);
  });
});

describe('the ack file', () => {
  const list = {
    ...{ v: 1 as const, county: '130123', epoch: 'e1', safe: 7, at: '2026-11-22T01:00:00.000Z' },
    items: [{ dv, ds: 1, id: id(), seq: 7, tag: id() }],
  };

  it('[SY63] is believed when a known key signed exactly this, and never else', async () => {
    const pair = await newSigningPair();
    const other = await newSigningPair();
    const file = await writeAck(list, { keyId: 'ack-1', privateKey: pair.privateKey });
    const keys = new Map([['ack-1', pair.publicKey]]);
    expect(await readAck(file, keys)).toEqual({ ok: true, value: list });
    expect(await readAck(file, new Map([['ack-1', other.publicKey]]))).toMatchObject({
      error: 'SIGNATURE',
    });
    expect(await readAck(file, new Map())).toMatchObject({ error: 'UNKNOWN_KEY' });
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await readAck(changed, keys)).ok).toBe(false);
      expect((await readAck(file.slice(0, at), keys)).ok).toBe(false);
    }
  });
});
