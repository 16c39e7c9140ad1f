import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it } from 'vitest';
import { DATABASE, TabletDb } from '../src/lib/tablet/db.ts';
import type { EventRow } from '../src/lib/ports/tablet-store.ts';
import { unsentRows } from '../src/service-worker/unsent-rows.ts';

const row = (id: string, state: 'p' | 'a' | 'q'): EventRow =>
  ({
    ...{ id, caseId: 'c1', dv: 'd1', ds: 1, state, seq: 0, tag: '', epoch: '', bytes: 1 },
    ...{ day: '2026-06-08', body: new Uint8Array(1), note: null },
  }) as unknown as EventRow;

describe('what the worker knows of the outbox', () => {
  afterEach(() => indexedDB.deleteDatabase(DATABASE));

  it('[TB27] counts unsent events and nothing else', async () => {
    const db = new TabletDb();
    await db.events.bulkPut([row('e1', 'p'), row('e2', 'a'), row('e3', 'p'), row('e4', 'q')]);
    db.close();
    expect(await unsentRows()).toBe(2);
  });

  it('[TB27] never creates the store', async () => {
    expect(await unsentRows()).toBe(0);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(DATABASE);
  });
});
