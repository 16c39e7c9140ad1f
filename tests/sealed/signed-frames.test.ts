/** Which file is of which case is signed by the tablet that took it, whoever carries it. */
import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { joinBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { fileBytes } from '../../src/lib/protocol/device-key.ts';
import { handInPieces, type HandInPiece } from '../../src/lib/protocol/handin-pieces.ts';
import { blobSource, memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { bringPieces, type BringReport } from '../../src/lib/protocol/handin-send.ts';
import { writeHandIn, type HandInFrame, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import { newEnvelope, sealCopy, type Envelope } from '../../src/lib/protocol/sealed.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { takePiece } from '../../src/lib/server/sync/handin.ts';
import { checkSignature } from '../../src/lib/server/sync/signature.ts';
import { DEVICE_KEY } from '../../src/lib/tablet/db-name.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { deviceKey } from '../../src/lib/tablet/device-key.ts';
import { drainSealed } from '../../src/lib/tablet/exchange-sealed.ts';
import { bringFile, handInFileOf } from '../../src/lib/tablet/handin-file.ts';
import { fileOf as pictureOf } from '../media/agent.ts';
import { newPair, printed, tellKey } from './device-keys.ts';
import { county, digest, line, lockedVault, NOW, useCounty, type Locked } from './locked-vault.ts';
import { rescue } from './rescue-page.ts';
import { asked, id } from './scene.ts';

useCounty();
const [OWNER, CARRIER] = [subject('A01'), subject('A02')];
const signing = { sealedFrom: 1, filesSigned: true } as const;

async function fileOf({ name }: Locked): Promise<Blob> {
  const file = await handInFileOf(name, { digest, build: 't', now: () => NOW });
  if (!file) throw new Error('no file');
  return file.blob;
}

async function recordsOf(file: Blob): Promise<HandInRecord[]> {
  const records: HandInRecord[] = [];
  for await (const record of readHandIn(digest, blobSource(file))) records.push(record);
  return records;
}

async function bytesOf(records: readonly HandInRecord[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return joinBytes(...parts);
}

/** Whose rows of a file there are, in which state. */
async function rowsOf(sha: string): Promise<string[]> {
  const { store, county: code } = county.container;
  const rows = await store.transact(code, (tx) => tx.media([sha as never]));
  return rows.map(({ personId, state, caseId }) => `${personId} ${state} ${caseId}`).toSorted();
}

const linesOf = async (dv: string): Promise<string[]> => {
  const rows = await county.container.db
    .selectFrom('audit')
    .select(['person_id', 'action', 'note'])
    .execute();
  return rows
    .filter(({ action, note }) => action === 'sync.signature' && note.startsWith(id(dv)))
    .map(({ person_id: who, note }) => `${who} ${note.slice(id(dv).length + 1)}`);
};

const without = (records: readonly HandInRecord[], kind: HandInRecord['kind']) =>
  records.filter((record) => record.kind !== kind);
const bring = async (records: readonly HandInRecord[]): Promise<BringReport> =>
  bringFile(new Blob([await bytesOf(records)]), line());

describe('the description of a photo in a hand-in file', () => {
  it('[SY210] is signed by the tablet’s key in a file, in a drain and by the page of last resort', async () => {
    const vault = await lockedVault(3, signing);
    const key = await deviceKey(vault.name, { dv: id(vault.dv), digest });
    const rescued = await rescue.rescueFile(vault.name);
    if (!key || !rescued) throw new Error('no key, or no file');
    for (const file of [await fileOf(vault), rescued]) {
      const records = await recordsOf(file);
      const at = records.findIndex(({ kind }) => kind === 'fileSignature');
      const [mark, told] = records.slice(at, at + 2);
      if (mark?.kind !== 'fileSignature' || told?.kind !== 'frame') throw new Error('not signed');
      const { fileId, copy, n, of } = told.frame;
      expect([n, mark.file.fileId]).toEqual([of, fileId]);
      const bytes = await fileBytes(digest, { dv: id(vault.dv), fileId, copy });
      expect(checkSignature(key.publicKey, bytes, mark.file.signature)).toBe(true);
      const elsewhere = joinBytes(idBytes(id('another')), copy.slice(16));
      const other = await fileBytes(digest, { dv: id(vault.dv), fileId, copy: elsewhere });
      expect(checkSignature(key.publicKey, other, mark.file.signature)).toBe(false);
    }
    expect(await drainSealed(vault.name, line())).toMatchObject({ filesComplete: 1, stop: null });
    const mine = `${OWNER.personId} complete ${vault.caseId}`;
    expect(await rowsOf(vault.photo.sha)).toEqual([mine]);
    expect(await linesOf(vault.dv)).toEqual([]);
  });

  it('[SY210] keeps its signature in pieces of any size, in any order', async () => {
    const vault = await lockedVault(2, signing);
    const bytes = new Uint8Array(await (await fileOf(vault)).arrayBuffer());
    const pieces: HandInPiece[] = [];
    for await (const piece of handInPieces(digest, readHandIn(digest, memorySource(bytes)), 3_000))
      pieces.push(piece);
    const frames = pieces.filter((piece) => piece.frames > 0);
    expect(frames.length).toBeGreaterThan(1);
    for (const piece of frames) {
      const kinds = (await recordsOf(new Blob([piece.bytes]))).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'fileSignature')).toHaveLength(1);
    }
    const order = async function* () {
      yield* pieces.toReversed();
    };
    const report = await bringPieces(line(), order(), () => undefined);
    expect(report).toMatchObject({ filesComplete: 1, filesBegun: 0, stop: null });
    expect(await rowsOf(vault.photo.sha)).toEqual([`${OWNER.personId} complete ${vault.caseId}`]);
  });

  it('[SY211] left out, of another key or of another case, it is the carrier’s own file and told; signed it is the owner’s', async () => {
    const vault = await lockedVault(2, signing);
    const records = await recordsOf(await fileOf(vault));
    const { sha } = vault.photo;
    const bare = without(records, 'fileSignature');
    const report = await bring(bare);
    expect(report).toMatchObject({ filesComplete: 1, filesUnsigned: 1, stop: null });
    expect(await rowsOf(sha)).toEqual([`${CARRIER.personId} complete ${vault.caseId}`]);
    expect(await county.container.media.size(sha as never)).toBe(vault.photo.bytes.length);
    expect(await linesOf(vault.dv)).toEqual([`${CARRIER.personId} 1 files`]);
    // The same again takes nothing and is no second line.
    expect(await bring(bare)).toMatchObject({ filesComplete: 1, filesUnsigned: 1 });
    expect(await linesOf(vault.dv)).toHaveLength(1);
    expect(await bring(records)).toMatchObject({ filesComplete: 1, filesUnsigned: 0 });
    expect(await rowsOf(sha)).toEqual([
      `${OWNER.personId} complete ${vault.caseId}`,
      `${CARRIER.personId} complete ${vault.caseId}`,
    ]);

    const lost = await lockedVault(2, signing);
    const db = new TabletDb(lost.name);
    await db.meta.delete(DEVICE_KEY);
    db.close();
    await deviceKey(lost.name, { dv: id(lost.dv), digest });
    expect(await bring(await recordsOf(await fileOf(lost)))).toMatchObject({ filesUnsigned: 1 });
    expect(await rowsOf(lost.photo.sha)).toEqual([`${CARRIER.personId} complete ${lost.caseId}`]);

    const moved = await lockedVault(2, signing);
    const elsewhere = (await recordsOf(await fileOf(moved))).map((record): HandInRecord => {
      if (record.kind !== 'frame' || record.frame.n !== record.frame.of) return record;
      const copy = joinBytes(idBytes(id('another')), record.frame.copy.slice(16));
      return { kind: 'frame', frame: { ...record.frame, copy } };
    });
    expect(await bring(elsewhere)).toMatchObject({ filesUnsigned: 1 });
    expect(await rowsOf(moved.photo.sha)).toEqual([
      `${CARRIER.personId} complete ${id('another')}`,
    ]);
  });

  it('[SY212] unsigned it is the owner’s as before where no tablet told that it signs, and where he brings it himself', async () => {
    for (const told of [{}, { sealedFrom: 1 }]) {
      const vault = await lockedVault(2, told);
      const records = without(await recordsOf(await fileOf(vault)), 'fileSignature');
      expect(await bring(records)).toMatchObject({ filesComplete: 1, filesUnsigned: 0 });
      expect(await rowsOf(vault.photo.sha)).toEqual([`${OWNER.personId} complete ${vault.caseId}`]);
    }
    const own = await lockedVault(2, signing);
    const bare = without(await recordsOf(await fileOf(own)), 'fileSignature');
    const file = new Blob([await bytesOf(bare)]);
    expect(await bringFile(file, line({ who: 'A01' }))).toMatchObject({ filesUnsigned: 0 });
    expect(await rowsOf(own.photo.sha)).toEqual([`${OWNER.personId} complete ${own.caseId}`]);
    expect(await linesOf(own.dv)).toEqual([]);
  });

  it('[SY212] a reader of before takes the file as it did: the record is one that it does not know', async () => {
    const vault = await lockedVault(2, signing);
    const bytes = Buffer.from(await (await fileOf(vault)).arrayBuffer());
    const reader = readHandIn(digest, memorySource(new Uint8Array(bytes)));
    let next = await reader.next();
    while (!next.done) next = await reader.next();
    expect(next.value).toMatchObject({ whole: true, lost: 0 });
    let signed = 0;
    for (let at = bytes.indexOf('REC1'); at >= 0; at = bytes.indexOf('REC1', at + 1))
      if (bytes[at + 4] === 6) {
        signed += 1;
        expect(bytes.readUInt32BE(at + 5)).toBe(80);
      }
    expect(signed).toBe(1);
  });
});

/** Chance that says the same again. */
function dice(seed: number) {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return Math.floor((((state ^ (state >>> 12)) >>> 0) / 2 ** 32) * below);
  };
}

describe('descriptions that somebody made up', () => {
  const RUNS = Number(process.env['HANDIN_RUNS'] ?? 240);
  const LIES = ['made', 'case', 'swap', 'old', 'flip', 'none', 'own', 'true'] as const;
  interface Device {
    readonly dv: string;
    readonly key: KeyObject;
    readonly personId: string;
  }
  const devices: Device[] = [];
  let envelope: Envelope;
  beforeAll(async () => {
    const { container } = county;
    for (const [name, who] of [
      ['A', OWNER],
      ['B', subject('A03')],
    ] as const) {
      const dv = id(`dvLie${name}`);
      await exchange(container.sync, who, asked({ dv }));
      const { publicKey, privateKey } = newPair();
      const told = { dv, key: printed(publicKey), ...signing };
      await tellKey(container.store, container.county, told);
      devices.push({ dv, key: privateKey, personId: who.personId });
    }
    envelope = await newEnvelope(recipientsOf(await container.keys.list()));
  });

  /** A small photo under its seal, described for a case. */
  async function photoOf(fileId: string, caseId: string, by: string) {
    const start = Buffer.from([0xff, 0xd8, 0xff]);
    const photo = pictureOf(Buffer.concat([start, randomBytes(40)]));
    const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime, caseId, by };
    const place = { kind: 'file', id: fileId } as const;
    const copy = await sealCopy(envelope, place, textBytes(JSON.stringify(told)));
    const slices = await Promise.all(
      photo.chunks.map(async (chunk, n): Promise<HandInFrame> => {
        const at = { kind: 'slice', id: `${fileId}/${n}` } as const;
        const sealed = await sealCopy(envelope, at, new Uint8Array(chunk));
        return { fileId, n, of: photo.chunks.length, copy: sealed };
      }),
    );
    const of = photo.chunks.length;
    const first = { fileId, n: of, of, copy: joinBytes(idBytes(caseId), copy) };
    return { sha: photo.sha, first, slices };
  }

  async function signedBy({ dv, key }: Device, { fileId, copy }: HandInFrame): Promise<Bytes> {
    const bytes = await fileBytes(digest, { dv, fileId, copy });
    return new Uint8Array(sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }));
  }

  it('[SY213] in whatever way, none gets an owner a file that his tablet did not describe so', async () => {
    const of = dice(20_260_609);
    const seen = { owners: 0, carriers: 0, none: 0, wrong: 0 };
    for (let run = 0; run < RUNS; run++) {
      const how = LIES[run % LIES.length] ?? 'made';
      const [mine, his] = of(2) ? devices : devices.toReversed();
      if (!mine || !his) throw new Error('no devices');
      const [caseId, other] = [id(`lie${run}`), id(`lie${run}x`)];
      const true_ = await photoOf(id(`lieF${run}`), caseId, mine.personId);
      const made = await photoOf(
        id(how === 'swap' ? `lieF${run}` : `lieG${run}`),
        other,
        mine.personId,
      );
      const [right, madeBy] = [await signedBy(mine, true_.first), await signedBy(his, made.first)];
      const flipped = right.slice();
      const bit = of(right.length * 8);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const moved = { ...true_.first, copy: joinBytes(idBytes(other), true_.first.copy.slice(16)) };
      const cases = {
        made: { photo: made, first: made.first, signature: new Uint8Array(randomBytes(64)) },
        // The case outside is another one.
        case: { photo: true_, first: moved, signature: right },
        // A made-up file under the id of a true one, with the true one's signature.
        swap: { photo: made, first: made.first, signature: right },
        // Signed by another tablet.
        old: { photo: made, first: made.first, signature: madeBy },
        flip: { photo: true_, first: true_.first, signature: flipped },
        none: { photo: made, first: made.first, signature: null },
        // Of the other tablet, under this one's head.
        own: { photo: made, first: made.first, signature: await signedBy(mine, true_.first) },
        true: { photo: true_, first: true_.first, signature: right },
      } as const;
      const { photo, first, signature } = cases[how];
      const { fileId } = first;
      const mark: HandInRecord[] = signature
        ? [{ kind: 'fileSignature', file: { fileId, signature } }]
        : [];
      const records: HandInRecord[] = [
        {
          kind: 'head',
          head: {
            ...{ v: 1, dv: mine.dv, dsFrom: 0, dsTo: 1, items: 0, frames: 9 },
            ...{ created: NOW, build: 't' },
          },
        },
        { kind: 'slip', slip: envelope.slip },
        ...mark,
        ...[first, ...photo.slices].map((frame): HandInRecord => ({ kind: 'frame', frame })),
      ];
      await takePiece(county.container, CARRIER, await bytesOf(records));
      const rows = await rowsOf(photo.sha);
      const allowed = how === 'true' ? [`${mine.personId} complete ${caseId}`] : [];
      for (const row of rows)
        if (row.startsWith(`${CARRIER.personId} `)) seen.carriers += 1;
        else if (allowed.includes(row)) seen.owners += 1;
        else seen.wrong += 1;
      if (rows.length === 0) seen.none += 1;
    }
    console.info(`descriptions: ${RUNS} tried`, seen);
    expect(seen.owners).toBe(RUNS / LIES.length);
    expect(seen.carriers).toBeGreaterThan(RUNS / 2);
    expect(seen.wrong).toBe(0);
  });
});
