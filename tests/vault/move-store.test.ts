/** A plain store moves into a vault; cut at every step, and run again. */
import 'fake-indexeddb/auto';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { firstSync, NO_ACT, type SyncRecord } from '../../src/lib/ports/tablet-store.ts';
import { envelopeOf } from '../../src/lib/protocol/sealed.ts';
import { quickLook } from '../../src/lib/tablet/quick-look.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import {
  casePlace,
  chunkPlace,
  draftPlace,
  eventPlace,
  factsPlace,
  mediaPlace,
  metaPlace,
  notePlace,
} from '../../src/lib/tablet/places.ts';
import type { SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import { isLocked, plainVault, type Vault } from '../../src/lib/tablet/vault.ts';
import { moveStore } from '../../src/lib/tablet/vault/move-store.ts';
import { openTestVault, type TestKeys } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
afterEach(() => void vi.restoreAllMocks());

const id = (letter: string, n: number): string => `${letter}${n}`.padEnd(22, '_');
const CASES = [0, 1, 2].map((n) => id('c', n));
const plain = plainVault();
const DV = 'dv'.padEnd(22, '_');
let stores = 0;

const event = (n: number, caseId: string): SealedEvent =>
  ({
    body: { id: id('e', n), caseId, type: 'case.taken', v: 1, payload: { words: `粪堆 ${n}` } },
    h: 'a'.repeat(64),
  }) as never;

/** A tablet that worked a while: unsent, sent, refused and foreign events, drafts, files, forms. */
async function used(name: string): Promise<void> {
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync(DV));
  for (const [n, caseId] of CASES.entries())
    await store.save({
      ...{ ...NO_ACT, number: n + 1 },
      events: await Promise.all(
        [2 * n, 2 * n + 1].map(async (e) => ({
          ...{ id: id('e', e), caseId, day: 9 },
          body: await plain.captureEvent(event(e, caseId), ''),
        })),
      ),
      cases: [{ id: caseId, body: await plain.capture({ salt: id('s', n) }, casePlace(caseId)) }],
      facts: [{ id: caseId, facts: await plain.capture({ matter: n }, factsPlace(caseId)) }],
    });
  const note = await plain.seal({ code: 'X' }, notePlace('e'));
  const states = ['p', 'p', 'a', 'q', 'f', 'p'] as const;
  await store.exchange({ ids: [], cases: [], own: true, all: true }, (view) => ({
    ...{ sync: { ...view.sync, epoch: 'E', safe: 3 }, remove: [], touch: [], removeCases: [] },
    put: [...view.rows.values()].map((r, i) => ({ ...r, state: states[i] ?? 'p', note })),
    mediaAgain: false,
  }));
  for (const rev of [1, 2])
    await store.putDraft({
      ...{ id: id('d', 0), caseId: id('c', 9), rev, bytes: 1, day: 9 },
      body: await plain.capture({ text: `草稿 ${rev}` }, draftPlace(id('d', 0), rev)),
    });
  for (const [n, state] of (['d', 'p', 'a'] as const).entries()) {
    const body = await plain.capture({ sha256: '', caption: `井边 ${n}` }, mediaPlace(id('m', n)));
    const record = { id: id('m', n), caseId: CASES[n] ?? '', state, bytes: 9, chunks: 9, day: 9 };
    const chunks = await Promise.all(
      Array.from({ length: 9 }, async (_, k) => ({
        ...{ n: k, body: await plain.captureBytes(new Uint8Array([n, k]), chunkPlace('', 0)) },
      })),
    );
    await store.putMedia({ ...record, body }, chunks);
  }
  for (const key of ['session', 'settings', 'forms'])
    await store.putMeta(key, await plain.capture({ [key]: '王春生' }, metaPlace(key)));
  store.close();
}

type Rows = Record<string, unknown[]>;

/** Every row of a store with its bodies opened; what of it does not open is an error. */
async function contents(db: IDBDatabase | TabletDb, vault: Vault): Promise<Rows> {
  const all = async (table: string): Promise<Record<string, never>[]> => {
    if (db instanceof TabletDb) return db.table(table).toArray();
    const request = db.transaction([table]).objectStore(table).getAll();
    return new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  };
  const rows = async (table: string, open: (row: Record<string, never>) => Promise<unknown>) =>
    Promise.all((await all(table)).map(open));
  const value = (v: unknown): unknown => {
    const copy: { salt?: string } = { ...(v as object) };
    delete copy.salt;
    return copy;
  };
  const maybe = async (body: Uint8Array | null, place: ReturnType<typeof casePlace>) =>
    body && (await vault.open(body, place));
  return {
    cases: await rows('cases', async (r) => ({
      ...{ ...(r as object), body: await vault.open(r['body']!, casePlace(r['id']!)) },
      facts: await maybe(r['facts']!, factsPlace(r['id']!)),
    })),
    events: await rows('events', async (r) => ({
      ...{ ...(r as object), body: value(await vault.open(r['body']!, eventPlace(r['id']!))) },
      note: await maybe(r['note']!, notePlace(r['id']!)),
    })),
    drafts: await rows('drafts', async (r) => ({
      ...(r as object),
      body: await vault.open(r['body']!, draftPlace(r['id']!, r['rev']!)),
    })),
    media: await rows('media', async (r) => ({
      ...{ ...(r as object), body: await vault.open(r['body']!, mediaPlace(r['id']!)) },
    })),
    chunks: await rows('chunks', async (r) => ({
      ...(r as object),
      body: [...(await vault.openBytes(r['body']!, chunkPlace(r['mediaId']!, r['n']!)))],
    })),
    meta: (
      await rows('meta', async (r) =>
        r['body'] ? { key: r['key'], body: await vault.open(r['body'], metaPlace(r['key']!)) } : r,
      )
    ).filter((r) => (r as { key: string }).key !== 'movedIn'),
  };
}

const raw = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });

const isThere = async (name: string): Promise<boolean> =>
  (await indexedDB.databases()).some((d) => d.name === name);

/** What a plain store holds, with its rows in no order that the new one need not keep. */
async function contentsOf(name: string): Promise<Rows> {
  const db = await raw(name);
  const rows = await contents(db, plain);
  db.close();
  return rows;
}

interface Scene {
  readonly from: string;
  readonly to: string;
  readonly before: Rows;
  keys: TestKeys | undefined;
}

async function scene(): Promise<Scene> {
  const from = `plain-${stores++}`;
  await used(from);
  return { from, to: `${from}-vault`, before: await contentsOf(from), keys: undefined };
}

/** One try of a process: opens everything anew, as after a kill. */
async function attempt(s: Scene, lockAt = 0, arm: () => void = () => undefined) {
  const to = new TabletDb(s.to);
  const opened = await openTestVault(dexieTabletStore(to), {
    ...(s.keys ? { keys: s.keys } : {}),
    lockAt,
  });
  s.keys = opened.keys;
  arm();
  const moved: unknown = await moveStore({ from: s.from, dv: DV, to, vault: opened.vault }).catch(
    (error: unknown) => error,
  );
  vi.restoreAllMocks();
  return { to, vault: opened.vault, moved, close: () => to.close({ disableAutoOpen: true }) };
}

async function after(s: Scene): Promise<Rows> {
  const to = new TabletDb(s.to);
  const opened = await openTestVault(dexieTabletStore(to), s.keys ? { keys: s.keys } : {});
  const rows = await contents(to, opened.vault);
  to.close({ disableAutoOpen: true });
  return rows;
}

/** Every row is in the old store or in the new one, and says there what it said. */
async function nothingLost(s: Scene): Promise<void> {
  const [here, there] = [(await isThere(s.from)) ? await contentsOf(s.from) : {}, await after(s)];
  for (const [table, rows] of Object.entries(s.before)) {
    const all = [...(here[table] ?? []), ...(there[table] ?? [])].map((r) => JSON.stringify(r));
    for (const row of rows) expect(all).toContain(JSON.stringify(row));
  }
}

const failing = (k: number, code: string): void => {
  const { transaction } = IDBDatabase.prototype;
  let n = 0;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    ...args
  ) {
    // The browser's own, which raises a version, is not one of ours.
    if ((args[1] as string | undefined) === 'versionchange') return transaction.apply(this, args);
    if (++n >= k) throw new DOMException('cut', code);
    return transaction.apply(this, args);
  });
};

describe('a plain store moves into a vault', () => {
  it('[TB83] every row arrives once with place, state and position, sealed; the old store is gone', async () => {
    const s = await scene();
    const { moved, close, to } = await attempt(s);
    expect(moved).toBe(true);
    const bodies = (await to.events.toArray()).map((r) => [r.state, envelopeOf(r.body) !== null]);
    for (const [state, inEnvelope] of bodies)
      expect(inEnvelope).toBe(state === 'p' || state === 'q');
    for (const { body, facts } of await to.cases.toArray())
      expect([body[0], facts?.[0]].every((b) => b === 0x21 || b === 0x11)).toBe(true);
    close();
    expect(await after(s)).toEqual(s.before);
    expect(await isThere(s.from)).toBe(false);
    expect((await attempt(s)).moved).toBe(false);
    const store = dexieTabletStore(new TabletDb(s.to));
    const sync = await store.begin(firstSync('other'));
    expect(sync).toMatchObject({ dv: DV, dsNext: 7, numberNext: 4, safe: 3 });
    store.close();
  });

  it('[TB83] cut or full at every transaction, and run again: nothing is lost, nothing comes twice', async () => {
    let tried = 0;
    for (const code of ['AbortError', 'QuotaExceededError'])
      for (let k = 1; ; k++) {
        const s = await scene();
        const cut = await attempt(s, 0, () => failing(k, code));
        cut.close();
        if (cut.moved === true) break;
        tried++;
        const full = code === 'QuotaExceededError';
        expect(cut.moved).toMatchObject({ code: full ? 'STORAGE_FULL' : 'STORE_BROKEN' });
        await nothingLost(s);
        const again = await attempt(s);
        again.close();
        expect(again.moved).toBe(true);
        expect(await after(s)).toEqual(s.before);
        expect(await isThere(s.from)).toBe(false);
      }
    expect(tried).toBeGreaterThanOrEqual(40);
  }, 300_000);

  it('[TB83] locked at every message, and run again: nothing is lost, nothing comes twice', async () => {
    let tried = 0;
    for (let lockAt = 1; ; lockAt++) {
      const s = await scene();
      const cut = await attempt(s, lockAt);
      cut.close();
      if (cut.moved === true) break;
      tried++;
      expect(isLocked(cut.moved)).toBe(true);
      await nothingLost(s);
      const again = await attempt(s);
      again.close();
      expect(again.moved).toBe(true);
      expect(await after(s)).toEqual(s.before);
    }
    expect(tried).toBeGreaterThanOrEqual(8);
  }, 300_000);

  it('[TB83] from the first step on no window writes the old store any more', async () => {
    const s = await scene();
    let told = 0;
    const window = dexieTabletStore(new TabletDb(s.from, () => told++));
    await window.sync();
    const cut = await attempt(s, 0, () => failing(6, 'AbortError'));
    cut.close();
    const draft = { id: id('d', 5), caseId: '', rev: 1, bytes: 1, day: 1, body: new Uint8Array(1) };
    await expect(window.putDraft(draft)).rejects.toMatchObject({ code: 'STORE_NEWER' });
    expect(told).toBe(1);
    expect(await quickLook(s.from)).toBeNull();
    const later = dexieTabletStore(new TabletDb(s.from));
    await expect(later.putDraft(draft)).rejects.toMatchObject({ code: 'STORE_NEWER' });
  });

  it('[TB83] a torn body hinders nothing: its bytes are kept, sealed, and no plain word is left', async () => {
    const s = await scene();
    const db = new TabletDb(s.from);
    const row = (await db.events.toArray()).find((r) => r.state === 'p');
    const torn = row?.body.slice(0, -2) ?? new Uint8Array();
    await db.events.update(row?.id ?? '', { body: torn });
    db.close({ disableAutoOpen: true });
    const { moved, to, vault, close } = await attempt(s);
    expect(moved).toBe(true);
    const there = await to.events.get(row?.id ?? '');
    await expect(
      vault.open(there?.body ?? new Uint8Array(), eventPlace(row?.id ?? '')),
    ).rejects.toThrow();
    expect(there).toMatchObject({ ds: row?.ds, state: 'p' });
    const key = `torn:events:${row?.id}`;
    const kept = (await to.meta.get(key))?.body ?? new Uint8Array();
    const { bytes } = (await vault.open(kept, metaPlace(key))) as { bytes: string };
    expect([...Buffer.from(bytes, 'base64url')]).toEqual([...torn]);
    close();
  });

  it('[TB83] a vault that was used before the move had ended is not overwritten', async () => {
    const s = await scene();
    const store = dexieTabletStore(new TabletDb(s.to));
    const used: SyncRecord = { ...firstSync('other'), dsNext: 5 };
    await store.begin(used);
    store.close();
    const { moved, close } = await attempt(s);
    expect(moved).toBeInstanceOf(Error);
    close();
    await nothingLost({ ...s, before: { ...s.before, meta: [] } });
  });

  it('[TB83] a window that slept over the end of the move puts nothing over what was written since', async () => {
    const s = await scene();
    const to = new TabletDb(s.to);
    const opened = await openTestVault(dexieTabletStore(to));
    s.keys = opened.keys;
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let reached = (): void => undefined;
    const atDrafts = new Promise<void>((resolve) => (reached = resolve));
    const slow: Vault = {
      ...opened.vault,
      capture: async (value, place) => {
        if (place.store !== 'drafts') return opened.vault.capture(value, place);
        reached();
        await asleep;
        return opened.vault.capture(value, place);
      },
    };
    const sleeper = moveStore({ from: s.from, dv: DV, to, vault: slow });
    await atDrafts;
    const { moved, vault, to: mine, close } = await attempt(s);
    expect(moved).toBe(true);
    const draft = id('d', 0);
    const text = await vault.capture({ text: '草稿 3' }, draftPlace(draft, 3));
    await mine.drafts.update(draft, { rev: 3, body: text });
    wake();
    expect(await sleeper).toBe(true);
    const kept = await mine.drafts.get(draft);
    expect(kept?.rev).toBe(3);
    expect(await vault.open(kept?.body ?? new Uint8Array(), draftPlace(draft, 3))).toEqual({
      text: '草稿 3',
    });
    close();
    to.close({ disableAutoOpen: true });
  });

  it('[TB83] the store of another device is not touched, whoever asks', async () => {
    const s = await scene();
    const to = new TabletDb(s.to);
    const { vault } = await openTestVault(dexieTabletStore(to));
    expect(await moveStore({ from: s.from, dv: 'x'.repeat(22), to, vault })).toBe(false);
    expect(await contentsOf(s.from)).toEqual(s.before);
    const store = dexieTabletStore(new TabletDb(s.from));
    expect(await store.putMeta('x', new Uint8Array([1]))).toBeUndefined();
    store.close();
    to.close({ disableAutoOpen: true });
  });
});
