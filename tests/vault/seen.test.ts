/** Small things that a vault keeps of itself, sealed: the minute of the clock, a card that was shown. */
import { afterAll, expect, it } from 'vitest';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { cardWaitsIn, keepCardWaits, keepSeen, seenIn } from '../../src/lib/tablet/engine.ts';
import { META } from '../../src/lib/tablet/settings.ts';
import { openTestVault } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const NOW = Date.UTC(2026, 5, 8, 1, 2, 3, 456);

it('[AU409] lies sealed, is written after the lock too, and torn it says nothing', async () => {
  const store = memoryTabletStore(new TabletDisk());
  const { vault, client, keys } = await openTestVault(store);
  const engine = { store, vault, sync: null as never };
  expect(await seenIn(engine)).toBeNull();
  await keepSeen(engine, NOW + 0.75);
  expect(await seenIn(engine)).toBe(NOW);
  client.lock();
  await keepSeen(engine, NOW + 60_000);
  const body = (await store.meta(META.seen)) ?? new Uint8Array();
  for (const form of [`${NOW + 60_000}`, 'seenAt'])
    expect(Buffer.from(body).includes(form)).toBe(false);
  const again = { ...engine, vault: (await openTestVault(store, { keys })).vault };
  expect(await seenIn(again)).toBe(NOW + 60_000);
  await store.putMeta(META.seen, body.slice(0, -1));
  expect(await seenIn(again)).toBeNull();
});

it('[AU502] that a card was shown lies sealed, is taken back, and torn it says nothing', async () => {
  const store = memoryTabletStore(new TabletDisk());
  const { vault } = await openTestVault(store);
  const engine = { store, vault, sync: null as never };
  expect(await cardWaitsIn(engine)).toBe(false);
  await keepCardWaits(engine, true);
  expect(await cardWaitsIn(engine)).toBe(true);
  const body = (await store.meta(META.cardShown)) ?? new Uint8Array();
  expect(Buffer.from(body).includes('waits')).toBe(false);
  await store.putMeta(META.cardShown, body.slice(0, -1));
  expect(await cardWaitsIn(engine)).toBe(false);
  await keepCardWaits(engine, true);
  await keepCardWaits(engine, false);
  expect(await cardWaitsIn(engine)).toBe(false);
});
