/** What a slip tells of whom it is for: nothing, on the disk and in a hand-in file. */
import { afterAll, describe, expect, it } from 'vitest';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { StoreFailure, type SlipRow } from '../../src/lib/ports/tablet-store.ts';
import {
  envelopeOf,
  openCopy,
  openSlip,
  type CopyPlace,
  type Slip,
} from '../../src/lib/protocol/sealed.ts';
import { slipAbroad, slipSchema } from '../../src/lib/protocol/slip.ts';
import { chunkPlace, metaPlace } from '../../src/lib/tablet/places.ts';
import { ENVELOPES_AT_ONCE } from '../../src/lib/tablet/vault/envelopes.ts';
import { isLocked, UnreadableBody, type BlindHand } from '../../src/lib/tablet/vault.ts';
import { openTestVault } from './open.ts';
import { countyKey, endAll } from './workers.ts';

const SALT = 'sssssssssssssssssssssA';
const CASES = 6;
const idOf = (n: number): string => `${n}`.padStart(21, 'c') + 'A';
const eventOf = (n: number) =>
  ({
    body: {
      ...{ id: idOf(n + 100), caseId: idOf(n), type: 'case.taken', v: 1, payload: { n } },
      occurredAt: '2026-06-08T01:00:00.000Z',
    },
  }) as never;
afterAll(endAll);

async function scene() {
  const [intake, sealing, recovery] = [
    await countyKey('intake', 'intake-1'),
    await countyKey('intake', 'sealing-1'),
    await countyKey('recovery', 'recovery-1'),
  ];
  const store = memoryTabletStore(new TabletDisk());
  const opening = {
    recipients: [intake.recipient, recovery.recipient],
    sealing: [sealing.recipient, recovery.recipient],
  };
  const opened = await openTestVault(store, opening);
  const slipOf = async (body: Uint8Array): Promise<SlipRow> =>
    (await store.slips()).find(({ id }) => id === envelopeOf(body)) as SlipRow;
  const place = (n: number): CopyPlace => ({ kind: 'event', id: idOf(n + 100) });
  const reads = async (body: Uint8Array, by: typeof intake.own, at: CopyPlace) => {
    const key = await openSlip(await slipOf(body), by);
    return key !== null && (await openCopy(key, at, new Uint8Array(body))) !== null;
  };
  const hand = opened.vault.blind as BlindHand;
  return { ...opened, opening, store, slipOf, reads, place, hand, intake, sealing, recovery };
}

/** What stands on a slip for whoever has none of the keys. */
const lookOf = ({ wraps, own, files }: Slip & { files?: boolean }) => ({
  wraps: wraps.map(({ kind, keyId, box }) => [kind, keyId, box.length, box.slice(0, 1)]),
  own: [own?.length, own?.slice(0, 1)],
  files,
});

describe('slips that look alike', () => {
  it('[AU405] the slip of an accusation names the keys that every other names, with boxes of one length', async () => {
    const t = await scene();
    const plain = await t.vault.captureEvent(eventOf(1), SALT);
    expect(await t.hand.ready()).toBe(true);
    const blind = await t.hand.captureEvent(eventOf(2), SALT);
    const all = await t.store.slips();
    expect(all).toHaveLength(3);
    for (const slip of all) {
      expect(lookOf(slip)).toEqual(lookOf(all[0] as SlipRow));
      expect(slipSchema.safeParse(slip).success).toBe(true);
      expect(Object.keys(slip).sort()).toEqual(Object.keys(all[0] as SlipRow).sort());
      expect(slipAbroad(slip).wraps.map(({ keyId }) => keyId)).toEqual([
        ...['intake-1', 'recovery-1', 'sealing-1'],
      ]);
    }
    const boxes = all.flatMap(({ wraps, own }) => [...wraps.map(({ box }) => box), own]);
    expect(new Set(boxes).size).toBe(12);
    expect([plain.length, envelopeOf(plain)]).not.toEqual([0, envelopeOf(blind)]);
  });

  it('[AU405] a filler opens for nobody: intake reads no accusation, the sealing key nothing else', async () => {
    const t = await scene();
    const plain = await t.vault.captureEvent(eventOf(1), SALT);
    const blind = await t.hand.captureEvent(eventOf(2), SALT);
    const own = await t.vault.capture({ n: 1 }, metaPlace('a'));
    const who = [t.intake.own, t.sealing.own, t.recovery.own];
    const seen = async (body: Uint8Array, at: CopyPlace) =>
      Promise.all(who.map((by) => t.reads(body, by, at)));
    expect(await seen(plain, t.place(1))).toEqual([true, false, true]);
    expect(await seen(blind, t.place(2))).toEqual([false, true, true]);
    expect(await seen(own, { kind: 'body', id: 'meta|a|1' })).toEqual([false, false, false]);
  });

  it('[AU406] the vault tells its accusations by a key that it has not, also after the next unlock', async () => {
    const t = await scene();
    expect(await t.vault.hasBlind?.()).toBe(false);
    const plain = await t.vault.captureEvent(eventOf(1), SALT);
    const blind = await t.hand.captureEvent(eventOf(2), SALT);
    t.client.lock();
    expect(await Promise.all([plain, blind].map((b) => t.vault.isBlind?.(b)))).toEqual([
      ...[false, true],
    ]);
    const again = await openTestVault(t.store, { ...t.opening, keys: t.keys });
    expect(await again.vault.hasBlind?.()).toBe(true);
    const before = again.seen.length;
    expect(await Promise.all([plain, blind].map((b) => again.vault.isBlind?.(b)))).toEqual([
      ...[false, true],
    ]);
    expect(again.seen.slice(before)).toEqual([]);
    const read = again.vault.open(blind, { store: 'events', id: idOf(102), version: 1 });
    await expect(read).rejects.toBeInstanceOf(UnreadableBody);
    // As the version before wrote it: without a box for the vault, named by its own keys alone.
    const slip = await t.slipOf(blind);
    const wraps = slip.wraps.filter(({ keyId }) => keyId !== 'intake-1');
    await t.store.putSlips([{ ...slipAbroad({ ...slip, wraps }), day: slip.day, files: false }]);
    const older = await openTestVault(t.store, { ...t.opening, keys: t.keys });
    expect(await older.vault.isBlind?.(blind)).toBe(true);
    expect(await t.reads(blind, t.sealing.own, t.place(2))).toBe(true);
    // A lock says nothing about a slip that was not asked for yet.
    await t.store.putSlips([slip]);
    const locked = await openTestVault(t.store, { ...t.opening, keys: t.keys });
    locked.client.lock();
    const asked = await locked.vault.isBlind?.(plain).catch((error: unknown) => error);
    expect(isLocked(asked)).toBe(true);
  });

  it('[AU407] cases and files of either kind are spread over several envelopes; all of one case is in one', async () => {
    const t = await scene();
    const envelopes = async (by: Pick<BlindHand, 'captureEvent' | 'captureBytes'>) => {
      const events = [];
      for (let n = 0; n < CASES; n++)
        events.push(
          envelopeOf(await by.captureEvent(eventOf(n), SALT)),
          envelopeOf(await by.captureEvent(eventOf(n), SALT)),
        );
      const slices = [0, 1].map((n) => by.captureBytes(new Uint8Array(3), chunkPlace(idOf(9), n)));
      const parts = (await Promise.all(slices)).map((body) => envelopeOf(body));
      expect(parts[0]).toBe(parts[1]);
      for (let n = 0; n < events.length; n += 2) expect(events[n]).toBe(events[n + 1]);
      return new Set(events);
    };
    const [plain, blind] = [await envelopes(t.vault), await envelopes(t.hand)];
    expect([plain.size, blind.size]).toEqual([ENVELOPES_AT_ONCE, ENVELOPES_AT_ONCE]);
    expect([...plain].filter((id) => blind.has(id))).toEqual([]);
    const kept = new Set((await t.store.slips()).map(({ id }) => id));
    for (const id of [...plain, ...blind]) expect(kept.has(id ?? '')).toBe(true);
  });

  it('[AU407] locked, or without room for another slip: what was begun serves, and nothing is lost', async () => {
    for (const how of ['locked', 'full']) {
      const t = await scene();
      expect(await t.hand.ready()).toBe(true);
      if (how === 'locked') t.client.lock();
      else
        Object.assign(t.store, {
          putSlips: () => Promise.reject(new StoreFailure('STORAGE_FULL')),
        });
      const [plain, blind] = [new Set<string | null>(), new Set<string | null>()];
      for (let n = 0; n < CASES; n++) {
        plain.add(envelopeOf(await t.vault.captureEvent(eventOf(n), SALT)));
        blind.add(envelopeOf(await t.hand.captureEvent(eventOf(n), SALT)));
      }
      const kept = new Set((await t.store.slips()).map(({ id }) => id));
      for (const id of [...plain, ...blind]) expect(kept.has(id ?? '')).toBe(true);
      expect(plain.size).toBe(1);
    }
  });
});
