import { afterAll, describe, expect, it } from 'vitest';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { StoreFailure } from '../../src/lib/ports/tablet-store.ts';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { envelopeOf, openCopy, openSlip } from '../../src/lib/protocol/sealed.ts';
import { sealedEventSchema, sealedFileSchema } from '../../src/lib/protocol/sealed-event.ts';
import {
  casePlace,
  chunkPlace,
  draftPlace,
  eventPlace,
  mediaPlace,
  metaPlace,
} from '../../src/lib/tablet/places.ts';
import type { SealedMedia } from '../../src/lib/tablet/sealed-media.ts';
import { encodePlain, isLocked, plainVault, UnreadableBody } from '../../src/lib/tablet/vault.ts';
import { openTestVault, type TestOpening } from './open.ts';
import { countyKey, endAll } from './workers.ts';

const ID = 'eeeeeeeeeeeeeeeeeeeeeA';
const CASE = 'cccccccccccccccccccccA';
const SALT = 'sssssssssssssssssssssA';
const event = {
  body: {
    ...{ id: ID, caseId: CASE, type: 'case.taken', v: 1, occurredAt: '2026-06-08T01:00:00.000Z' },
    payload: { words: '粪堆挨着水井' },
  },
  h: 'a'.repeat(64),
} as never;
const meta: SealedMedia = {
  ...{ sha256: 'b'.repeat(64), bytes: 9, mime: 'image/jpeg', kind: 'PHOTO', caption: '井边' },
  capturedAt: '2026-06-08T01:00:00.000Z',
};

const open = async (opening: TestOpening = {}) => {
  const disk = new TabletDisk();
  const store = memoryTabletStore(disk);
  return { disk, store, ...(await openTestVault(store, opening)) };
};
const torn = (body: Uint8Array): Uint8Array => {
  const bad = body.slice();
  bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
  return bad;
};
afterAll(endAll);

describe('the seam with keys', () => {
  it('[TB60] what is sealed or opened in one turn is one message', async () => {
    const { client, seen, vault } = await open();
    const ids = Array.from({ length: 9 }, (_, n) => `e${n}`);
    const sealed = await Promise.all(ids.map((id) => vault.seal({ id }, casePlace(id))));
    const captured = await Promise.all(ids.map((id) => vault.capture({ id }, metaPlace(id))));
    const values = await Promise.all([
      ...sealed.map((body, n) => vault.open(body, casePlace(`e${n}`))),
      ...captured.map((body, n) => vault.open(body, metaPlace(`e${n}`))),
    ]);
    expect(values).toEqual([...ids, ...ids].map((id) => ({ id })));
    expect(seen).toEqual(['seal', 'open']);
    client.lock();
  });

  it('[TB61] one torn body fails alone; a lock in the middle is no torn body', async () => {
    const { client, vault } = await open();
    for (const good of [
      await vault.seal({ n: 1 }, draftPlace('a', 1)),
      await vault.capture({ n: 1 }, draftPlace('a', 1)),
    ]) {
      const [first, second, moved, older] = await Promise.allSettled([
        vault.open(good, draftPlace('a', 1)),
        vault.open(torn(good), draftPlace('a', 1)),
        vault.open(good, draftPlace('b', 1)),
        vault.open(good, draftPlace('a', 2)),
      ]);
      expect(first).toMatchObject({ status: 'fulfilled', value: { n: 1 } });
      for (const bad of [second, moved, older])
        expect(bad).toMatchObject({ reason: expect.any(UnreadableBody) });
    }
    const good = await vault.seal(1, metaPlace('a'));
    const asked = vault.open(good, metaPlace('a'));
    client.lock();
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(UnreadableBody);
    expect(isLocked(error)).toBe(true);
  });

  it('[TB62] a plain body never opens in a vault: somebody put it there', async () => {
    const { vault } = await open();
    const old = encodePlain({ words: '粪堆' });
    const picture = await plainVault().captureBytes(randomBytes(50), chunkPlace('m', 0));
    await expect(vault.open(old, eventPlace('a'))).rejects.toThrow(UnreadableBody);
    await expect(vault.openBytes(picture, chunkPlace('m', 0))).rejects.toThrow(UnreadableBody);
    await expect(vault.openBytes(new Uint8Array(), chunkPlace('m', 0))).rejects.toThrow(
      UnreadableBody,
    );
  });

  it('[AU120] after the lock everything can be written and nothing read, until the log-out', async () => {
    const { client, vault, drop, store, keys } = await open();
    const before = await vault.captureEvent(event, SALT);
    client.lock();
    const [row, draft, slice, file] = [
      await vault.captureEvent(event, SALT),
      await vault.capture({ text: '还在写' }, draftPlace('d', 1)),
      await vault.captureBytes(new Uint8Array(70_000), chunkPlace('m', 3)),
      await vault.capture(meta, mediaPlace('m')),
    ];
    for (const asked of [
      vault.open(before, eventPlace(ID)),
      vault.openBytes(slice, chunkPlace('m', 3)),
      vault.seal({}, casePlace(CASE)),
    ])
      expect(isLocked(await asked.catch((reason: unknown) => reason))).toBe(true);
    drop();
    const late = await vault.capture({}, metaPlace('x')).catch((reason: unknown) => reason);
    expect(isLocked(late)).toBe(true);
    const again = await openTestVault(store, { keys });
    expect(await again.vault.open(row, eventPlace(ID))).toMatchObject(event);
    expect(await again.vault.open(draft, draftPlace('d', 1))).toEqual({ text: '还在写' });
    expect(await again.vault.openBytes(slice, chunkPlace('m', 3))).toHaveLength(70_000);
    expect(await again.vault.open(file, mediaPlace('m'))).toEqual(meta);
  });

  it('[AU121] the county opens events and files with its slip, and drafts, entries and settings never', async () => {
    const { recipient, own } = await countyKey('intake', 'i1');
    const { vault, store } = await open({ recipients: [recipient] });
    const slips = new Map((await store.slips()).map((slip) => [slip.id, slip]));
    const read = async (
      body: Uint8Array,
      kind: 'event' | 'file' | 'slice' | 'body',
      id: string,
    ) => {
      const slip = slips.get(envelopeOf(body) ?? '');
      const key = slip && (await openSlip(slip, own));
      const plain = key && (await openCopy(key, { kind, id }, body));
      return plain ? Buffer.from(plain).toString() : null;
    };
    const row = JSON.parse((await read(await vault.captureEvent(event, SALT), 'event', ID)) ?? '');
    expect(sealedEventSchema.parse(row)).toEqual({ ...(event as object), salt: SALT });
    const sealed = await vault.capture(meta, mediaPlace('m'));
    const file = JSON.parse((await read(sealed, 'file', 'm')) ?? '');
    expect(sealedFileSchema.parse(file)).toMatchObject({ sha256: meta.sha256, bytes: 9 });
    const slice = await vault.captureBytes(new Uint8Array([65, 66]), chunkPlace('m', 1));
    expect(await read(slice, 'slice', 'm/1')).toBe('AB');
    for (const place of [draftPlace('d', 1), casePlace(CASE), metaPlace('forms')]) {
      const body = await vault.capture({ words: '私房话' }, place);
      expect(await read(body, 'body', `${place.store}|${place.id}|${place.version}`)).toBeNull();
    }
  });

  it('[TB80] slips are on the disk before anything lies under them; a day later they are new again', async () => {
    let day = 20_000;
    const { vault, store, disk } = await open({ today: () => day });
    expect((await store.slips()).map((s) => [s.day, s.files])).toEqual([
      [20_000, false],
      [20_000, false],
    ]);
    day = 20_005;
    disk.slips.clear();
    const body = await vault.capture({ n: 1 }, metaPlace('a'));
    await vault.captureBytes(new Uint8Array(3), chunkPlace('m', 0));
    const [own, county] = await store.slips();
    expect([own?.id, own?.day, own?.files]).toEqual([envelopeOf(body), 20_005, false]);
    expect([county?.day, county?.files]).toEqual([20_005, true]);
    await vault.captureEvent(event, SALT);
    expect((await store.slips()).find((s) => s.id === county?.id)?.files).toBe(true);
  });

  it('[TB80] where a slip cannot be kept nothing is sealed under it', async () => {
    let day = 20_000;
    const { vault, store } = await open({ today: () => day });
    Object.assign(store, { putSlips: () => Promise.reject(new StoreFailure('STORAGE_FULL')) });
    day = 20_001;
    await expect(vault.capture({}, metaPlace('a'))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(openTestVault(store)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  });
});
