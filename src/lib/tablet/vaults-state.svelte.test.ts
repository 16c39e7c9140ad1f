import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VaultRow } from './registry.ts';
import type { VaultsHost } from './vaults-host.ts';
import { VaultsState } from './vaults-state.svelte.ts';
import type { VaultHouse } from './vaults.ts';

const row = {
  ...{ vaultId: 'v', database: 'daiban-v', dv: 'd', sign: 1, day: 1, wraps: [] },
  ...{ tries: { wrong: 0, lastAt: 0 }, contactAt: Date.now(), seenAt: Date.now() },
  ...{ bar: null, movingFrom: null, ready: true },
} as unknown as VaultRow;

/** Screens over a store that may break; what happened, in order. */
function screens(broken: { disk?: boolean; registry?: boolean; seenAt?: number } = {}) {
  const happened: string[] = [];
  const client = { lock: () => happened.push('keys gone') };
  const house = {
    rows: async () => [row],
    hasQuick: () => false,
    dropQuick: () => happened.push('quick gone'),
    keepLock: async () => undefined,
    unlock: async () => {
      if (broken.registry) throw new Error('registry does not open');
      return { ok: true, value: { row, client } };
    },
  } as unknown as VaultHouse;
  const host = {
    ...{ house: async () => house, enter: async () => undefined, leave: () => undefined },
    ...{ settled: async () => undefined, drop: () => undefined, keepSeen: () => undefined },
    loggedOut: async () => {
      happened.push('counted');
      if (broken.disk) throw new Error('store is broken');
      return { events: 2, media: 0 };
    },
  } as unknown as VaultsHost;
  const vaults = new VaultsState(host);
  host.enter = async () => {
    vaults.remember(broken.seenAt ?? null);
    if (!vaults.isOpen) throw new Error('over');
    happened.push('shown');
  };
  return { vaults, happened, broken };
}
const hostOf = (vaults: VaultsState): VaultsHost =>
  (vaults as unknown as { host: VaultsHost }).host;
const KEY = { kind: 'pass', vaultId: 'v', passphrase: 'x' } as const;

beforeEach(() => {
  const quiet = { addEventListener: () => undefined, hidden: false };
  vi.stubGlobal('window', quiet);
  vi.stubGlobal('document', quiet);
  vi.stubGlobal('BroadcastChannel', undefined);
  vi.useFakeTimers({ toFake: ['setInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('[AU342] a log-out locks first, and on a broken store it locks all the same', async () => {
  for (const disk of [false, true]) {
    const { vaults, happened } = screens({ disk });
    expect((await vaults.unlock(KEY)).ok).toBe(true);
    expect([vaults.mode, vaults.isOpen]).toEqual(['unlocked', true]);
    expect(await vaults.logOut()).toEqual(disk ? null : { events: 2, media: 0 });
    expect([vaults.mode, vaults.isOpen]).toEqual(['locked', false]);
    expect(happened.indexOf('keys gone')).toBeLessThan(happened.indexOf('counted'));
    expect(happened).toContain('quick gone');
  }
});

it('[AU341] a store that breaks at the unlock is said, and the next try may be made', async () => {
  const { vaults, broken } = screens({ registry: true });
  const refused = { ok: false, error: { code: 'STORAGE', waitSeconds: 0 } };
  expect(await vaults.unlock(KEY)).toEqual(refused);
  broken.registry = false;
  expect((await vaults.unlock(KEY)).ok).toBe(true);
});

it('[AU409] where the vault itself knows that thirty days are over, nothing is shown and that is said', async () => {
  const seenAt = Date.now() + 86_400_000;
  const { vaults, happened } = screens({ seenAt });
  const registry = row as { contactAt: number };
  registry.contactAt = seenAt - 30 * 86_400_000 - 1;
  expect((await vaults.unlock(KEY)).ok).toBe(true);
  expect([vaults.mode, vaults.isOpen, happened]).toEqual(['expired', false, ['keys gone']]);
  registry.contactAt = Date.now();
  const again = screens({ seenAt: Date.now() });
  expect((await again.vaults.unlock(KEY)).ok).toBe(true);
  expect([again.vaults.mode, again.happened]).toEqual(['unlocked', ['shown']]);
});

it('[AU500] a new way in takes no sentence that is the passphrase of the account, and another one after it', async () => {
  const { vaults } = screens();
  const house = await hostOf(vaults).house();
  const finished: unknown[] = [];
  house.reopen = async () => ({
    ok: true,
    value: {
      ...{ vaultId: 'v', cancel: () => finished.push('cancelled') },
      finish: async (of) => {
        finished.push(of.passphrase);
        return { ok: true, value: { row, client: { lock: () => undefined } } } as never;
      },
    },
  });
  hostOf(vaults).keepCardWaits = async () => undefined;
  hostOf(vaults).isLogin = async (words) => words === 'typed at the sign-in';
  const opened = await vaults.reopen({ scanned: 'card', slip: null });
  if (!opened.ok) throw new Error('stays closed');
  const { finish } = opened.value;
  const refused = await finish({ pin: '1', passphrase: 'typed at the sign-in' });
  expect([refused, finished]).toEqual([{ ok: false, error: 'LOGIN' }, []]);
  expect((await finish({ pin: '1', passphrase: 'his own' })).ok).toBe(true);
  expect(finished).toEqual(['his own']);
  expect((await finish({ pin: '1', passphrase: null })).ok).toBe(true);
});
