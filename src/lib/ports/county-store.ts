/**
 * The county's store: one log per county, what is derived from it, and who sees which case.
 *
 * The promises of `event-store.ts` hold for `transact`: it resolves after the durable commit, and
 * a body that throws leaves nothing behind. One transaction at a time per county.
 */
import type { CaseFile } from '../domain/case-file.ts';
import type { CaseId, DeviceId, EventId, Instant, PersonId, Sha256 } from '../domain/values.ts';
import type { EventRow, LogRow } from './event-store.ts';

/** 12-digit code of the county: the first part of every key. */
export type CountyCode = string;

export interface Head {
  readonly seq: number;
  readonly tag: string;
}

/** One uninterrupted history; the last one is current. */
export interface Epoch {
  readonly id: string;
  /** Last position that this history shares with the one before. */
  readonly baseSeq: number;
  readonly reason: string;
  readonly at: Instant;
}

/** Where the county has an event id: in the log, or kept aside. */
export type Known =
  | {
      readonly at: 'log';
      readonly h: Sha256;
      readonly seq: number;
      readonly tag: string;
      readonly receivedAt: Instant;
      /** The tablet it came from. */
      readonly dv: DeviceId;
    }
  | { readonly at: 'aside'; readonly h: Sha256; readonly code: string };

/** A tablet's vault, or a county node. */
export interface DeviceRow {
  readonly dv: DeviceId;
  readonly personId: PersonId;
  /** Letter of the agent's vaults in temporary numbers; empty before enrolment. */
  readonly letter: string;
  /** Highest ds the county has an outcome for. */
  readonly lastDs: number;
  /** Highest ds the tablet said it has taken. */
  readonly dsHi: number;
  readonly build: string;
  readonly enrolledAt: Instant;
  readonly lastSeenAt: Instant;
  readonly offsetSeconds: number;
  /** The request's `report`, or null. */
  readonly report: unknown;
  /** Its key of now; absent while it has none: an older tablet, whose work is not signed. */
  readonly key?: DeviceKey;
  /** From this place on it signs what leaves it sealed; absent while it has not said. */
  readonly sealedFrom?: number;
  /** It said that it signs the descriptions of files that leave it sealed; never taken back. */
  readonly filesSigned?: true;
}

/** The public half of a device's key, as the county holds it. */
export interface DeviceKey {
  /** Printed point (protocol/device-key.ts). */
  readonly publicKey: string;
  /** First 8 bytes of its hash. */
  readonly keyId: string;
  /** When the county was told. */
  readonly at: Instant;
  /** 1 for the first; higher: it was changed. */
  readonly n: number;
}

/** A key that a device had or has; never taken away, for it proves what was signed by it. */
export interface DeviceKeyRow extends DeviceKey {
  readonly dv: DeviceId;
}

/** A signed push of which something joined the log: events of `dv` in (fromSeq, toSeq]. */
export interface DevicePushRow {
  readonly dv: DeviceId;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** How many of its events joined the log. */
  readonly stored: number;
  readonly keyId: string;
  /** Base64url of 64 bytes. */
  readonly signature: string;
  /** Base64url of the hashes of all its events, 32 bytes each, in the order sent. */
  readonly hashes: string;
}

/** How one (dv, ds) ended. */
export interface DevicePlaceRow {
  readonly dv: DeviceId;
  readonly ds: number;
  readonly id: EventId;
  readonly outcome: 'stored' | 'rejected' | 'alias';
}

/** An event that did not join the log, kept raw: deleted by nobody. */
export interface AsideRow {
  readonly id: EventId;
  readonly h: Sha256;
  readonly dv: DeviceId;
  readonly ds: number;
  readonly personId: PersonId;
  readonly caseId: CaseId;
  readonly salt: string;
  readonly code: string;
  /** In words for people; may be empty. */
  readonly reason: string;
  /** The wire event's JSON text as it came, with `c` replaced by nothing. */
  readonly raw: string;
  readonly receivedAt: Instant;
  readonly offset: number;
  /** Position it got when the office adopted it, else null. */
  readonly adoptedSeq: number | null;
}

/** A case as folded from its events so far, with what lists and rules look up. */
export interface CaseRecord {
  readonly caseId: CaseId;
  readonly salt: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly file: CaseFile;
  readonly columns: CaseColumns;
  /** Its words lie under a key that is not here: `file` is a stand-in that must not be written. */
  readonly locked?: true;
}

/** Columns for lists, search and look-ups; all derived from `file`, null where unknown. */
export interface CaseColumns {
  readonly status: string;
  readonly caseNo: string | null;
  readonly temporaryNumber: string | null;
  readonly queryCode: string | null;
  /** Codes on further slips of the same case, a blank between them. */
  readonly otherCodes: string | null;
  readonly areaCode: string;
  readonly agentId: PersonId | null;
  readonly leadUnitId: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly sealed: boolean;
  readonly urgent: boolean;
  /** 信访日期, LocalDate. */
  readonly xfDate: string | null;
  readonly receivedAt: Instant | null;
  readonly closedAt: Instant | null;
  /** What the search looks in: numbers, names, places, the words. Empty when sealed. */
  readonly searchText: string;
}

/** One interval in which a person sees a case; `toSeq` null while it lasts. */
export interface AccessRow {
  readonly personId: PersonId;
  readonly caseId: CaseId;
  readonly fromSeq: number;
  readonly toSeq: number | null;
}

/** Up to where a person's visibility was computed, and with which grants. */
export interface ViewerRow {
  readonly personId: PersonId;
  readonly checkedSeq: number;
  /** Any change of this text means: look at every case again. */
  readonly grantsPrint: string;
}

/** One file that one person announced for one case; complete: he has sent all its bytes. */
export interface MediaRow {
  readonly sha: Sha256;
  readonly bytes: number;
  readonly mime: string;
  readonly caseId: CaseId;
  readonly personId: PersonId;
  readonly state: 'wanted' | 'complete' | 'refused';
  /** MediaRefusal when refused, else empty. */
  readonly refused: string;
  readonly announcedAt: Instant;
  readonly completeAt: Instant | null;
}

/** 留痕: one line of the audit, chained to the one before it in the order of commits. */
export interface AuditRow {
  readonly at: Instant;
  readonly personId: PersonId;
  /** Roles under which it was done, comma between. */
  readonly role?: string;
  readonly action: string;
  readonly caseId: CaseId | null;
  readonly note: string;
  /** Why, in the person's words, where he had to say it. */
  readonly why?: string;
}

/** A note beside the cases: every change is a row more, the last one of a name holds. */
export interface KeptRow {
  readonly name: string;
  /** JSON text. */
  readonly value: string;
  readonly at: Instant;
  readonly personId: PersonId;
}

/** Everything one step writes; given together, written together. */
export interface WriteBatch {
  readonly log?: readonly LogRow[];
  readonly places?: readonly DevicePlaceRow[];
  readonly devices?: readonly DeviceRow[];
  readonly deviceKeys?: readonly DeviceKeyRow[];
  readonly pushes?: readonly DevicePushRow[];
  readonly aside?: readonly AsideRow[];
  readonly adopted?: readonly { readonly id: EventId; readonly seq: number }[];
  readonly cases?: readonly CaseRecord[];
  /** Who is or was agent of which case; never taken back, visibility decides the rest. */
  readonly agents?: readonly { readonly personId: PersonId; readonly caseId: CaseId }[];
  readonly access?: readonly AccessRow[];
  readonly viewers?: readonly ViewerRow[];
  readonly media?: readonly MediaRow[];
  readonly counters?: readonly { readonly name: string; readonly value: number }[];
  readonly epochs?: readonly Epoch[];
  readonly safe?: number;
  /** The same value again adds no row. */
  readonly kept?: readonly KeptRow[];
  readonly audit?: readonly AuditRow[];
  /** Lines up to this one go; the batch carries the line that says so (server/jobs/audit-purge). */
  readonly auditDrop?: number;
}

/** Events of one device above a position: they were answered just now and need not be told. */
export interface Answered {
  readonly dv: DeviceId;
  readonly above: number;
}

export interface FeedOf {
  readonly personId: PersonId;
  readonly after: number;
  readonly limit: number;
  readonly but?: Answered;
}

/** One row of the feed's scan with what the tablet needs beside it. */
export interface FeedScan {
  readonly rows: readonly LogRow[];
  /** Last position looked at: the head when nothing more waits. */
  readonly scanned: number;
}

/** The inside of one transaction; reads see its own writes. */
export interface CountyTx {
  /** Locks the county's head row for this transaction. */
  head(): Promise<Head>;
  epochs(): Promise<readonly Epoch[]>;
  /** Highest position in a copy that was restored and checked. */
  safe(): Promise<number>;
  /** Tags of those positions that exist; position 0 is the caller's. */
  tagsAt(seqs: readonly number[]): Promise<ReadonlyMap<number, string>>;
  known(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, Known>>;
  device(dv: DeviceId): Promise<DeviceRow | null>;
  devicesOf(personId: PersonId): Promise<readonly DeviceRow[]>;
  placesOf(dv: DeviceId, ds: readonly number[]): Promise<ReadonlyMap<number, EventId>>;
  aside(id: EventId): Promise<AsideRow | null>;
  /** Rows kept aside with this code and not adopted, oldest first, at most `limit`. */
  asideOpen(code: string, limit: number): Promise<readonly AsideRow[]>;
  cases(ids: readonly CaseId[]): Promise<ReadonlyMap<CaseId, CaseRecord>>;
  caseByQueryCode(code: string): Promise<readonly CaseId[]>;
  /** Events of a case with `seq` below the given one, ascending. */
  eventsOf(caseId: CaseId, belowSeq: number): Promise<readonly EventRow[]>;
  viewer(personId: PersonId): Promise<ViewerRow | null>;
  /** The intervals of these cases for the person, open and closed. */
  accessOf(personId: PersonId, cases: readonly CaseId[]): Promise<readonly AccessRow[]>;
  /** Cases changed after `since` whose agent the person is or was, or which are open to him. */
  candidates(personId: PersonId, since: number): Promise<readonly CaseId[]>;
  /** Rows after `after` for this person's eyes, ascending, at most `limit`; may leave out `but`. */
  feed(of: FeedOf): Promise<FeedScan>;
  /** One row per file, case and sender, in that order. */
  media(shas: readonly Sha256[]): Promise<readonly MediaRow[]>;
  counter(name: string): Promise<number>;
  /** How many rows a kept name has; 0: it was never written. */
  keptRows(name: string): Promise<number>;
  write(batch: WriteBatch): Promise<void>;
}

export interface CountyStore {
  /** Runs `body` in one write transaction of the county and resolves after its durable commit. */
  transact<T>(county: CountyCode, body: (tx: CountyTx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
