/** Field by field: what stands in clear beside the sealed bodies, after the real work with a real county. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exactSync } from '../../src/lib/tablet/heard.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { newDraft, plainCell } from '../../src/lib/tablet/drafts.ts';
import { recordLater } from '../../src/lib/tablet/record.ts';
import { plainVault } from '../../src/lib/tablet/vault.ts';
import { ADDED, tablet, value, type Tablet } from '../blind/scene.ts';
import { digest, trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { unknownIn } from './clear-list.ts';
import { lookAtDatabases } from './clear-look.ts';
import { endAll } from './workers.ts';

let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(async () => {
  endAll();
  await county.close();
});

/** Cases of both kinds, a file, a draft, a contact, and something that waits behind it. */
async function worked(t: Tablet): Promise<void> {
  const caseId = await t.take(false);
  await t.take();
  const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '井' } as const;
  value(await keepFile({ ...t, digest }, { caseId }, { bytes: new Uint8Array(70_000), meta }));
  const drafts = { ...t, cell: plainCell, changed: () => undefined };
  const hold = async () => ({ release: () => undefined });
  const draft = value(await newDraft({ ...drafts, hold }, { id: 'intake', version: 1 }));
  value(await draft.save({ answers: { words: ['话'] } }));
  await t.send();
  value(await recordLater(t.record, caseId, [ADDED]));
}

/** What of this tablet's database is not on the list; the ids of this scene are shorter than a browser's. */
async function unknown({ database }: Tablet): Promise<string[]> {
  const found = (await lookAtDatabases()).filter(({ at }) => at.startsWith(`${database}/`));
  expect(found.length).toBeGreaterThan(200);
  const named = found.map(({ at, value: v }) => ({ at: at.replace(database, 'vault'), value: v }));
  return unknownIn(named);
}

describe('a tablet with a vault, field by field', () => {
  it('[AU460] every field of every row is one of the reviewed list, and stands in its form', async () => {
    const t = await tablet(county);
    await worked(t);
    expect(await unknown(t)).toEqual([]);
  });

  it('[AU460] a field that nobody reviewed, a body in clear and a finer time are seen', async () => {
    const t = await tablet(county);
    await worked(t);
    const [row] = await t.store.eventsIn('p');
    const [file] = await t.store.media();
    const plain = await plainVault().seal({ words: '阚玉楼' }, {} as never);
    await t.store.putMeta('whom', plain);
    await t.store.putMedia({ ...file!, caption: '井' } as never, []);
    await t.store.putDraft({ ...row!, rev: 1, day: Date.now() });
    await t.store.exchange({ ids: [], cases: [], own: false, all: false }, ({ sync }) => ({
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...sync, lastReceiptAt: '2026-06-20T01:02:03.000Z' },
    }));
    const red = (await unknown(t)).map((line) => line.split(' = ')[0]);
    expect(red).toEqual(
      expect.arrayContaining([
        ...['vault/drafts.day', 'vault/media.caption', 'vault/meta.body', 'vault/meta.key'],
        'vault/meta.sync.lastReceiptAt',
      ]),
    );
  });

  it('[AU461] the county’s word stands to the day in clear, to the second for whoever opens the vault', async () => {
    const t = await tablet(county);
    await worked(t);
    const sync = await t.store.sync();
    expect(sync?.lastReceiptAt).toMatch(/T16:00:00\.000Z$/);
    const exact = await exactSync(t.vault, sync!);
    expect(exact.lastReceiptAt).not.toBe(sync?.lastReceiptAt);
    expect(exact.lastReceiptAt.slice(0, 10) >= sync!.lastReceiptAt.slice(0, 10)).toBe(true);
    // Torn, or under other keys: the day is still there. From an earlier build: its own time counts.
    const other = await tablet(county);
    expect((await exactSync(other.vault, sync!)).lastReceiptAt).toBe(sync?.lastReceiptAt);
    const { heard, ...before } = { ...sync!, lastReceiptAt: exact.lastReceiptAt };
    expect(heard).toBeDefined();
    expect((await exactSync(t.vault, before)).lastReceiptAt).toBe(exact.lastReceiptAt);
  });
});
