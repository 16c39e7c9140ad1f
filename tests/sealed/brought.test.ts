/** What whoever brought a hand-in file is told: what is missing of it, what it is not, and what waits. */
import { describe, expect, it } from 'vitest';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { joinBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { bringHandIn } from '../../src/lib/protocol/handin-bring.ts';
import { blobSource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { HANDIN_MAGIC, writeHandIn, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { HELD_CODES } from '../../src/lib/protocol/sealed-rows.ts';
import { broughtWaiting } from '../../src/lib/server/desk/handin.ts';
import { HELD_WHY } from '../../src/lib/server/sync/sealed-held.ts';
import { handInFileOf } from '../../src/lib/tablet/handin-file.ts';
import { LACKING_SHOWN_MAX, lackingLines } from '../../src/lib/ui/handin-lines.ts';
import { deskHandInEn } from '../../src/lib/ui/messages/desk-handin.en.ts';
import { deskHandInZh } from '../../src/lib/ui/messages/desk-handin.zh-CN.ts';
import { vaultWords } from '../../src/lib/ui/messages/vault.ts';
import {
  asksSoFar,
  county,
  digest,
  line,
  lockedVault,
  NOW,
  useCounty,
  type Locked,
} from './locked-vault.ts';

useCounty();

async function recordsOf({ name }: Locked): Promise<HandInRecord[]> {
  const file = await handInFileOf(name, { digest, build: 't', now: () => NOW });
  if (!file) throw new Error('no file');
  const records: HandInRecord[] = [];
  for await (const record of readHandIn(digest, blobSource(file.blob))) records.push(record);
  return records;
}

async function blobOf(records: readonly HandInRecord[]): Promise<Blob> {
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return new Blob([joinBytes(...parts)]);
}

const bring = async (records: readonly HandInRecord[], who = 'A02') =>
  bringHandIn(await blobOf(records), line({ who }));

describe('what is missing of a hand-in file', () => {
  it('[SY215] is told: how many of how many, and the case to who may see it alone', async () => {
    const vault = await lockedVault(3);
    const all = await recordsOf(vault);
    const isItem = (record: HandInRecord) => record.kind === 'item' && record.item.ds === 3;
    const isLast = (record: HandInRecord) => record.kind === 'frame' && record.frame.n === 1;
    const part = all.filter((record) => !isItem(record) && !isLast(record));
    const told = await bring(part);
    expect(told).toMatchObject({
      kind: 'whole',
      listed: { items: 3, frames: 3 },
      read: { items: 2, frames: 2 },
      report: { stored: 2, filesBegun: 1 },
    });
    const lacks = { of: 2, wanted: 1 };
    expect(told.report.lacking).toEqual([{ fileId: vault.fileId, lacks, no: null }]);
    const own = await bring(part, 'A01');
    const no = own.report.lacking[0]?.no;
    expect(own.report.lacking).toEqual([{ fileId: vault.fileId, lacks, no }]);
    expect(no).toMatch(/^临-/);
    const lines = lackingLines(told, deskHandInZh);
    expect(lines).toEqual([
      '清单上 3 条，读出来 2 条，缺 1 条。',
      '照片和录音分成的小块：清单上 3 块，读出来 2 块，缺 1 块。',
      '有一件的一个照片或者录音：一共 2 块，还差 1 块。',
      deskHandInZh.again,
    ]);
    expect(lackingLines(own, vaultWords['zh-CN'].handIn)[2]).toContain(no);
    // The rest comes: nothing is missing any more, and nothing is said.
    const rest = await bring(all);
    expect(rest).toMatchObject({ kind: 'whole', report: { filesComplete: 1, lacking: [] } });
    expect(lackingLines(rest, deskHandInZh)).toEqual([]);
  });

  it('[SY215] a photo whose description is lost is told as one, without a number', async () => {
    const vault = await lockedVault(1);
    const all = await recordsOf(vault);
    const bare = all.filter(
      (record) => record.kind !== 'frame' || record.frame.n !== record.frame.of,
    );
    const told = await bring(bare);
    expect(told.report.lacking).toEqual([{ fileId: vault.fileId, lacks: null, no: null }]);
    expect(lackingLines(told, deskHandInZh)).toContain(deskHandInZh.unclear(1));
  });

  it('[SY215] is told in both languages, at the desk and on the tablet, and never without an end', () => {
    const many = Array.from({ length: LACKING_SHOWN_MAX + 3 }, () => ({
      ...{ lacks: { of: 4, wanted: 2 }, no: 'N7' },
    }));
    const looks = {
      ...{ listed: { items: 9, frames: 9 }, read: { items: 8, frames: 8 } },
      report: { filesUnsigned: 2, lacking: [...many, { lacks: null, no: null }] },
    };
    const all = [deskHandInZh, deskHandInEn, vaultWords['zh-CN'].handIn, vaultWords.en.handIn];
    for (const words of all) {
      const lines = lackingLines(looks, words);
      expect(lines).toHaveLength(2 + LACKING_SHOWN_MAX + 4);
      expect(lines.at(-1)).toBe(words.again);
      expect(lines.filter((text) => text.includes('N7'))).toHaveLength(LACKING_SHOWN_MAX);
      const unsigned = { ...looks, listed: null, report: { filesUnsigned: 2, lacking: [] } };
      expect(lackingLines(unsigned, words)).toEqual([words.unsigned(2)]);
    }
  });
});

describe('a file that is no hand-in file', () => {
  it('[SY216] is told from one that is cut: empty, a photo, and one of which nothing can be read', async () => {
    const before = asksSoFar();
    const jpeg = new Uint8Array(90_000).fill(7);
    jpeg.set([0xff, 0xd8, 0xff, 0xe0]);
    for (const bytes of [new Uint8Array(0), jpeg])
      expect(await bringHandIn(new Blob([bytes]), line())).toMatchObject({ kind: 'foreign' });
    const ruined = new Blob([HANDIN_MAGIC, new Uint8Array(5_000)]);
    expect(await bringHandIn(ruined, line())).toMatchObject({ kind: 'ruined', listed: null });
    expect(asksSoFar()).toBe(before);
    const vault = await lockedVault(2);
    const file = await blobOf(await recordsOf(vault));
    const cut = await bringHandIn(file.slice(0, file.size - 50), line());
    expect(cut).toMatchObject({ kind: 'cut', report: { stored: 2 } });
    expect(await bringHandIn(file, line())).toMatchObject({ kind: 'whole' });
  });
});

describe('copies that the county cannot take in', () => {
  it('[SY217] exchanged ones are told by one wording on both pages, as what they are', async () => {
    const all = await recordsOf(await lockedVault(3));
    const [, one, two] = all.flatMap((record) => (record.kind === 'item' ? [record.item] : []));
    if (!one || !two) throw new Error('no items');
    const swapped = all.map((record): HandInRecord => {
      if (record.kind !== 'item' || record.item.ds === 1) return record;
      const { copy } = record.item === one ? two : one;
      return { kind: 'item', item: { ...record.item, copy } };
    });
    const { report } = await bring(swapped);
    expect(report).toMatchObject({ stored: 1, held: 2, heldBy: { SEALED_BROKEN: 2 } });
    expect(deskHandInZh.heldWhy).toEqual(HELD_WHY);
    expect(Object.keys(deskHandInEn.heldWhy)).toEqual(Object.keys(deskHandInZh.heldWhy));
    expect(Object.keys(HELD_WHY).toSorted()).toEqual([...HELD_CODES].toSorted());
  });

  it('[SY218] wait in a line for the one who brought them, and for nobody else', async () => {
    const { container } = county;
    const waiting = (who: string) =>
      broughtWaiting({ db: container.db as never, county: container.county }, subject(who));
    const stranger = 'A04';
    expect(await waiting(stranger)).toEqual([]);
    const unknown = await lockedVault(2, { enrolled: false });
    const { report } = await bring(await recordsOf(unknown), stranger);
    expect(report).toMatchObject({ held: 2, heldBy: { SEALED_NO_DEVICE: 2 } });
    const since = container.clock.now().slice(0, 10);
    expect(await waiting(stranger)).toEqual([
      { code: 'SEALED_NO_DEVICE', n: 2, since: expect.stringContaining(since) as string },
    ]);
    expect(await waiting('A03')).toEqual([]);
    // Once it joined the log nothing waits.
    await container.store.transact(container.county, async (tx) => {
      const rows = await tx.asideOpen('SEALED_NO_DEVICE', 10);
      await tx.write({ adopted: rows.map((row) => ({ id: row.id, seq: 1 })) });
    });
    expect(await waiting(stranger)).toEqual([]);
  });
});
