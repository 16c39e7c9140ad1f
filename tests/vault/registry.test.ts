import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { openRegistry, VAULTS_MAX, type VaultRow } from '../../src/lib/tablet/registry.ts';
import {
  databaseOf,
  REGISTRY,
  registryRows,
  VAULTS_STORE,
  vaultDatabases,
} from '../../src/lib/tablet/registry-look.ts';
import { newVaultId } from '../../src/lib/tablet/vault/enrolment.ts';
import { afterWrong, FREE_TRIES, NO_TRIES } from '../../src/lib/tablet/vault/delays.ts';
import { wrapForCounty } from '../../src/lib/tablet/vault/wraps.ts';
import { digest, forgetAll, START as ONE_O_CLOCK } from './tablet-vaults.ts';
import { countyKey } from './workers.ts';

/** The day that the registry keeps of a clock. */
const START = ONE_O_CLOCK - 3_600_000;

beforeEach(forgetAll);
afterEach(forgetAll);

const BY_FINGER = { kind: 'prf', credentialId: 'AQID', v: 1, salt: 'AQ', box: 'AQ' } as const;

async function row(more: Partial<VaultRow> = {}): Promise<VaultRow> {
  const vaultId = newVaultId();
  return {
    ...{ vaultId, database: databaseOf(vaultId), dv: newVaultId(), sign: 1, day: 20_612 },
    ...{ wraps: [BY_FINGER], countyKeys: ['r1'], tries: NO_TRIES },
    ...{ contactAt: START, seenAt: START, bar: null, ready: true },
    ...{ movingFrom: null, ...more },
  };
}

/** As another build writes it. */
function raw(one: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(REGISTRY);
    request.onsuccess = () => {
      const tx = request.result.transaction(VAULTS_STORE, 'readwrite');
      tx.objectStore(VAULTS_STORE).put(one);
      tx.oncomplete = () => resolve(request.result.close());
      tx.onabort = () => reject(new Error('not put'));
    };
  });
}

describe('the registry of the vaults', () => {
  it('[AU130] looking makes nothing: a tablet without a vault gets no database by it', async () => {
    expect(await registryRows()).toEqual([]);
    expect(await vaultDatabases()).toEqual([]);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(REGISTRY);
  });

  it('[AU130] rows have ids, wraps, tries and clocks, and nothing else', async () => {
    const registry = await openRegistry();
    const one = await row();
    expect(await registry.add(one)).toBe(true);
    expect(await registry.vaults()).toEqual([one]);
    expect(await vaultDatabases()).toEqual([one.database]);
    const columns = Object.keys((await registryRows())[0] ?? {}).sort();
    expect(columns).toEqual(
      [
        'bar',
        'contactAt',
        'countyKeys',
        'database',
        'day',
        'dv',
        'movingFrom',
        'ready',
        'seenAt',
        'sign',
        'tries',
      ]
        .concat('vaultId', 'wraps')
        .sort(),
    );
    registry.close();
  });

  it('[AU346] no clock finer than a day stands in a row, but the last wrong try that makes one wait', async () => {
    const registry = await openRegistry();
    const one = await row({ contactAt: ONE_O_CLOCK + 1_234, seenAt: ONE_O_CLOCK + 86_405_678 });
    await registry.add(one);
    const clocks = async () => {
      const [first] = (await registryRows()) as VaultRow[];
      const { contactAt, seenAt, tries, ...rest } = first as VaultRow;
      // Whatever else is a number says no time: a sign, a small count.
      const others = JSON.stringify(rest).match(/\d{10,}/g);
      return { contactAt, seenAt, tries, others };
    };
    const days = { contactAt: START, seenAt: START + 86_400_000, others: null };
    expect(await clocks()).toEqual({ ...days, tries: NO_TRIES });
    for (let wrong = 1; wrong <= FREE_TRIES; wrong++) {
      const at = ONE_O_CLOCK + wrong;
      await registry.change(one.vaultId, ({ tries }) => ({ tries: afterWrong(tries, at) }));
      const lastAt = wrong < FREE_TRIES ? 0 : at;
      expect(await clocks()).toEqual({ ...days, tries: { wrong, lastAt } });
    }
    await registry.change(one.vaultId, () => ({ contactAt: ONE_O_CLOCK + 99, tries: NO_TRIES }));
    expect(await clocks()).toEqual({ ...days, tries: NO_TRIES });
    registry.close();
  });

  it('[AU340] the county’s wrap of the vault’s key never stays on the tablet, nor one of an earlier build', async () => {
    const registry = await openRegistry();
    const one = await row();
    const { recipient } = await countyKey('recovery', 'r2');
    const wraps = [BY_FINGER, ...(await wrapForCounty(one.vaultId, [recipient], randomBytes(32)))];
    const onDisk = async (): Promise<string> => JSON.stringify(await registryRows());
    const box = (wraps[1] as { readonly box: string }).box;
    await registry.add({ ...one, wraps, countyKeys: [] });
    expect(await onDisk()).not.toContain(box);
    // As an earlier build left it: it goes with the next change, a try to open it is one.
    await raw({ ...one, wraps });
    expect(await onDisk()).toContain(box);
    expect(await registry.vault(one.vaultId)).toEqual({ ...one, countyKeys: ['r2'] });
    await registry.change(one.vaultId, () => ({ tries: { wrong: 1, lastAt: START } }));
    expect(await onDisk()).not.toContain(box);
    await registry.change(one.vaultId, (now) => ({ wraps: [...now.wraps, ...wraps] }));
    expect(await onDisk()).not.toContain(box);
    registry.close();
  });

  it('[AU130] a row that was changed by hand is as good as none, and the next is read', async () => {
    const registry = await openRegistry();
    const [one, two] = [await row(), await row()];
    await registry.add(two);
    await registry.add({ ...one, database: 'daiban' });
    expect(await registry.vaults()).toEqual([two]);
    expect(await registry.change(one.vaultId, () => ({ bar: null }))).toBeNull();
    expect(await vaultDatabases()).toEqual([two.database]);
    registry.close();
  });

  it('[AU130] there is room for a few agents, a vault is here once, its place is for life', async () => {
    const registry = await openRegistry();
    const rows = await Promise.all(Array.from({ length: VAULTS_MAX + 1 }, () => row()));
    const added: boolean[] = [];
    for (const one of rows) added.push(await registry.add(one));
    expect(added).toEqual(rows.map((_, i) => i < VAULTS_MAX));
    const first = rows[0] as VaultRow;
    const other = { ...first, database: 'daiban-other' } as Partial<VaultRow>;
    await registry.change(first.vaultId, () => ({ ...other, sign: 9 }));
    expect(await registry.vault(first.vaultId)).toEqual({ ...first, sign: 9 });
    registry.close();
  });

  it('[AU130] two windows that change a row at once lose neither change', async () => {
    const [a, b] = [await openRegistry(), await openRegistry()];
    const one = await row();
    await a.add(one);
    const count = (r: VaultRow) => ({ tries: { wrong: r.tries.wrong + 1, lastAt: START } });
    await Promise.all([a, b, a, b].map((each) => each.change(one.vaultId, count)));
    expect((await a.vault(one.vaultId))?.tries.wrong).toBe(4);
    a.close();
    b.close();
  });

  it('[AU130] only a vault that never counted is taken away', async () => {
    const registry = await openRegistry();
    const [made, broken] = [await row(), await row({ ready: false })];
    await registry.add(made);
    await registry.add(broken);
    expect(await registry.removeUnready(made.vaultId)).toBe(false);
    expect(await registry.removeUnready(broken.vaultId)).toBe(true);
    expect(await registry.vaults()).toEqual([made]);
    registry.close();
  });

  it('[AU131] the self-test names a disk that forgets, one without room, and a newer build', async () => {
    const registry = await openRegistry();
    expect(await registry.selfTest(digest)).toBeNull();
    const keep = registry.putClear.bind(registry);
    registry.putClear = async () => undefined;
    expect(await registry.selfTest(digest)).toBe('strict');
    registry.putClear = async () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    expect(await registry.selfTest(digest)).toBe('full');
    registry.putClear = keep;
    await keep('canary', 99);
    expect(await registry.selfTest(digest)).toBe('canary');
    registry.close();
    expect(await registry.selfTest(digest)).toBe('broken');
  });
});
