/**
 * The tablet's own store: what every driver promises.
 *
 * 1. All or nothing: each method below that writes is one transaction; after a kill or a power
 *    cut either all of it is there or none of it.
 * 2. Strict: a promise that resolved means the bytes are on the disk, not in a buffer.
 * 3. There is no outbox table. An event of this device without a county position (state `p`) is
 *    the outbox, so saving and queueing cannot disagree.
 * 4. `ds` is taken in the transaction that writes the event: 1,2,3.. without holes per `dv`.
 * 5. Nothing but random ids, ds, seq, state, epoch, tag, size and coarse day stands in clear;
 *    names, words, places, file names and hashes only inside sealed bodies.
 * 6. No method deletes an event in state `p` or `q` (S11).
 */
import type { Slip } from '../protocol/sealed.ts';

/** p unsent · a acknowledged, not yet in a checked backup · q put aside · f a plain copy. */
export type EventState = 'p' | 'a' | 'q' | 'f';

/** One event as it lies on the disk. `seq` 0 and empty `epoch`/`tag` mean: no county position. */
export interface EventRow {
  readonly id: string;
  readonly caseId: string;
  /** Device and its sequence; empty and 0 for events of other devices. */
  readonly dv: string;
  readonly ds: number;
  readonly state: EventState;
  readonly seq: number;
  readonly epoch: string;
  readonly tag: string;
  /** Size of the sealed body. */
  readonly bytes: number;
  /** Days since 1970 in Asia/Shanghai, when it was saved here. */
  readonly day: number;
  readonly body: Uint8Array;
  /** Sealed receipt: when the county received it, K rule, rejection code. */
  readonly note: Uint8Array | null;
}

/** Where a case's list entry comes from; `factsRev < rev` means it has to be folded again. */
export interface CaseRecord {
  readonly id: string;
  readonly rev: number;
  readonly factsRev: number;
  /** The case left this person's scope; only unsent or not yet safe events are kept. */
  readonly left: 0 | 1;
  /** Sealed: salt and numbers. Written once. */
  readonly body: Uint8Array;
  /** Sealed list entry, derived from the events. */
  readonly facts: Uint8Array | null;
}

export type Position = readonly [seq: number, tag: string];
export interface StoreCursor {
  readonly epoch: string;
  readonly seq: number;
  readonly tag: string;
}

/** The tablet's side of the protocol state; ids and positions only, so it stands in clear. */
export interface SyncRecord {
  readonly dv: string;
  readonly dsNext: number;
  /** Next 4-digit counter of temporary numbers on this tablet. */
  readonly numberNext: number;
  /** Epoch of the last answer; empty before the first. */
  readonly epoch: string;
  readonly cursor: StoreCursor | null;
  readonly wit: Position | null;
  readonly wits: readonly Position[];
  readonly hist: readonly Position[];
  readonly safe: number;
  readonly head: number;
  /** Raised by every rewind: an answer to an older generation is ignored. */
  readonly gen: number;
  /** Beginning of the county's day of the last verified answer, empty before the first. */
  readonly lastReceiptAt: string;
  /** Sealed, base64url: the county's time of that answer; absent in what an earlier build wrote. */
  readonly heard?: string | undefined;
  /** Sealed: when a file became whole after that answer; the next answer takes its place. */
  readonly fileHeard?: string | undefined;
  /** The same once it was opened, and in what an earlier build wrote. */
  readonly lastFileAt?: string | undefined;
  readonly clockOffsetSeconds: number;
  /** Oldest writer that may still write here; a roll-back of the app must not. */
  readonly minWriter: number;
  /** Highest own `ds` that the county has an outcome for, by its last answer about this `dv`. */
  readonly dsLast?: number | undefined;
  /** What became of the vault that stood here before; told to the county with every exchange. */
  readonly was?: FormerVault | undefined;
}

/**
 * A vault that this tablet lost: thrown away, used by a second tablet, or put back. Under the tablet's
 * own `dv`: the county was put back to before what it had called safe.
 */
export interface FormerVault {
  readonly dv: string;
  readonly why: 'EVICTED' | 'CLONED' | 'RESTORED';
  /** Entries of it that were never sent and are not here any more; 0 when all are here. */
  readonly unsent: number;
  /** Coarse day on which it was noticed. */
  readonly day: number;
}

/** The slip of an envelope key that bodies here lie under; nothing in it opens without a key. */
export interface SlipRow extends Slip {
  /** Coarse day on which something was last sealed under it. */
  readonly day: number;
  /** Pictures or sound were: then it stays. */
  readonly files: boolean;
}

/** A body to be sealed anew, as it is and as it shall be. */
export interface BodySwap {
  /** `facts` is the second body of a case. */
  readonly store: 'events' | 'cases' | 'facts';
  readonly id: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Version of this writer, compared with `minWriter` in every writing transaction. */
export const STORE_WRITER = 1;

export interface NewEventRow {
  readonly id: string;
  readonly caseId: string;
  readonly day: number;
  readonly body: Uint8Array;
}

/** One act of a person: everything it changes, in one transaction. */
export interface Act {
  readonly events: readonly NewEventRow[];
  /** New cases (ignored where the case is already there). */
  readonly cases: readonly { readonly id: string; readonly body: Uint8Array }[];
  /** Fresh list entries of the touched cases, as far as they are known already. */
  readonly facts: readonly { readonly id: string; readonly facts: Uint8Array }[];
  /** The temporary-number counter the act was built with; null when it took none. */
  readonly number: number | null;
  readonly removeDrafts: readonly string[];
  readonly drafts: readonly DraftRecord[];
  /** Captured files that the events name: from now on they are announced to the county. */
  readonly announce: readonly string[];
  /** Some of them with their bodies sealed anew, all their parts: they take the place of what lies there. */
  readonly resealed?: readonly {
    readonly record: MediaRecord;
    readonly chunks: readonly MediaChunk[];
  }[];
  /** A case that was shown before is shown no more: the list in one body goes, and is made anew. */
  readonly hidden?: boolean;
  /** A case that this act was built for unseen: if anything of it is here, nothing is written. */
  readonly unseen: string | null;
}

/**
 * `moved`: another tab took the number first, `here`: the unseen case has a record or files; in
 * both nothing was written: look, build again and retry.
 */
export type ActOutcome =
  | { readonly kind: 'saved'; readonly dsFrom: number }
  | { readonly kind: 'moved' | 'here' | 'gone' };

/** A draft: mutable, sealed, never sent. `rev` guards against a second writer. */
export interface DraftRecord {
  readonly id: string;
  readonly caseId: string;
  readonly rev: number;
  readonly bytes: number;
  readonly day: number;
  readonly body: Uint8Array;
}

/** r recording · d captured, named by no event · p to send · a at the county · q not wanted there. */
export type MediaState = 'r' | 'd' | 'p' | 'a' | 'q';

export interface MediaRecord {
  readonly id: string;
  readonly caseId: string;
  readonly state: MediaState;
  readonly bytes: number;
  readonly chunks: number;
  readonly day: number;
  /** Sealed metadata: sha256, mime, kind, caption, gaps. */
  readonly body: Uint8Array;
}

/** What a reply may look at: rows of these ids, of these cases, all own ones, or everything. */
export interface ExchangeScope {
  readonly ids: readonly string[];
  readonly cases: readonly string[];
  readonly own: boolean;
  readonly all: boolean;
}

export interface ExchangeView {
  readonly sync: SyncRecord;
  readonly rows: ReadonlyMap<string, EventRow>;
  /** Cases that already left this person's scope. */
  readonly left: ReadonlySet<string>;
}

/** What a verified answer changes, computed by a pure function inside the transaction. */
export interface ExchangeChanges {
  readonly sync: SyncRecord;
  readonly put: readonly EventRow[];
  /** After `put`: never names a row that is then in state p or q; drivers assert it. */
  readonly remove: readonly string[];
  /** Touched cases: `rev` goes up; created with `body` when they are new. */
  readonly touch: readonly {
    readonly id: string;
    readonly body?: Uint8Array;
    readonly left?: 0 | 1;
  }[];
  readonly removeCases: readonly string[];
  /** After a rewind the county may lack files it once had: offer them again. */
  readonly mediaAgain: boolean;
}

/** Counts per case from keys alone: what the ticks of a list need. */
export interface CaseCounts {
  readonly p: number;
  readonly a: number;
  readonly q: number;
}

/** What a kept list is made of. */
export interface ListBegun {
  readonly gen: number;
  readonly cases: readonly CaseRecord[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
}

/** One case at one moment: what an act on it has to know. */
export interface CaseLook {
  readonly record: CaseRecord | null;
  readonly sync: SyncRecord | null;
  readonly events: readonly EventRow[];
  readonly media: readonly MediaRecord[];
}

/** The head of the outbox. */
export interface Unsent {
  readonly rows: readonly EventRow[];
  /**
   * All unsent events, with those behind `rows`: exact where nothing is behind, else it may count
   * a place that was settled out of turn.
   */
  readonly count: number;
}

export interface TabletStore {
  /** Creates the sync record when there is none; returns what stands there. */
  begin(first: SyncRecord): Promise<SyncRecord>;
  sync(): Promise<SyncRecord | null>;
  /** The sync record as this store last saw it, without asking the disk: a guess, maybe old. */
  known(): SyncRecord | null;
  save(act: Act): Promise<ActOutcome>;
  /** Runs `plan` inside the transaction; null from it writes nothing. */
  exchange(
    scope: ExchangeScope,
    plan: (view: ExchangeView) => ExchangeChanges | null,
  ): Promise<ExchangeChanges | null>;

  cases(): Promise<readonly CaseRecord[]>;
  caseOf(id: string): Promise<CaseRecord | null>;
  /** Those of these cases that are here, read at once. */
  casesOf(ids: readonly string[]): Promise<readonly CaseRecord[]>;
  /** Record, rows and files of one case and the sync record, read at once. */
  look(caseId: string): Promise<CaseLook>;
  /** Stores a list entry if the case is still at `rev`; false when it moved on. */
  putFacts(id: string, rev: number, facts: Uint8Array): Promise<boolean>;
  /**
   * Begins the list of cases that is kept in one body: all records as they stand now; from here on
   * each change marks its case. Null: the list kept already is good enough, or not worth it.
   */
  beginList(): Promise<ListBegun | null>;
  /** Keeps the body made of it; false when too much changed or another list was begun since. */
  keepList(gen: number, body: Uint8Array): Promise<boolean>;
  eventsOf(caseId: string): Promise<readonly EventRow[]>;
  /** Own events in a state, in (dv, ds) order. */
  eventsIn(state: 'p' | 'q' | 'a'): Promise<readonly EventRow[]>;
  /** The first unsent events in (dv, ds) order, as many as `bytes` of bodies hold, at least one. */
  unsent(bytes: number): Promise<Unsent>;
  counts(): Promise<ReadonlyMap<string, CaseCounts>>;
  /** Puts refused events back into the queue, for one case. */
  offerAgain(caseId: string): Promise<number>;

  drafts(): Promise<readonly DraftRecord[]>;
  draft(id: string): Promise<DraftRecord | null>;
  /** False when the stored `rev` is not the one before: somebody else wrote. */
  putDraft(record: DraftRecord): Promise<boolean>;
  /** With the captures of its case, unless a saved event named them. */
  removeDraft(id: string): Promise<void>;

  meta(key: string): Promise<Uint8Array | null>;
  putMeta(key: string, body: Uint8Array): Promise<void>;

  media(caseId?: string): Promise<readonly MediaRecord[]>;
  /** Writes the record and the given chunks in one transaction. */
  putMedia(record: MediaRecord, chunks: readonly MediaChunk[]): Promise<void>;
  /** One slice of a running recording: chunk and record together. */
  chunk(mediaId: string, n: number): Promise<Uint8Array | null>;
  /** Replaces all chunks of a file by new ones: the end of a recording. */
  replaceMedia(record: MediaRecord, chunks: readonly MediaChunk[]): Promise<void>;
  setMediaState(id: string, state: MediaState): Promise<void>;
  /** Only for captures that no event names (state r or d). */
  removeMedia(id: string): Promise<void>;
  /** Takes files away that the county holds and whose case is no longer here; how many. */
  dropLeftMedia(): Promise<number>;

  slips(): Promise<readonly SlipRow[]>;
  putSlips(rows: readonly SlipRow[]): Promise<void>;
  /** Takes those of these slips away that still are from before `day` and never had files. */
  dropSlips(ids: readonly string[], day: number): Promise<void>;
  /** Envelopes that bodies of events, cases, drafts, files' records and meta lie in. */
  envelopes(): Promise<ReadonlySet<string>>;
  /** Puts bodies sealed anew in the place of those that are still as they were; how many. */
  swapBodies(swaps: readonly BodySwap[]): Promise<number>;
  close(): void;
}

export interface MediaChunk {
  readonly n: number;
  /** Sealed bytes. */
  readonly body: Uint8Array;
}

/** The store could not take it: closed list, so that the screens can say what to do. */
export class StoreFailure extends Error {
  readonly code: 'STORAGE_FULL' | 'STORE_BROKEN' | 'STORE_NEWER';
  constructor(code: 'STORAGE_FULL' | 'STORE_BROKEN' | 'STORE_NEWER', cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** The first record of a tablet. */
export const firstSync = (dv: string): SyncRecord => ({
  dv,
  dsNext: 1,
  numberNext: 1,
  epoch: '',
  cursor: null,
  wit: null,
  wits: [],
  hist: [],
  safe: 0,
  head: 0,
  gen: 0,
  lastReceiptAt: '',
  clockOffsetSeconds: 0,
  minWriter: STORE_WRITER,
});

export const NO_ACT: Act = {
  events: [],
  cases: [],
  facts: [],
  number: null,
  removeDrafts: [],
  drafts: [],
  announce: [],
  unseen: null,
};
