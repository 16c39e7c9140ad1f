/** A page stays awake while a large exchange is made and taken in. */
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NO_ACT, firstSync, type ExchangeChanges } from '../src/lib/ports/tablet-store.ts';
import { decodeFrame2, encodeFrame2 } from '../src/lib/protocol/v2/frame.ts';
import { RECORDS_PER_STEP } from '../src/lib/protocol/v2/pack.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { ROWS_PER_TURN } from '../src/lib/tablet/event-store-exchange.ts';
import { eventPlace } from '../src/lib/tablet/places.ts';
import { squeezer } from '../src/lib/tablet/squeezer.ts';
import { RECORDS_PER_TURN, turns } from '../src/lib/tablet/turn.ts';
import { digest, vault } from './tablet-scene.ts';

const ROWS = 5 * ROWS_PER_TURN + 7;
const EVERYTHING = { ids: [], cases: [], own: true, all: true };
let n = 0;
afterEach(() => void vi.restoreAllMocks());

/** A tablet with that many unsent events, one a case. */
async function fullTablet() {
  const store = dexieTabletStore(new TabletDb(`turns-${n++}`));
  await store.begin(firstSync('dv1'));
  const body = await vault.seal({ a: 1 }, eventPlace('e0'));
  for (let i = 0; i < ROWS; i++)
    await store.save({
      ...{ ...NO_ACT, events: [{ id: `e${i}`, caseId: `c${i}`, day: 1, body }] },
      cases: [{ id: `c${i}`, body }],
    });
  return store;
}

/** The answer that takes all of it. */
const taken: Parameters<Awaited<ReturnType<typeof fullTablet>>['exchange']>[1] = ({
  sync,
  rows,
}): ExchangeChanges => ({
  ...{ sync: { ...sync, gen: 9 }, remove: [], removeCases: [], mediaAgain: false },
  put: [...rows.values()].map((row) => ({ ...row, state: 'a', seq: row.ds, tag: 't' })),
  touch: [...rows.values()].map(({ caseId }) => ({ id: caseId })),
});

/** Counts the rows that are put between two answers of the database; `limit` breaks the disk. */
function watched(limit = Infinity) {
  const seen = { puts: 0, most: 0 };
  let now = 0;
  const { put } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    if (now++ === 0) setImmediate(() => (now = 0));
    seen.puts += 1;
    seen.most = Math.max(seen.most, now);
    if (seen.puts > limit) throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, args);
  });
  return seen;
}

describe('a large exchange', () => {
  it('[SY58] is taken in in portions by one transaction', async () => {
    const store = await fullTablet();
    const seen = watched();
    await store.exchange(EVERYTHING, taken);
    expect(seen.puts).toBeGreaterThanOrEqual(2 * ROWS);
    expect(seen.most).toBeLessThan(ROWS);
    expect(await store.eventsIn('p')).toEqual([]);
    expect(await store.eventsIn('a')).toHaveLength(ROWS);
    expect(await store.sync()).toMatchObject({ gen: 9 });
  }, 300_000);

  it('[SY58] whose last portion finds no room changes nothing at all', async () => {
    const store = await fullTablet();
    const before = await store.sync();
    watched(2 * ROWS - 3);
    await expect(store.exchange(EVERYTHING, taken)).rejects.toThrow();
    vi.restoreAllMocks();
    expect(await store.eventsIn('p')).toHaveLength(ROWS);
    expect(await store.eventsIn('a')).toEqual([]);
    expect(await store.sync()).toEqual(before);
  }, 300_000);

  it('[SY58] is packed and unpacked with turns of the page, into the same bytes', async () => {
    const records = Array.from({ length: 40 * RECORDS_PER_STEP }, (_, i) => ({
      t: `x${i % 3}`,
      text: `这是第 ${i} 句话，长得不能站在自己的那一列里面，所以排到后面去`,
      n: i,
    }));
    let turned = 0;
    const turn = async () => void turned++;
    const outgoing = { req: new Uint8Array(16), tables: [records, []] };
    const inTurns = await encodeFrame2({ digest, squeezer, turn }, outgoing);
    expect(turned).toBe(40);
    expect(inTurns).toEqual(await encodeFrame2({ digest, squeezer }, outgoing));
    const read = await decodeFrame2({ digest, squeezer, turn }, inTurns);
    expect(turned).toBeGreaterThanOrEqual(80);
    expect(read).toEqual({ ok: true, value: { req: outgoing.req, tables: outgoing.tables } });
  }, 300_000);

  it('[SY58] waits for the page after so many records, and only then', async () => {
    const wait = turns();
    const waits = Array.from({ length: 3 * RECORDS_PER_TURN }, () => wait());
    expect(waits.filter((one) => one !== undefined)).toHaveLength(3);
    await Promise.all(waits);
  });
});
