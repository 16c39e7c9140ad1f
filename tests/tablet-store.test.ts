import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { memoryTabletStore } from '../src/lib/ports/tablet-store-memory.ts';
import { NO_ACT, firstSync } from '../src/lib/ports/tablet-store.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { encodePlain } from '../src/lib/tablet/vault.ts';
import { tabletStoreContract } from './tablet-store.contract.ts';

let n = 0;
tabletStoreContract('memory', async () => memoryTabletStore());
tabletStoreContract('Dexie', async () => dexieTabletStore(new TabletDb(`contract-${n++}`)));

it('[TB1] what was saved is there after the connection is gone', async () => {
  const name = `reopened-${n++}`;
  const first = dexieTabletStore(new TabletDb(name));
  await first.begin(firstSync('dv1'));
  const body = encodePlain({ a: 1 });
  await first.save({
    ...NO_ACT,
    events: [{ id: 'e1', caseId: 'c1', day: 1, body }],
    cases: [{ id: 'c1', body }],
  });
  first.close();
  const again = dexieTabletStore(new TabletDb(name));
  expect(await again.begin(firstSync('dv2'))).toMatchObject({ dv: 'dv1', dsNext: 2 });
  expect((await again.eventsIn('p')).map((r) => r.id)).toEqual(['e1']);
});

it('[TB2] two connections that save in turn never take the same sequence or lose a change', async () => {
  const name = `two-${n++}`;
  const [a, b] = [1, 2].map(() => dexieTabletStore(new TabletDb(name)));
  const body = encodePlain({ a: 1 });
  await a!.begin(firstSync('dv1'));
  await b!.begin(firstSync('dv1'));
  const save = (store: typeof a, id: string) =>
    store!.save({
      ...{ ...NO_ACT, events: [{ id: `e${id}`, caseId: `c${id}`, day: 1, body }] },
      cases: [{ id: `c${id}`, body }],
    });
  for (let i = 0; i < 4; i++) {
    await save(a, `a${i}`);
    await save(b, `b${i}`);
    await b!.exchange({ ids: [], cases: [], own: false, all: false }, ({ sync }) => ({
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...sync, gen: sync.gen + 1 },
    }));
  }
  await Promise.all([save(a, 'x'), save(b, 'y'), save(a, 'z')]);
  expect((await a!.eventsIn('p')).map((r) => r.ds)).toEqual(
    [...Array(11).keys()].map((i) => i + 1),
  );
  expect(await a!.sync()).toMatchObject({ gen: 4, dsNext: 12 });
  await expect(save(a, 'x')).rejects.toThrow();
  expect((await a!.eventsIn('p')).length).toBe(11);
});

it('[TB5] what people said stands in no key, index or clear column', async () => {
  const name = `clear-${n++}`;
  const db = new TabletDb(name);
  const store = dexieTabletStore(db);
  await store.begin(firstSync('dv1'));
  const body = encodePlain({ name: '周桂芹' });
  const media = { id: 'm1', caseId: 'c1', state: 'd', bytes: 1, chunks: 1, day: 1 } as const;
  await store.putMedia({ ...media, body }, [{ n: 0, body }]);
  await store.putDraft({ id: 'd1', caseId: 'c1', rev: 1, bytes: 1, day: 1, body });
  await store.putMeta('session', body);
  await store.save({
    ...NO_ACT,
    events: [{ id: 'e1', caseId: 'c1', day: 1, body }],
    cases: [{ id: 'c1', body }],
    facts: [{ id: 'c1', facts: body }],
  });
  let looked = 0;
  for (const table of db.tables)
    for (const row of (await table.toArray()) as Record<string, unknown>[])
      for (const [column, value] of Object.entries(row)) {
        looked++;
        if (!(value instanceof Uint8Array)) expect(ALLOWED[table.name]).toContain(column);
        expect(JSON.stringify(column === 'sync' ? value : [])).not.toContain('周');
      }
  expect(looked).toBeGreaterThan(25);
});

const ALLOWED: Record<string, readonly string[]> = {
  events: ['id', 'caseId', 'dv', 'ds', 'state', 'seq', 'epoch', 'tag', 'bytes', 'day', 'note'],
  cases: ['id', 'rev', 'factsRev', 'left', 'own'],
  drafts: ['id', 'caseId', 'rev', 'bytes', 'day'],
  meta: ['key', 'sync'],
  media: ['id', 'caseId', 'state', 'bytes', 'chunks', 'day'],
  chunks: ['mediaId', 'n'],
};
