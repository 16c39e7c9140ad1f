import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { expect, it } from 'vitest';
import {
  NO_ACT,
  firstSync,
  type EventRow,
  type EventState,
  type ExchangeView,
  type TabletStore,
} from '../src/lib/ports/tablet-store.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { quickLook } from '../src/lib/tablet/quick-look.ts';
import { encodePlain } from '../src/lib/tablet/vault.ts';

const body = encodePlain({ some: 'words' });
const CASES = ['c1', 'c2', 'c3'] as const;
const STATES: readonly EventState[] = ['p', 'a', 'q', 'f'];

/** Own events by state, counted one by one: what the records must say. */
async function counted(db: TabletDb): Promise<Map<string, { p: number; a: number; q: number }>> {
  const out = new Map<string, { p: number; a: number; q: number }>();
  for (const { caseId, state } of await db.events.toArray()) {
    if (state === 'f') continue;
    const c = out.get(caseId) ?? { p: 0, a: 0, q: 0 };
    out.set(caseId, { ...c, [state]: c[state] + 1 });
  }
  return out;
}

const byId = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** A plan that moves, adds and removes rows as answers do. */
function anyPlan(dice: (n: number) => number, fresh: () => string) {
  return ({ sync, rows }: ExchangeView) => {
    const known = [...rows.values()];
    const put: EventRow[] = known
      .filter(() => dice(3) === 0)
      .map((r) => ({ ...r, state: STATES[dice(4)] as EventState }));
    const caseId = CASES[dice(3)] as string;
    const like = known[0];
    if (like && dice(2) === 0)
      put.push({ ...like, id: fresh(), caseId, dv: '', ds: 0, state: 'f' });
    const later = new Map([...rows, ...put.map((r) => [r.id, r] as const)]);
    const copies = [...later.values()].filter((r) => r.state === 'f' || r.state === 'a');
    const remove = copies.filter(() => dice(4) === 0).map((r) => r.id);
    const touch = CASES.map((id) => ({ id }));
    return { sync, put, remove, touch, removeCases: [], mediaAgain: false };
  };
}

async function anySteps(store: TabletStore, db: TabletDb, seed: number): Promise<number> {
  let [state, ids, compared] = [seed, 0, 0];
  const dice = (n: number): number =>
    ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % n;
  const fresh = () => `e${seed}-${ids++}`;
  for (let step = 0; step < 30; step++) {
    const caseId = CASES[dice(3)] as string;
    const events = Array.from({ length: 1 + dice(3) }, () => ({
      ...{ id: fresh(), caseId, day: 1, body },
    }));
    if (step < 4 || dice(2) === 0)
      await store.save({ ...NO_ACT, events, cases: [{ id: caseId, body }] });
    else if (dice(4) === 0) await store.offerAgain(caseId);
    else await store.exchange({ ids: [], cases: [], own: false, all: true }, anyPlan(dice, fresh));
    expect(byId(await store.counts())).toEqual(byId(await counted(db)));
    compared += (await db.events.count()) > 0 ? 1 : 0;
  }
  return compared;
}

it('[TB40] the states of own events stand in the record of their case and are always right', async () => {
  let compared = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const name = `counts-${seed}`;
    const db = new TabletDb(name);
    const store = dexieTabletStore(db);
    await store.begin(firstSync('dv1'));
    compared += await anySteps(store, db, seed);
    expect(byId((await quickLook(name))?.counts ?? new Map())).toEqual(byId(await counted(db)));
    store.close();
  }
  expect(compared).toBe(12 * 30);
});

it('[TB40] a store of the first version is counted once when it is opened', async () => {
  const old = new Dexie('counts-old');
  old.version(1).stores({
    ...{ events: 'id, [state+caseId]', cases: 'id, left', drafts: 'id', meta: 'key' },
    ...{ media: 'id, caseId', chunks: '[mediaId+n]' },
  });
  const rest = { dv: 'dv1', seq: 0, epoch: '', tag: '', bytes: 1, day: 1, body, note: null };
  await old.table('events').bulkPut([
    ...['p', 'p', 'a', 'f'].map((state, i) => ({
      ...rest,
      id: `e${i}`,
      caseId: 'c1',
      ds: i,
      state,
    })),
    { ...rest, id: 'e9', caseId: 'c2', ds: 9, state: 'q' },
  ]);
  const record = { rev: 1, factsRev: 0, left: 0, body, facts: null };
  await old.table('cases').bulkPut(CASES.map((id) => ({ ...record, id })));
  old.close();
  expect(await quickLook('counts-old')).toBeNull();
  const db = new TabletDb('counts-old');
  const store = dexieTabletStore(db);
  await store.begin(firstSync('dv1'));
  const counts = [
    ['c1', { p: 2, a: 1, q: 0 }],
    ['c2', { p: 0, a: 0, q: 1 }],
  ];
  expect(byId(await store.counts())).toEqual(counts);
  expect(byId((await quickLook('counts-old'))?.counts ?? new Map())).toEqual(counts);
  // The rows are as they were, and stand in the outbox of the indexes that came later.
  expect((await store.unsent(1_000)).rows.map((r) => r.id)).toEqual(['e0', 'e1']);
  expect((await store.eventsOf('c1')).map((r) => r.id).sort()).toEqual(['e0', 'e1', 'e2', 'e3']);
  store.close();
});
