/** Copies of a hand-in file open at their own place alone, whoever put the file together anew. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import {
  fromBase64Url,
  joinBytes,
  sameBytes,
  textBytes,
  type Bytes,
} from '../../src/lib/protocol/bytes.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { writeHandIn, type HandInFrame, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { eventHashSync, toBase64Url, type Digest } from '../../src/lib/protocol/hash.ts';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import { newEnvelope, sealCopy, type Envelope } from '../../src/lib/protocol/sealed.ts';
import type { SealedPush } from '../../src/lib/protocol/sealed-rows.ts';
import type { Slip } from '../../src/lib/protocol/slip.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { takePiece } from '../../src/lib/server/sync/handin.ts';
import { copiedFile } from '../../src/lib/server/sync/sealed-open.ts';
import { fileOf } from '../media/agent.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { digest as hash } from '../simulation/county.ts';
import { asked, eventOf, id, sealedCounty, sealRow } from './scene.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const frameOf = (frame: HandInFrame): HandInRecord => ({ kind: 'frame', frame });
const slipOf = ({ slip }: Envelope): HandInRecord => ({ kind: 'slip', slip });
const headOf = (dv: string): HandInRecord => ({
  kind: 'head',
  head: {
    ...{ v: 1, dv: id(dv), dsFrom: 0, dsTo: 9, items: 0, frames: 0 },
    ...{ created: '2026-06-20T01:00:00.000Z', build: 't' },
  },
});

/** Description and slices of a file, as a locked tablet has them. */
async function framesOf(
  envelope: Envelope,
  fileId: string,
  told: { readonly caseId: string; readonly by: string; readonly chunks: readonly Bytes[] },
): Promise<HandInFrame[]> {
  const { caseId, by, chunks } = told;
  const all = joinBytes(...chunks);
  const sha256 = createHash('sha256').update(all).digest('hex');
  const file = { sha256, bytes: all.length, mime: 'image/jpeg', caseId, by };
  const of = chunks.length;
  const text = textBytes(JSON.stringify(file));
  const description = await sealCopy(envelope, { kind: 'file', id: fileId }, text);
  const slices = chunks.map(async (chunk, n) => {
    const copy = await sealCopy(envelope, { kind: 'slice', id: `${fileId}/${n}` }, chunk);
    return { fileId, n, of, copy };
  });
  const first = { fileId, n: of, of, copy: joinBytes(idBytes(caseId), description) };
  return [first, ...(await Promise.all(slices))];
}

async function bytesOf(records: readonly HandInRecord[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return joinBytes(...parts);
}

describe('frames that somebody put elsewhere', () => {
  const [owner, carrier] = [subject('A01'), subject('A02')];
  let county: TrafficCounty;
  let container: Container;
  beforeAll(async () => {
    county = await trafficCounty();
    container = county.container;
  });
  afterAll(() => county.close());

  /** Three slices, each another text of one length. */
  const picture = (mark: number) => {
    const start = Buffer.from([0xff, 0xd8, 0xff, mark]);
    const rest = Buffer.concat([1, 2, 3].map((n) => Buffer.alloc(CHUNK_BYTES, mark * 8 + n)));
    return fileOf(Buffer.concat([start, rest]).subarray(0, 3 * CHUNK_BYTES));
  };

  /** Two photos of one case under one envelope: nothing but their places tells them apart. */
  async function scene(name: string, mark: number) {
    const dv = `dv${name}`;
    await exchange(container.sync, owner, asked({ dv: id(dv) }));
    const envelope = await newEnvelope(recipientsOf(await container.keys.list()));
    const pictures = [picture(mark), picture(mark + 1)] as const;
    const told = { caseId: id(`case${name}`), by: owner.personId };
    const [first, second] = await Promise.all(
      pictures.map(({ chunks }, n) =>
        framesOf(envelope, id(`${name}${n}`), {
          ...told,
          chunks: chunks.map((c) => new Uint8Array(c)),
        }),
      ),
    );
    if (!first || !second) throw new Error('no frames');
    const bring = async (frames: readonly HandInFrame[]) => {
      // One piece holds 448 kB: four frames of 64 kB at a time would hide nothing, so all go at once.
      const records = [headOf(dv), slipOf(envelope), ...frames.map(frameOf)];
      return (await takePiece(container, carrier, await bytesOf(records))).files;
    };
    const size = (n: 0 | 1) => container.media.size(pictures[n].sha as never);
    return { first, second, bring, size };
  }
  const at = (frame: HandInFrame | undefined, n: number): HandInFrame => {
    if (!frame) throw new Error('no frame');
    return { ...frame, n };
  };

  it('[SY200] a slice in the place of another of its file, of its case, or twice, is taken nowhere else than at its own', async () => {
    const { first, second, bring, size } = await scene('Swap', 1);
    const [told, zero, one, two] = first;
    if (!told || !zero || !one || !two) throw new Error('no frames');
    // Swapped: the third alone stands where it was.
    expect(await bring([told, at(one, 0), at(zero, 1), two])).toMatchObject([
      { kept: 1, complete: false },
    ]);
    // Moved up, as if the one before had never been.
    expect(await bring([told, at(one, 0), at(two, 1)])).toMatchObject([
      { kept: 0, complete: false },
    ]);
    // Of another photo of the same case, under the same envelope.
    const strange = [1, 2].map((n): HandInFrame => ({
      ...at(second[n], n - 1),
      fileId: told.fileId,
    }));
    expect(await bring([told, ...strange])).toMatchObject([{ kept: 0, complete: false }]);
    // The description of the other one.
    const other = { ...at(second[0], told.of), fileId: told.fileId };
    expect(await bring([other, zero, one, two])).toMatchObject([{ kept: 0, complete: false }]);
    expect(await size(0)).toBeNull();
    // Nothing of it counts against who brings the true ones: he is heard, twice as well.
    expect(await bring([told, zero, zero, one, one, two])).toMatchObject([{ complete: true }]);
    expect(await size(0)).toBe(3 * CHUNK_BYTES);
  });

  it('[SY200] a file from whose middle or end something was taken is not whole, whatever it says of its length', async () => {
    const { first, bring, size } = await scene('Short', 11);
    const [told, zero, one, two] = first;
    if (!told || !zero || !one || !two) throw new Error('no frames');
    const says = [told, zero, one].map((frame, n) => ({ ...at(frame, (n + 2) % 3), of: 2 }));
    expect(await bring(says)).toMatchObject([{ kept: 2, complete: false }]);
    expect(await bring([told, zero, one])).toMatchObject([{ kept: 2, complete: false }]);
    expect(await size(0)).toBeNull();
    // The cut file gave all its whole frames: the one that is missing is enough.
    expect(await bring([told, two])).toMatchObject([{ kept: 1, complete: true }]);
    const middle = await scene('Middle', 21);
    const [said, ...slices] = middle.first;
    if (!said) throw new Error('no frames');
    expect(await middle.bring([said, ...slices.filter(({ n }) => n !== 1)])).toMatchObject([
      { kept: 2, complete: false },
    ]);
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

describe('files put together anew', () => {
  const FILES = Number(process.env['HANDIN_RUNS'] ?? 1_000);
  const CHANGES = ['flip', 'cut', 'swap', 'repeat', 'splice', 'drop', 'head', 'place'] as const;

  /** One person's file of three events and a photo, and what is true of it. */
  async function writer(county: Awaited<ReturnType<typeof sealedCounty>>, name: 'A' | 'B') {
    const [dv, by] = [`dv${name}`, name === 'A' ? 'wang' : 'li'];
    const envelope = await newEnvelope(county.recipients());
    const caseName = `fuzz${name}`;
    const rows = [1, 2, 3].map((ds) => ({
      ...{ ds, id: `${name}e${ds}`, caseName, said: `${name}${ds}`, by },
      ...(ds === 1 ? { t: 'case.drafted' } : {}),
    }));
    const sealed = await Promise.all(rows.map((row) => sealRow(envelope, dv, row)));
    const chunks = [0, 1, 2].map(() => new Uint8Array(randomBytes(48)));
    const fileId = id(`${name}photo`);
    const frames = await framesOf(envelope, fileId, { caseId: id(`case${caseName}`), by, chunks });
    const items = sealed.map(({ copy, ...place }): HandInRecord => {
      return { kind: 'item', item: { ...place, copy: fromBase64Url(copy) ?? new Uint8Array() } };
    });
    return {
      records: [headOf(dv), slipOf(envelope), ...items, ...frames.map(frameOf)],
      truth: {
        events: new Map(
          rows.map((row) => {
            const h = eventHashSync(hash, id(`salt${caseName}`), eventOf(row) as never);
            return [id(row.id), `${by} ${h}`];
          }),
        ),
        slices: new Map(chunks.map((chunk, n) => [`${fileId}/${n}`, chunk])),
        file: [
          fileId,
          createHash('sha256')
            .update(joinBytes(...chunks))
            .digest('hex'),
        ] as const,
      },
    };
  }

  /** The same file with one thing changed; record hashes are made anew, as anybody can. */
  async function changed(
    own: readonly HandInRecord[],
    strange: readonly HandInRecord[],
    { how, of }: { readonly how: (typeof CHANGES)[number]; readonly of: (below: number) => number },
  ): Promise<Bytes> {
    const records = [...own];
    const pick = () => 2 + of(records.length - 2);
    const [a, b] = [pick(), pick()];
    const [one, two] = [records[a], records[b]];
    if (!one || !two) throw new Error('no record');
    if (how === 'swap' && one.kind === 'frame' && two.kind === 'frame') {
      // Each copy in the other's place.
      records[a] = frameOf({ ...one.frame, copy: two.frame.copy });
      records[b] = frameOf({ ...two.frame, copy: one.frame.copy });
    } else if (how === 'swap' && one.kind === 'item' && two.kind === 'item') {
      records[a] = { kind: 'item', item: { ...one.item, copy: two.item.copy } };
      records[b] = { kind: 'item', item: { ...two.item, copy: one.item.copy } };
    } else if (how === 'swap') [records[a], records[b]] = [two, one];
    if (how === 'repeat')
      records.splice(a, 0, ...records.slice(Math.min(a, b), Math.max(a, b) + 1));
    if (how === 'drop') records.splice(a, 1);
    if (how === 'head') records[0] = strange[0] ?? one;
    if (how === 'place' && one.kind === 'frame')
      records[a] = frameOf({ ...one.frame, n: of(4), of: 1 + of(4) });
    if (how === 'place' && one.kind === 'item')
      records[a] = {
        kind: 'item',
        item: { ...one.item, ds: 1 + of(9), dv: of(2) ? id('dvB') : id('dvA') },
      };
    if (how === 'splice') {
      // The other person's slips and copies, in this one's places.
      if (strange[1]) records.splice(1, 0, strange[1]);
      const his = strange[2 + of(strange.length - 2)];
      const mine = records[3 + of(records.length - 3)];
      if (his?.kind === 'frame' && mine?.kind === 'frame')
        records.push(frameOf({ ...mine.frame, copy: his.frame.copy }));
      else if (his?.kind === 'item' && mine?.kind === 'item') {
        records.push({ kind: 'item', item: { ...mine.item, copy: his.item.copy } });
        records.push({ kind: 'item', item: { ...his.item, dv: mine.item.dv, ds: 7 } });
      } else if (his) records.push(his);
    }
    // A bit of a copy, behind a right hash; and one anywhere in the file.
    if (how === 'flip' && of(2) && (one.kind === 'frame' || one.kind === 'item')) {
      const copy = (one.kind === 'frame' ? one.frame.copy : one.item.copy).slice();
      const place = of(copy.length);
      copy[place] = (copy[place] ?? 0) ^ (1 << of(8));
      records[a] =
        one.kind === 'frame'
          ? frameOf({ ...one.frame, copy })
          : { kind: 'item', item: { ...one.item, copy } };
      return bytesOf(records);
    }
    const bytes = await bytesOf(records);
    if (how === 'cut') return bytes.slice(0, of(bytes.length));
    if (how === 'flip') {
      const place = of(bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << of(8));
    }
    return bytes;
  }

  type County = Awaited<ReturnType<typeof sealedCounty>>;
  type Writer = Awaited<ReturnType<typeof writer>>;
  interface Scene {
    readonly county: County;
    readonly both: readonly [Writer, Writer];
  }
  const sceneNow = async (): Promise<Scene> => {
    const county = await sealedCounty();
    return { county, both: [await writer(county, 'A'), await writer(county, 'B')] };
  };

  /** Whether a frame gives something, and whether that is what belongs there. */
  async function readFrame(
    { both }: Scene,
    opener: CopyOpener,
    { fileId, n, of: all, copy }: HandInFrame,
  ): Promise<'refused' | 'right' | 'wrong'> {
    const truths = both.map(({ truth }) => truth);
    if (n === all) {
      const told = await copiedFile(opener, fileId, copy.slice(16));
      if (!told.ok) return 'refused';
      const { sha256 } = told.value;
      return truths.some(({ file: [id, sha] }) => id === fileId && sha === sha256)
        ? 'right'
        : 'wrong';
    }
    const slice = await opener.open({ kind: 'slice', id: `${fileId}/${n}` }, copy);
    if (!slice.ok) return 'refused';
    const [mine] = truths.flatMap(({ slices }) => slices.get(`${fileId}/${n}`) ?? []);
    return mine && sameBytes(slice.value, mine) ? 'right' : 'wrong';
  }

  /** Rows of the log that nobody of the two wrote so, or as another than he is. */
  const strangers = ({ county, both }: Scene): number =>
    county.log().filter((row) => {
      const [told] = both.flatMap(({ truth }) => truth.events.get(row.id) ?? []);
      return told !== `${row.actor.personId} ${row.h}`;
    }).length;

  /** What the county takes and refuses of one file, and what of it is not what it says. */
  async function bring(scene: Scene, bytes: Bytes) {
    const seen = { refused: 0, right: 0, wrong: 0 };
    const opener = new CopyOpener(scene.county.ring());
    const [slips, rows]: [Slip[], SealedPush['rows'][number][]] = [[], []];
    for await (const record of readHandIn(digest, memorySource(bytes))) {
      if (record.kind === 'slip') {
        slips.push(record.slip);
        opener.know(record.slip);
      }
      if (record.kind === 'item') {
        const { copy, ...place } = record.item;
        rows.push({ ...place, copy: toBase64Url(copy) });
      }
      if (record.kind === 'frame') seen[await readFrame(scene, opener, record.frame)] += 1;
    }
    const answered = rows.length > 0 ? (await scene.county.take({ slips, rows })).results : [];
    for (const { s } of answered) seen[s === 'stored' || s === 'dup' ? 'right' : 'refused'] += 1;
    return { ...seen, wrong: seen.wrong + strangers(scene) };
  }

  it('[SY201] of files flipped, cut, swapped, repeated or spliced nothing is read as what it is not', async () => {
    const tried = new Map<string, number>();
    const seen = { refused: 0, right: 0, wrong: 0 };
    const of = dice(20_260_608);
    let scene = await sceneNow();
    for (let file = 0; file < FILES; file++) {
      // In a log that has the true events a false one finds no place: it begins anew.
      if (file % 20 === 19) scene = await sceneNow();
      const how = CHANGES[file % CHANGES.length] ?? 'flip';
      tried.set(how, (tried.get(how) ?? 0) + 1);
      const [a, b] = scene.both;
      const [own, strange] = of(2) ? [a, b] : [b, a];
      const bytes = await changed(own.records, strange.records, { how, of });
      const { refused, right, wrong } = await bring(scene, bytes);
      seen.refused += refused;
      seen.right += right;
      seen.wrong += wrong;
    }
    console.info(`hand-in files: ${FILES} tried`, Object.fromEntries(tried), seen);
    expect(seen.right).toBeGreaterThan(FILES);
    expect(seen.refused).toBeGreaterThan(FILES / 10);
    expect(seen.wrong).toBe(0);
  });
});
