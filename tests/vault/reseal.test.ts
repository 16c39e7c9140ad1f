import { afterAll, describe, expect, it } from 'vitest';
import type { EventRow } from '../../src/lib/ports/tablet-store.ts';
import type { Transport } from '../../src/lib/ports/transport.ts';
import { GENESIS_TAG } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply } from '../../src/lib/protocol/sync.ts';
import { envelopeOf } from '../../src/lib/protocol/sealed.ts';
import { exchangeRound } from '../../src/lib/tablet/sync-round.ts';
import { eventPlace, metaPlace } from '../../src/lib/tablet/places.ts';
import { lockable, type Lockable } from '../../src/lib/tablet/lockable.ts';
import { isLocked } from '../../src/lib/tablet/vault.ts';
import { reseal, SLIP_DAYS } from '../../src/lib/tablet/vault/reseal.ts';
import { countedClock } from '../simulation/county.ts';
import { run, scene, type Scene } from '../tablet-scene.ts';
import { openTestVault, type TestVault } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);

interface Vaulted extends Scene {
  readonly opened: TestVault;
  readonly seam: Lockable;
}

const DAY = 20_000;

async function tablet(today = () => DAY): Promise<Vaulted> {
  let made: { opened: TestVault; seam: Lockable } | null = null;
  const s = await scene({}, async (store) => {
    const opened = await openTestVault(store, { today });
    made = { opened, seam: lockable(opened.vault) };
    return made.seam.vault;
  });
  return { ...s, ...(made as unknown as { opened: TestVault; seam: Lockable }) };
}

const change = (s: Scene, of: { put?: (r: EventRow) => EventRow; safe?: number }) =>
  s.store.exchange({ ids: [], cases: [], own: true, all: false }, (view) => ({
    sync: { ...view.sync, safe: of.safe ?? view.sync.safe },
    put: of.put ? [...view.rows.values()].map(of.put) : [],
    ...{ remove: [], touch: [], removeCases: [], mediaAgain: false },
  }));
const bodies = async ({ store }: Scene) => {
  const rows = [...(await store.eventsIn('p')), ...(await store.eventsIn('a'))];
  return rows.map(({ body }) => (envelopeOf(body) === null ? 'vault' : 'envelope')).join(' ');
};
const clear = async ({ store }: Scene) =>
  [...(await store.eventsIn('p')), ...(await store.eventsIn('a'))].map(
    ({ body: _, ...rest }) => rest,
  );

describe('sealed anew in idle time', () => {
  it('[TB81] an own event leaves its envelope when it stands in a checked backup, and comes back after a rewind', async () => {
    const t = await tablet();
    const turn = () => reseal({ store: t.store, vault: t.seam.vault, today: () => DAY });
    for (const text of ['一', '二', '三']) await t.hazard(text);
    await turn();
    expect(await bodies(t)).toBe('envelope envelope envelope');
    await run(t);
    await turn();
    expect(await bodies(t)).toBe('envelope envelope envelope');
    const [, second] = await t.store.eventsIn('a');
    await change(t, { safe: second?.seq ?? 0 });
    const before = await clear(t);
    expect(await turn()).toMatchObject({ swapped: 2, more: false });
    expect(await bodies(t)).toBe('vault vault envelope');
    expect(await clear(t)).toEqual(before);
    const [row] = await t.store.eventsIn('a');
    const opened = await t.seam.vault.open(
      row?.body ?? new Uint8Array(),
      eventPlace(row?.id ?? ''),
    );
    expect(opened).toMatchObject({ body: { payload: { text: '一' } } });
    expect(opened).not.toHaveProperty('salt');
    await change(t, { put: (r) => ({ ...r, state: 'p', seq: 0, epoch: '', tag: '' }) });
    expect(await turn()).toMatchObject({ swapped: 2 });
    expect(await bodies(t)).toBe('envelope envelope envelope');
  });

  it('[SY115] what a rewind makes unsent lies in an envelope before it does, or the rewind waits', async () => {
    const t = await tablet();
    for (const text of ['一', '二']) await t.hazard(text);
    await run(t);
    await change(t, { safe: 99 });
    await reseal({ store: t.store, vault: t.seam.vault, today: () => DAY });
    await t.hazard('三');
    expect(await bodies(t)).toBe('envelope vault vault');
    const before = await clear(t);
    const top = { safe: 0, spreadSeconds: 0, minBuild: '0', now: '2026-06-20T01:00:00.000Z' };
    const reply = { kind: 'epoch', epoch: 'e2', base: 0, head: 0, headTag: GENESIS_TAG, ...top };
    const heard = { kind: 'reply', reply: reply as ExchangeReply, bytes: 1 } as const;
    const transport: Transport = {
      exchange: async () => heard,
      putChunk: async () => ({ kind: 'offline' }),
    };
    const clock = countedClock('R');
    const round = () => {
      const deps = { ...t.deps, vault: t.seam.vault, transport, clock, build: 't', schema: 1 };
      return exchangeRound(deps, 90_000, []);
    };
    let waited = 0;
    for (let lockAt = 1; ; lockAt++) {
      const open = await openTestVault(t.store, { keys: t.opened.keys, lockAt });
      t.seam.behind(open.vault);
      const done: unknown = await round().catch((error: unknown) => error);
      if (!isLocked(done)) break;
      waited += 1;
      expect(await clear(t)).toEqual(before);
    }
    expect(waited).toBeGreaterThan(1);
    expect([await bodies(t), (await t.store.eventsIn('p')).length]).toEqual([
      ...['envelope envelope envelope', 3],
    ]);
    expect((await t.store.sync())?.epoch).toBe('e2');
  });

  it('[TB80] a slip goes with the last body under it, days later, and what is here still opens', async () => {
    let now = DAY;
    const t = await tablet(() => now);
    const first = t.opened;
    await t.hazard('一');
    await run(t);
    await change(t, { safe: 99 });
    const later = DAY + SLIP_DAYS + 1;
    const again = await openTestVault(t.store, { keys: first.keys, today: () => later });
    t.seam.behind(again.vault);
    expect((await t.store.slips()).length).toBe(4);
    const turn = (day: number) => reseal({ ...t.deps, vault: t.seam.vault, today: () => day });
    const early = await turn(DAY + SLIP_DAYS);
    expect(early).toMatchObject({ dropped: 0 });
    expect((await t.store.slips()).length).toBe(4);
    expect(await turn(later)).toMatchObject({ swapped: 0, dropped: 2 });
    expect((await t.store.slips()).map((s) => s.day)).toEqual([later, later]);
    const [row] = await t.store.eventsIn('a');
    await t.seam.vault.open(row?.body ?? new Uint8Array(), eventPlace(row?.id ?? ''));
    // The first window still has its envelope: what it writes brings the slip back.
    now = later;
    const late = await first.vault.capture({ n: 1 }, metaPlace('x'));
    expect((await t.store.slips()).map((s) => s.id)).toContain(envelopeOf(late));
    expect(await t.seam.vault.open(late, metaPlace('x'))).toEqual({ n: 1 });
  });

  it('[TB82] a lock in the middle leaves every body as it is', async () => {
    const t = await tablet();
    await t.hazard('一');
    await run(t);
    await change(t, { safe: 99 });
    for (let lockAt = 1; ; lockAt++) {
      const open = await openTestVault(t.store, { keys: t.opened.keys, lockAt });
      t.seam.behind(open.vault);
      const before = await t.store.eventsIn('a');
      const done: unknown = await reseal({
        ...t.deps,
        vault: t.seam.vault,
        today: () => DAY,
      }).catch((error: unknown) => error);
      if (!isLocked(done)) break;
      expect(await t.store.eventsIn('a')).toEqual(before);
    }
    expect(await bodies(t)).toBe('vault');
  });
});
