import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../src/lib/domain/case-event.ts';
import type { AreaCode, Instant, PersonId } from '../src/lib/domain/values.ts';
import { firstSync } from '../src/lib/ports/tablet-store.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { newDraft, openDraft, plainCell, type DraftDeps } from '../src/lib/tablet/drafts.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { recordEarly, takeCase, type RecordDeps } from '../src/lib/tablet/record.ts';
import { countedClock } from './simulation/county.ts';
import { VAULTS, type VaultOver } from './vault/both.ts';
import { endAll } from './vault/workers.ts';

const VILLAGE = '230278200201' as AreaCode;
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const FORM = { id: 'intake', version: 1 };
let n = 0;
let over: VaultOver;
afterAll(endAll);

async function tablet() {
  const store = dexieTabletStore(new TabletDb(`full-${n++}`));
  const clock = countedClock('F');
  await store.begin(firstSync(clock.deviceId()));
  const vault = await over(store);
  const shared = { store, vault, clock };
  const drafts: DraftDeps = {
    ...{ ...shared, cell: plainCell, changed: () => undefined },
    hold: async () => ({ release: () => undefined }),
  };
  const record: RecordDeps = {
    ...{ ...shared, self, now: () => clock.now() },
    digest: async (b) => new Uint8Array(createHash('sha256').update(b).digest()),
    agent: {
      ...{ personId: self.personId, name: self.name, agentCode: 'A01', user: 'a01' },
      ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
      signedInAt: '2026-06-08T01:00:00Z' as Instant,
    },
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) % 256),
  };
  return { store, drafts, record };
}

/** From now on the browser has no room: every write of these stores is refused. */
const fillDisk = (stores: readonly string[]): void => {
  const { put } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    if (stores.includes(this.name)) throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, args);
  });
};
afterEach(() => void vi.restoreAllMocks());

describe.each(VAULTS)('no room on the tablet, %s', (_kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  it('[TB29] a draft keeps every word typed and writes them all when there is room again', async () => {
    const t = await tablet();
    const draft = await newDraft(t.drafts, FORM);
    if (!draft.ok) throw new Error('no draft');
    await draft.value.save({ answers: { name: '周桂芹' } });
    fillDisk(['drafts']);
    const failed = await draft.value.save({ answers: { words: '粪堆挨着水井' } });
    expect(failed).toEqual({ ok: false, error: { code: 'STORAGE_FULL' } });
    expect(draft.value.answers).toEqual({ name: '周桂芹', words: '粪堆挨着水井' });
    vi.restoreAllMocks();
    expect((await draft.value.save({ step: 'where' })).ok).toBe(true);
    await draft.value.close();
    const again = await openDraft(t.drafts, draft.value.draftId);
    expect(again.ok && again.value.answers).toEqual({ name: '周桂芹', words: '粪堆挨着水井' });
  });

  it('[TB29] an act that finds no room is refused by name and leaves nothing half written', async () => {
    const t = await tablet();
    const draft = await newDraft(t.drafts, FORM);
    if (!draft.ok) throw new Error('no draft');
    const before = await t.store.sync();
    const { draftId, caseId, salt, form } = draft.value;
    const of = { draftId, caseId, salt, form };
    const entries = [
      { type: 'agent.recused', payload: { reason: 'INVOLVED', wants: 'ANY' } },
    ] as const;
    for (const stores of [['meta'], ['cases', 'meta']]) {
      fillDisk(stores);
      expect(await takeCase(t.record, of, { areaCode: VILLAGE, entries: [] })).toEqual({
        ok: false,
        error: { code: 'STORAGE_FULL' },
      });
      expect(await recordEarly(t.record, { ...of, areaCode: VILLAGE }, entries)).toEqual({
        ok: false,
        error: { code: 'STORAGE_FULL' },
      });
      vi.restoreAllMocks();
    }
    expect(await t.store.sync()).toEqual(before);
    expect(await t.store.cases()).toEqual([]);
    expect(await t.store.eventsIn('p')).toEqual([]);
    expect(await t.store.draft(draftId)).not.toBeNull();
    const saved = await recordEarly(t.record, { ...of, areaCode: VILLAGE }, entries);
    expect(saved.ok).toBe(true);
    expect((await t.store.eventsIn('p')).map((e) => e.ds)).toEqual([1, 2]);
  });
});
