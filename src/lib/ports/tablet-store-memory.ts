import { assert } from '../domain/values.ts';
import { sameBytes } from '../protocol/bytes.ts';
import { envelopeOf } from '../protocol/sealed.ts';
import {
  STORE_WRITER,
  StoreFailure,
  type Act,
  type ActOutcome,
  type BodySwap,
  type CaseCounts,
  type CaseRecord,
  type DraftRecord,
  type EventRow,
  type ExchangeChanges,
  type ExchangeScope,
  type ExchangeView,
  type MediaChunk,
  type MediaRecord,
  type MediaState,
  type SlipRow,
  type SyncRecord,
  type TabletStore,
  type Unsent,
} from './tablet-store.ts';

/**
 * The disk of a tablet as plain maps; every method is one atomic step. The simulator runs this
 * class directly (nothing in it waits), the async wrapper below gives it the port's shape.
 */
export class TabletDisk {
  record: SyncRecord | null = null;
  readonly events = new Map<string, EventRow>();
  readonly cases = new Map<string, CaseRecord>();
  readonly drafts = new Map<string, DraftRecord>();
  readonly metas = new Map<string, Uint8Array>();
  readonly media = new Map<string, MediaRecord>();
  readonly chunks = new Map<string, Map<number, Uint8Array>>();
  readonly slips = new Map<string, SlipRow>();

  begin(first: SyncRecord): SyncRecord {
    this.record ??= first;
    return this.record;
  }

  private writable(): SyncRecord {
    assert(this.record, 'the store was begun');
    if (this.record.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
    return this.record;
  }

  save(act: Act): ActOutcome {
    const sync = this.writable();
    if (act.number !== null && act.number !== sync.numberNext) return { kind: 'moved' };
    if (act.unseen !== null && this.has(act.unseen)) return { kind: 'here' };
    const fresh = new Set(act.cases.map((c) => c.id));
    if (act.events.some((e) => !fresh.has(e.caseId) && !this.cases.has(e.caseId)))
      return { kind: 'gone' };
    const dsFrom = sync.dsNext;
    for (const e of act.events) assert(!this.events.has(e.id), 'event ids are new');
    act.events.forEach((e, i) => this.events.set(e.id, newRow(e, sync.dv, dsFrom + i)));
    for (const c of act.cases) if (!this.cases.has(c.id)) this.cases.set(c.id, newCase(c));
    for (const id of new Set(act.events.map((e) => e.caseId))) this.touch({ id });
    for (const f of act.facts) {
      const c = this.cases.get(f.id);
      if (c) this.cases.set(f.id, { ...c, facts: f.facts, factsRev: c.rev });
    }
    for (const d of act.drafts) this.drafts.set(d.id, d);
    for (const d of act.removeDrafts) this.drafts.delete(d);
    for (const { record, chunks } of act.resealed ?? [])
      if (this.media.has(record.id)) this.putMedia(record, chunks);
    for (const m of act.announce) this.setMediaState(m, 'p');
    this.record = {
      ...sync,
      dsNext: dsFrom + act.events.length,
      numberNext: sync.numberNext + (act.number === null ? 0 : 1),
    };
    return { kind: 'saved', dsFrom };
  }

  private has(caseId: string): boolean {
    return this.cases.has(caseId) || [...this.media.values()].some((m) => m.caseId === caseId);
  }

  exchange(
    scope: ExchangeScope,
    plan: (view: ExchangeView) => ExchangeChanges | null,
  ): ExchangeChanges | null {
    const sync = this.writable();
    const rows = new Map<string, EventRow>();
    const ids = new Set(scope.ids);
    const cases = new Set(scope.cases);
    for (const r of this.events.values()) {
      const own = scope.own && r.state !== 'f';
      if (scope.all || own || ids.has(r.id) || cases.has(r.caseId)) rows.set(r.id, r);
    }
    const left = new Set([...this.cases.values()].filter((c) => c.left).map((c) => c.id));
    const changes = plan({ sync, rows, left });
    if (!changes) return null;
    const written = new Map(changes.put.map((r) => [r.id, r.state]));
    for (const id of changes.remove) {
      const state = written.get(id) ?? this.events.get(id)?.state;
      assert(state !== 'p' && state !== 'q', 'S11: only copies may be removed');
    }
    for (const r of changes.put) this.events.set(r.id, r);
    for (const id of changes.remove) this.events.delete(id);
    for (const t of changes.touch) this.touch(t);
    for (const id of changes.removeCases) this.cases.delete(id);
    if (changes.mediaAgain)
      for (const m of this.media.values())
        if (m.state === 'a' || m.state === 'q') this.setMediaState(m.id, 'p');
    this.record = changes.sync;
    return changes;
  }

  private touch(t: { id: string; body?: Uint8Array; left?: 0 | 1 }): void {
    const old = this.cases.get(t.id) ?? (t.body ? newCase({ id: t.id, body: t.body }) : null);
    if (old) this.cases.set(t.id, { ...old, rev: old.rev + 1, left: t.left ?? old.left });
  }

  putFacts(id: string, rev: number, facts: Uint8Array): boolean {
    const c = this.cases.get(id);
    if (c?.rev !== rev) return false;
    this.cases.set(id, { ...c, facts, factsRev: rev });
    return true;
  }

  eventsIn(state: 'p' | 'q' | 'a'): EventRow[] {
    return [...this.events.values()].filter((r) => r.state === state).sort(byDevicePlace);
  }

  unsent(bytes: number): Unsent {
    const waiting = this.eventsIn('p');
    let room = bytes;
    const rows = waiting.filter((r, i) => (room -= r.bytes) >= 0 || i === 0);
    return { rows, count: waiting.length };
  }

  counts(): Map<string, CaseCounts> {
    const out = new Map<string, CaseCounts>();
    for (const r of this.events.values()) {
      if (r.state === 'f') continue;
      const c = out.get(r.caseId) ?? { p: 0, a: 0, q: 0 };
      out.set(r.caseId, { ...c, [r.state]: c[r.state] + 1 });
    }
    return out;
  }

  offerAgain(caseId: string): number {
    this.writable();
    let n = 0;
    for (const r of this.events.values())
      if (r.caseId === caseId && r.state === 'q') {
        this.events.set(r.id, { ...r, state: 'p', note: null });
        n++;
      }
    this.touch({ id: caseId });
    return n;
  }

  putDraft(d: DraftRecord): boolean {
    this.writable();
    if ((this.drafts.get(d.id)?.rev ?? 0) !== d.rev - 1) return false;
    this.drafts.set(d.id, d);
    return true;
  }

  removeDraft(id: string): void {
    const d = this.drafts.get(id);
    this.drafts.delete(id);
    for (const m of this.media.values()) if (d && m.caseId === d.caseId) this.removeMedia(m.id);
  }

  putMedia(m: MediaRecord, chunks: readonly MediaChunk[]): void {
    this.media.set(m.id, m);
    const held = this.chunks.get(m.id) ?? new Map<number, Uint8Array>();
    for (const c of chunks) held.set(c.n, c.body);
    this.chunks.set(m.id, held);
  }

  setMediaState(id: string, state: MediaState): void {
    const m = this.media.get(id);
    if (m) this.media.set(id, { ...m, state });
  }

  removeMedia(id: string): void {
    const m = this.media.get(id);
    if (!m || (m.state !== 'r' && m.state !== 'd')) return;
    this.media.delete(id);
    this.chunks.delete(id);
  }

  dropLeftMedia(): number {
    const isHere = (caseId: string) =>
      // The bare line of a case that left holds no files.
      this.cases.get(caseId)?.left === 0 ||
      [...this.events.values()].some((r) => r.caseId === caseId);
    const left = [...this.media.values()].filter((m) => m.state === 'a' && !isHere(m.caseId));
    for (const { id } of left) {
      this.media.delete(id);
      this.chunks.delete(id);
    }
    return left.length;
  }

  dropSlips(ids: readonly string[], day: number): void {
    for (const id of ids) {
      const slip = this.slips.get(id);
      if (slip && slip.day < day && !slip.files) this.slips.delete(id);
    }
  }

  envelopes(): ReadonlySet<string> {
    const bodies = [...this.events.values()].flatMap((r) => [r.body, r.note]);
    for (const c of this.cases.values()) bodies.push(c.body, c.facts);
    for (const d of this.drafts.values()) bodies.push(d.body);
    for (const m of this.media.values()) bodies.push(m.body);
    return envelopesIn([...bodies, ...this.metas.values()]);
  }

  swapBody({ store, id, before, after }: BodySwap): boolean {
    const row = store === 'events' ? this.events.get(id) : this.cases.get(id);
    if (!row) return false;
    const now = store === 'facts' ? (row as CaseRecord).facts : row.body;
    if (!now || !sameBytes(now, before)) return false;
    if (store === 'events') this.events.set(id, { ...(row as EventRow), body: after });
    else
      this.cases.set(id, { ...(row as CaseRecord), [store === 'facts' ? 'facts' : 'body']: after });
    return true;
  }
}

/** Envelopes of the bodies that lie in one. */
export const envelopesIn = (bodies: readonly (Uint8Array | null)[]): Set<string> =>
  new Set(bodies.flatMap((body) => (body && envelopeOf(body)) ?? []));

/** Order in which a device made its events. */
export const byDevicePlace = (a: EventRow, b: EventRow): number =>
  a.dv < b.dv ? -1 : a.dv > b.dv ? 1 : a.ds - b.ds;

/** A fresh row of the outbox. */
export const newRow = (e: Act['events'][number], dv: string, ds: number): EventRow => ({
  ...{ id: e.id, caseId: e.caseId, day: e.day, body: e.body, bytes: e.body.length },
  ...{ dv, ds, state: 'p', seq: 0, epoch: '', tag: '', note: null },
});

export const newCase = (c: { id: string; body: Uint8Array }): CaseRecord => ({
  ...{ id: c.id, body: c.body, rev: 0, factsRev: -1, left: 0, facts: null },
});

/** The honest in-memory driver: same guarantees, nothing survives the process. */
export function memoryTabletStore(disk: TabletDisk = new TabletDisk()): TabletStore {
  const later = async <T>(step: () => T): Promise<T> => step();
  const of = <T extends { readonly caseId: string }>(rows: Iterable<T>, caseId: string): T[] =>
    [...rows].filter((r) => r.caseId === caseId);
  return {
    begin: (first) => later(() => disk.begin(first)),
    sync: () => later(() => disk.record),
    known: () => disk.record,
    save: (act) => later(() => disk.save(act)),
    exchange: (scope, plan) => later(() => disk.exchange(scope, plan)),
    cases: () => later(() => [...disk.cases.values()]),
    caseOf: (id) => later(() => disk.cases.get(id) ?? null),
    casesOf: (ids) => later(() => ids.flatMap((id) => disk.cases.get(id) ?? [])),
    look: (id) =>
      later(() => ({
        ...{ record: disk.cases.get(id) ?? null, sync: disk.record },
        ...{ events: of(disk.events.values(), id), media: of(disk.media.values(), id) },
      })),
    putFacts: (id, rev, facts) => later(() => disk.putFacts(id, rev, facts)),
    // Maps in memory are read as quickly as one body.
    beginList: () => later(() => null),
    keepList: () => later(() => false),
    eventsOf: (caseId) => later(() => of(disk.events.values(), caseId)),
    eventsIn: (state) => later(() => disk.eventsIn(state)),
    unsent: (bytes) => later(() => disk.unsent(bytes)),
    counts: () => later(() => disk.counts()),
    offerAgain: (caseId) => later(() => disk.offerAgain(caseId)),
    drafts: () => later(() => [...disk.drafts.values()]),
    draft: (id) => later(() => disk.drafts.get(id) ?? null),
    putDraft: (record) => later(() => disk.putDraft(record)),
    removeDraft: (id) => later(() => disk.removeDraft(id)),
    meta: (key) => later(() => disk.metas.get(key) ?? null),
    putMeta: (key, body) => later(() => void disk.metas.set(key, body)),
    media: (caseId) =>
      later(() => (caseId ? of(disk.media.values(), caseId) : [...disk.media.values()])),
    putMedia: (record, chunks) => later(() => disk.putMedia(record, chunks)),
    chunk: (id, n) => later(() => disk.chunks.get(id)?.get(n) ?? null),
    replaceMedia: (record, chunks) =>
      later(() => {
        disk.chunks.delete(record.id);
        disk.putMedia(record, chunks);
      }),
    setMediaState: (id, state) => later(() => disk.setMediaState(id, state)),
    removeMedia: (id) => later(() => disk.removeMedia(id)),
    dropLeftMedia: () => later(() => disk.dropLeftMedia()),
    slips: () => later(() => [...disk.slips.values()]),
    putSlips: (rows) => later(() => rows.forEach((row) => disk.slips.set(row.id, row))),
    dropSlips: (ids, day) => later(() => disk.dropSlips(ids, day)),
    envelopes: () => later(() => disk.envelopes()),
    swapBodies: (swaps) => later(() => swaps.filter((swap) => disk.swapBody(swap)).length),
    close: () => undefined,
  };
}
