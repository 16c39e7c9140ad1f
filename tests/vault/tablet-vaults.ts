/** A tablet's vaults on fake-indexeddb with a clock that stands until it is told to go. */
import { createHash } from 'node:crypto';
import type { Bytes } from '../../src/lib/protocol/bytes.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { openRegistry, type Registry } from '../../src/lib/tablet/registry.ts';
import { REGISTRY } from '../../src/lib/tablet/registry-look.ts';
import { VaultHouse, type Making, type Uploaded } from '../../src/lib/tablet/vaults.ts';
import { countyKey, newKeeper, newVault, QUICK_KDF } from './workers.ts';

export const digest: Digest = async (bytes) =>
  new Uint8Array(createHash('sha256').update(bytes).digest()) as Bytes;

export const START = Date.UTC(2026, 5, 8, 1);
export const PIN = '739264';
export const PASSPHRASE = '河边的老榆树下有口井水甜';

/** A fresh disk. */
export const forgetAll = async (): Promise<void> => {
  for (const { name } of await indexedDB.databases())
    await new Promise<void>((done) => {
      const request = indexedDB.deleteDatabase(name ?? REGISTRY);
      request.onsuccess = request.onerror = request.onblocked = () => done();
    });
};

/** One browser window of a tablet; `again()` is another window or the same after a kill. */
export async function tabletVaults() {
  const clock = { wall: START, up: 0 };
  const registry = await openRegistry();
  const recovery = await countyKey('recovery', 'r1');
  const intake = await countyKey('intake', 'i1');
  const uploads: Uploaded[] = [];
  const house = (): VaultHouse =>
    new VaultHouse({
      ...{ registry: async (): Promise<Registry> => registry, digest, kdf: QUICK_KDF },
      ...{ wall: () => clock.wall, up: () => clock.up },
      ...{ newVault: () => newVault(), newKeeper: () => newKeeper(() => ({ ...clock })) },
    });
  const recipients = [intake.recipient, recovery.recipient];
  const making = (more: Partial<Making> = {}): Making => ({
    ...{ card: 'make', pin: PIN, passphrase: PASSPHRASE, sign: 3, known: ['A01'], day: 20_612 },
    ...{ dv: 'd'.repeat(22), recipients, movingFrom: null },
    upload: async (of) => {
      uploads.push(of);
      return { ok: true, value: null };
    },
    ...more,
  });
  const pass = (seconds: number): void => {
    clock.wall += seconds * 1000;
    clock.up += seconds * 1000;
  };
  return {
    clock,
    pass,
    registry,
    recovery,
    recipients,
    uploads,
    making,
    house: house(),
    again: house,
  };
}
