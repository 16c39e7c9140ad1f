import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { NO_ACT, firstSync, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import type { CaseFacts } from '../src/lib/tablet/case-facts.ts';
import { CaseIndex } from '../src/lib/tablet/case-index.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { keepList, keepListSoon } from '../src/lib/tablet/kept-list.ts';
import { CASES_MIN, MARKS_MAX, MARKS_MIN } from '../src/lib/tablet/list-marks.ts';
import { quickLook } from '../src/lib/tablet/quick-look.ts';
import { encodePlain, plainVault, type Vault } from '../src/lib/tablet/vault.ts';

const NOW = '2026-11-22T00:00:00.000Z';
const vault = plainVault();
const atOnce = async (): Promise<void> => undefined;
const body = encodePlain({ salt: 's' });
let names = 0;

const factsOf = (matter: string): CaseFacts =>
  ({
    ...{ kind: 'case', temporaryNumber: 'n', queryCode: 'q', caseNo: null, status: 'SUBMITTED' },
    ...{ matter, petitioner: '周桂芹', petitionerCount: 1, place: '三屯', areaCode: '1' },
    ...{ hasPhone: true, takenAt: NOW, lastActAt: NOW, flags: [], duties: [], tasks: [] },
    ...{ waits: [], topSeq: 1, words: '一句很长的话' },
  }) as unknown as CaseFacts;

const sealed = (matter: string): Uint8Array => encodePlain(factsOf(matter));

async function tablet(cases = CASES_MIN + 5) {
  const name = `kept-${names++}`;
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync('dv1'));
  for (let n = 0; n < cases; n++) await saveCase(store, `c${n}`);
  return { name, store };
}

let events = 0;
const saveCase = (store: TabletStore, id: string, matter = `事 ${id}`) =>
  store.save({
    ...{ ...NO_ACT, events: [{ id: `e${events++}`, caseId: id, day: 1, body }] },
    ...{ cases: [{ id, body }], facts: [{ id, facts: sealed(matter) }] },
  });

const exchange = (
  store: TabletStore,
  touch: readonly { readonly id: string; readonly left?: 0 | 1 }[],
  removeCases: readonly string[] = [],
) =>
  store.exchange({ ids: [], cases: [], own: false, all: false }, ({ sync }) => ({
    ...{ put: [], remove: [], removeCases, mediaAgain: false },
    ...{ sync, touch: touch.map((t) => ({ ...t, body })) },
  }));

/** Everything that the list draws, without the words that come with the records. */
async function drawn(source: Parameters<CaseIndex['fill']>[1], of: Vault = vault) {
  const index = new CaseIndex();
  const stale = await index.fill(of, source);
  const rows = index
    .findables(NOW)
    .map(({ row, facts }) => ({ row, facts: { ...facts, words: '' } }));
  rows.sort((a, b) => (a.row.caseId < b.row.caseId ? -1 : 1));
  return { rows, stale: [...stale].sort() };
}

async function compared({ name, store }: { name: string; store: TabletStore }) {
  const [look, cases, counts] = [await quickLook(name), await store.cases(), await store.counts()];
  if (!look) throw new Error('nothing to look at');
  expect(await drawn(look)).toEqual(await drawn({ cases, counts, media: [] }));
  return look;
}

it('[TB70] whatever happens beside it, a start draws from the kept list what the records say', async () => {
  const at = await tablet();
  const { store } = at;
  let state = 70;
  const random = (): number =>
    (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const any = (): string => `c${Math.floor(random() * (CASES_MIN + 5))}`;
  const acts: readonly (() => Promise<unknown>)[] = [
    () => saveCase(store, any(), `再说 ${events}`),
    () => saveCase(store, `new${events}`),
    () => exchange(store, [{ id: any() }, { id: any(), left: random() < 0.5 ? 1 : 0 }]),
    () => exchange(store, [], [any()]),
    () => store.putFacts(any(), Math.ceil(random() * 3), sealed(`折 ${events++}`)),
    () => store.offerAgain(any()),
    () => keepList({ store, vault }, atOnce),
    // An act between the reading and the keeping of the list.
    () => keepList({ store, vault }, async () => void (await saveCase(store, any(), '同时'))),
  ];
  let kept = 0;
  for (let n = 0; n < 240; n++) {
    await acts[Math.floor(random() * acts.length)]?.();
    if ((await compared(at)).list) kept++;
  }
  expect(kept).toBeGreaterThan(100);
  store.close();
});

it('[TB71] an act that is not saved leaves no mark, and one that is leaves it with its case', async () => {
  const at = await tablet();
  await keepList({ store: at.store, vault }, atOnce);
  const act = { id: 'twice', caseId: 'c1', day: 1, body };
  await at.store.save({ ...NO_ACT, events: [act] });
  expect((await compared(at)).list?.moved).toEqual(['c1']);
  const again = { ...act, caseId: 'c2' };
  await expect(at.store.save({ ...NO_ACT, events: [again] })).rejects.toThrow();
  expect((await compared(at)).list?.moved).toEqual(['c1']);
  at.store.close();
});

it('[TB71] another window that saved meanwhile loses no mark', async () => {
  const at = await tablet();
  const other = dexieTabletStore(new TabletDb(at.name));
  await other.begin(firstSync('dv2'));
  await keepList({ store: at.store, vault }, atOnce);
  for (let n = 0; n < 5; n++) {
    await saveCase(at.store, `a${n}`);
    await saveCase(other, `b${n}`);
    await compared(at);
  }
  expect((await compared(at)).list?.moved.length).toBe(10);
  at.store.close();
  other.close();
});

it('[TB72] of two windows that keep a list at once none leaves one that does not hold', async () => {
  const at = await tablet();
  const other = dexieTabletStore(new TabletDb(at.name));
  await other.begin(firstSync('dv2'));
  const first = await at.store.beginList();
  const second = await other.beginList();
  await saveCase(at.store, 'c3', '在两个之间');
  expect(await other.keepList(second?.gen ?? 0, encodePlain('x'))).toBe(true);
  expect(await at.store.keepList(first?.gen ?? 0, encodePlain('y'))).toBe(false);
  // What it kept is no list at all: the records are read, and the body goes.
  const look = await compared(at);
  expect(look.list).not.toBeNull();
  expect((await compared(at)).list).toBeNull();
  expect(await keepList({ store: at.store, vault }, atOnce)).toBe(true);
  expect((await compared(at)).list?.moved).toEqual([]);
  at.store.close();
  other.close();
});

it('[TB72] too many marks: the records are read, and the next list holds again', async () => {
  const at = await tablet();
  await keepList({ store: at.store, vault }, atOnce);
  for (let n = 0; n < MARKS_MIN - 1; n++) await saveCase(at.store, `c${n}`, '又一次');
  expect(await keepList({ store: at.store, vault }, atOnce)).toBe(false);
  await exchange(
    at.store,
    [...Array(MARKS_MAX + 1).keys()].map((n) => ({ id: `c${n}` })),
  );
  expect((await compared(at)).list).toBeNull();
  expect(await keepList({ store: at.store, vault }, atOnce)).toBe(true);
  expect((await compared(at)).list?.moved).toEqual([]);
  at.store.close();
});

it('[TB72] what is wished while a list is made is granted after it', async () => {
  const at = await tablet();
  const engine = { store: at.store, vault };
  keepListSoon(engine, 0);
  await new Promise((resolve) => setTimeout(resolve, 3));
  const begun = async () => (await quickLook(at.name))?.list ?? null;
  // Every case changes while the first list is made: that one cannot hold.
  const touch = [...Array(MARKS_MAX + 1).keys()].map((n) => ({ id: `c${n}` }));
  await exchange(at.store, touch);
  keepListSoon(engine, 0);
  await expect.poll(begun, { timeout: 5_000 }).not.toBeNull();
  expect((await compared(at)).list?.moved).toEqual([]);
  at.store.close();
});

it('[TB72] a lock is no torn list: it passes on, and the list stays', async () => {
  const at = await tablet();
  await keepList({ store: at.store, vault }, atOnce);
  const look = await quickLook(at.name);
  const locked: Vault = {
    ...vault,
    open: () => Promise.reject(Object.assign(new Error('locked'), { code: 'LOCKED' })),
  };
  await expect(drawn(look!, locked)).rejects.toMatchObject({ code: 'LOCKED' });
  expect((await compared(at)).list).not.toBeNull();
  at.store.close();
});

it('[TB73] entries of two shapes and cases without one come back from the list as they were', async () => {
  const at = await tablet();
  const older: Partial<Record<keyof CaseFacts, unknown>> = { ...factsOf('旧的') };
  delete older.waits;
  await at.store.save({
    ...{ ...NO_ACT, events: [{ id: 'old', caseId: 'c7', day: 1, body }] },
    facts: [{ id: 'c7', facts: encodePlain(older) }],
  });
  await at.store.save({
    ...{ ...NO_ACT, events: [{ id: 'bare', caseId: 'bare', day: 1, body }] },
    cases: [{ id: 'bare', body }],
  });
  await keepList({ store: at.store, vault }, atOnce);
  const look = await compared(at);
  expect(look.list?.moved).toEqual([]);
  expect(look.cases).toEqual([]);
  expect((await drawn(look)).stale).toEqual(['bare', 'c7']);
  at.store.close();
});

it('[TB73] few cases are read one by one: no list is kept, and no mark is written', async () => {
  const at = await tablet(CASES_MIN - 1);
  expect(await keepList({ store: at.store, vault }, atOnce)).toBe(false);
  expect((await compared(at)).list).toBeNull();
  at.store.close();
});
