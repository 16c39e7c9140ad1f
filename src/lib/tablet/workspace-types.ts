/**
 * What the screens of the tablet may know and do: the one object they use is a `Workspace`.
 *
 * Everything readable here is reactive (runes) and already in memory: a screen never waits for
 * the store to draw a list. Everything that writes resolves only after a strict transaction has
 * completed, so 「已存本机」 may be shown exactly when the promise resolves with `ok`.
 */
import type { KeptAct } from './act-forms.ts';
import type { AttachmentKind, AttachmentRef, CaptureRefusal, Recorder } from './capture-types.ts';
import type { Agent, DutyNumber, Settings, SignInRefusal, StorageAnswer } from './person-types.ts';
import type { Vaults } from './vault-types.ts';
import type { SyncStatus, UnsentEvent, WaitReason } from './sync-types.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Refusal } from '../domain/decide.ts';
import type { EventType } from '../domain/events.ts';
import type {
  AreaCode,
  CaseId,
  EventId,
  Instant,
  LocalDate,
  Result,
  Sha256,
} from '../domain/values.ts';

export type * from './capture-types.ts';
export type * from './person-types.ts';
export type * from './sync-types.ts';

/** One of the three ticks: filled, part of it, not yet. */
export type TickState = 'done' | 'part' | 'none';

/**
 * ① strict on this tablet, ② committed at the county, ③ in the county's checked backup, ④ the
 * villager has the slip.
 */
export interface Ticks {
  readonly saved: TickState;
  readonly county: TickState;
  readonly backup: TickState;
  readonly receipt: TickState;
}

/** 正常 / 临期 / 超期 / 没起算 / 冻结: never shown by colour alone. */
export type LightLevel = 'ok' | 'soon' | 'late' | 'idle' | 'frozen';

/** Worst running legal clock of a case; before the county has it, the 24 h hand-in clock C0. */
export interface RowLight {
  readonly level: LightLevel;
  /** Clock code (`C0`..), null when nothing runs. */
  readonly clock: string | null;
  readonly dueAt: Instant | null;
  /** The holiday table does not cover the span: the day may still move. */
  readonly provisional: boolean;
}

export type RowFlag = 'SEALED' | 'URGENT' | 'JOINT' | 'ANONYMOUS' | 'RETURNED' | 'REFUSED_PART';

/** One line of 我的单子; small enough to keep thousands of them in memory. */
export interface CaseRow {
  readonly caseId: CaseId;
  readonly kind: 'case' | 'hazard';
  readonly temporaryNumber: string;
  readonly caseNo: string | null;
  /** Status code of state-machine.json. */
  readonly status: string;
  /** One line in the villager's words. */
  readonly matter: string;
  /** Name of the first petitioner; empty when anonymous or sealed. */
  readonly petitioner: string;
  /** '1' a man, '0' a woman, as on the ID card; null when nobody knows. */
  readonly sex: string | null;
  readonly petitionerCount: number;
  /** 屯 or other place as said. */
  readonly place: string;
  readonly areaCode: AreaCode;
  readonly hasPhone: boolean;
  readonly takenAt: Instant;
  readonly light: RowLight;
  readonly ticks: Ticks;
  readonly unsentEvents: number;
  readonly refusedEvents: number;
  readonly unsentMedia: number;
  readonly flags: readonly RowFlag[];
  /** Sealed for the county alone: nothing of it can be read on this tablet any more. */
  readonly away?: true;
}

/** 草稿, as the list shows it. A draft lives in the vault only; nothing of it is in the log. */
export interface DraftRow {
  readonly draftId: string;
  /** The id the case will have; captures of the draft already belong to it. */
  readonly caseId: CaseId;
  readonly form: FormRef;
  readonly petitioner: string;
  readonly matter: string;
  readonly place: string;
  /** Id of the question it stopped at, and its number counted from 1. */
  readonly step: string;
  readonly stepNumber: number;
  /** By her wish or as an accusation it is sealed at 接单. */
  readonly toSeal: boolean;
  readonly startedAt: Instant;
  readonly savedAt: Instant;
}

/** The form definition a draft is pinned to for life. */
export interface FormRef {
  readonly id: string;
  readonly version: number;
}

/** What a screen hands over at every step and every 3 s; only given fields change. */
export interface DraftChange {
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly step?: string;
  readonly stepNumber?: number;
  readonly petitioner?: string;
  readonly matter?: string;
  readonly place?: string;
}

/** An open draft. One tab at a time may write (Web Lock); in another it is `readOnly`. */
export interface DraftHandle extends DraftRow {
  readonly readOnly: boolean;
  readonly answers: Readonly<Record<string, unknown>>;
  /** True between a change and the end of its strict write. */
  readonly saving: boolean;
  /** Merges the change and resolves when it is on disk; calls may overlap, order is kept. */
  save(change: DraftChange): Promise<Result<Instant, SaveRefusal>>;
  /** Attachments captured for this draft. */
  attachments(): Promise<readonly AttachmentRef[]>;
  /** Refused consent or a wish of the villager: draft and captures are gone for good. */
  erase(): Promise<void>;
  /** Gives the lock back; what was saved stays. */
  close(): Promise<void>;
}

/** Why a save did not happen. The screen keeps the text and says what to do. */
export type SaveRefusal =
  | { readonly code: 'STORAGE_FULL' }
  | { readonly code: 'STORE_BROKEN' }
  | { readonly code: 'READ_ONLY' }
  | { readonly code: 'NOT_SIGNED_IN' }
  /** The vault was locked before the save was done. */
  | { readonly code: 'LOCKED' }
  | { readonly code: 'TOO_LARGE' }
  | { readonly code: 'NOT_FOUND' }
  | { readonly code: 'REFUSED'; readonly refusal: Refusal };

/** One thing to record; several given together are one act and one strict transaction. */
export interface Entry<T extends EventType = EventType> {
  readonly type: T;
  readonly payload: unknown;
  /** Given when another entry of the same act names this one (read-back covers dictations). */
  readonly id?: EventId;
  /** Device time it happened; now when left out. */
  readonly occurredAt?: Instant;
}

export interface Saved {
  readonly caseId: CaseId;
  readonly eventIds: readonly EventId[];
  readonly savedAt: Instant;
}

/** The county's signed receipt of a case: what is drawn and said. */
export interface SignedReceipt {
  /** Address behind the square. */
  readonly address: string;
  readonly spoken: { readonly digits: string; readonly words: readonly number[] };
}

/** What the receipt needs, made offline. */
export interface CaseNumbers {
  /** 临-<village 12>-<agent>-<letter>-<4 digits> */
  readonly temporaryNumber: string;
  /** 12 digits, the last a check digit. */
  readonly queryCode: string;
}

/** Everything the taking of a case records besides `case.drafted`, which the workspace adds. */
export interface Taking {
  readonly areaCode: AreaCode;
  /** Day of the first dictation; today when left out. */
  readonly xfDate?: LocalDate;
  /** As a list, or made from the numbers (`case.taken` carries the query code). */
  readonly entries: readonly Entry[] | ((numbers: CaseNumbers) => readonly Entry[]);
}

export interface Taken extends Saved {
  readonly numbers: CaseNumbers;
}

/** Where one event stands. */
export type EventPlace = 'tablet' | 'county' | 'backup' | 'refused';

/** One running or finished clock of a case, as `domain/clocks.ts` gives it. */
export interface ClockView {
  readonly code: string;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  readonly stoppedAt: Instant | null;
  readonly outcome: string;
  readonly provisional: boolean;
}

/** A whole case, folded from what the county sent and what is still here. */
export interface CaseView {
  readonly file: CaseFile;
  readonly row: CaseRow;
  readonly clocks: readonly ClockView[];
  readonly numbers: CaseNumbers;
  /** Per event of `file.timeline`. */
  readonly places: Readonly<Record<string, EventPlace>>;
  /** Per event that the county put aside: the code it gave. */
  readonly refusals: Readonly<Record<string, string>>;
  readonly media: readonly MediaView[];
}

export interface MediaView {
  readonly sha256: Sha256;
  readonly kind: AttachmentKind;
  readonly mime: string;
  readonly bytes: number;
  readonly caption: string;
  /** 0..1 of its bytes at the county. */
  readonly sent: number;
  /** The bytes are on this tablet (a file of another device is only metadata). */
  readonly here: boolean;
  /** Why it stays here for good; null while it may still go. */
  readonly fault: string | null;
}

/** Everything of one case that is not at the county yet. */
export interface UnsentCase {
  readonly row: CaseRow;
  readonly events: readonly UnsentEvent[];
  readonly media: readonly MediaView[];
  readonly textBytes: number;
  readonly mediaBytes: number;
  readonly reason: WaitReason;
  /** The case is somebody else's now; what is left here still goes. */
  readonly moved: boolean;
}

/** 该办的事: what the agent owes somebody. Words are the dictionary's, by kind. */
export interface Task {
  readonly id: string;
  readonly kind:
    | 'TELL'
    | 'DELIVER'
    | 'PROMISE'
    | 'SUPPLEMENT'
    | 'RATE'
    | 'HAND_IN'
    | 'REWORK'
    | 'RESHOOT'
    | 'CHOOSE';
  readonly row: CaseRow;
  /** For PROMISE the promise, for TELL what to tell, in the words of the event. */
  readonly text: string;
  /** Type of the event that made the task. */
  readonly cause: EventType;
  readonly dueOn: LocalDate | null;
  readonly light: LightLevel;
  /** For RESHOOT how many files. */
  readonly files?: number;
}

/**
 * opening -> signedOut | ready; rescue: the store does not open, capture needs help.
 * With vaults: locked until one is opened; enrolling: signed in, the vault is still to be made.
 */
export type WorkspaceState = 'opening' | 'signedOut' | 'ready' | 'rescue' | 'locked' | 'enrolling';

export type CaseFilter = 'ALL' | 'LATE' | 'SOON' | 'UNSENT' | 'REFUSED';

export interface Workspace {
  readonly state: WorkspaceState;
  /** Set with `rescue`: why; nothing is deleted by the machine. */
  readonly trouble: 'STORE_BROKEN' | 'STORE_NEWER' | 'STORE_EVICTED' | null;
  readonly agent: Agent | null;
  /** The vaults of this tablet; `mode` is `none` on a tablet that has none. */
  readonly vaults: Vaults;
  /** The county refused the session: capture goes on, sending waits for a sign-in. */
  readonly signInNeeded: boolean;
  /** Ticks every 30 s, so that lights and 还有 N 小时 stay true. */
  readonly now: Instant;

  readonly rows: readonly CaseRow[];
  readonly drafts: readonly DraftRow[];
  readonly tasks: readonly Task[];
  readonly sync: SyncStatus;
  readonly settings: Settings;
  readonly storage: StorageAnswer;
  readonly update: { readonly waiting: boolean; readonly version: string };

  /** Opens the store and shows what is known; call once from the tablet's layout. */
  start(): Promise<void>;
  /** `code`: the county's one-time code, once a refusal has asked for it. */
  signIn(
    user: string,
    passphrase: string,
    code?: string,
  ): Promise<Result<Agent | null, SignInRefusal>>;
  /** Telephones that the county named when it asked for a code. */
  readonly countyNumbers: readonly DutyNumber[];
  /** Unsent work stays and is still sent after the next sign-in. */
  signOut(): Promise<void>;
  /** 4-6 digits: gives the tablet back after the villager's curtain. A screen lock, no encryption. */
  setPasscode(digits: string): Promise<void>;
  /** False when wrong; waits grow after 5 wrong ones (`waitSeconds`). */
  checkPasscode(digits: string): Promise<{ readonly ok: boolean; readonly waitSeconds: number }>;

  /** Names, places, words, pinyin initials, numbers; empty query gives all. Synchronous. */
  find(query: string, filter?: CaseFilter): readonly CaseRow[];
  row(caseId: string): CaseRow | null;
  loadCase(caseId: string): Promise<CaseView | null>;

  /** `caseId`: of a case that is here already, for the words of an act on it. */
  newDraft(form: FormRef, caseId?: string): Promise<Result<DraftHandle, SaveRefusal>>;
  /** What was being written of an act; null when nothing was. `caseId` null: without a case. */
  actDraft(act: KeptAct, caseId: string | null): Promise<DraftHandle | null>;
  openDraft(draftId: string): Promise<Result<DraftHandle, SaveRefusal>>;
  /** 接单: one strict transaction gives numbers and ds, appends all events, removes the draft. */
  take(draft: DraftHandle, taking: Taking): Promise<Result<Taken, SaveRefusal>>;
  /** Any later act on a case: guards help, then one strict transaction, which ends `draft`. */
  record(
    caseId: string,
    entries: readonly Entry[],
    draft?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>>;
  /**
   * Before 接单 only urgent.reported, agent.recused and case.sealed may leave. `words`: what was kept
   * of the act itself, which the same transaction ends.
   */
  recordFromDraft(
    draft: DraftHandle,
    entries: readonly Entry[],
    words?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>>;
  /**
   * 隐患: its own ledger, no case behind it. With `streamId` (from `freshId`, or of an earlier
   * report) photos captured under that id go along, and a later report updates the stream.
   */
  reportHazard(
    payload: unknown,
    streamId?: string,
    draft?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>>;
  /** 128 random bits, for captures of something that has no id yet. */
  freshId(): string;
  /** The county's signed receipt of a case: fetched anew when `fresh` and there is a line, else held. */
  signedReceipt(caseId: string, fresh: boolean): Promise<SignedReceipt | null>;
  /** The receipt was printed or copied by hand (level ④). */
  receiptGiven(caseId: string, how: 'PRINTED' | 'COPIED' | 'TOLD'): Promise<void>;

  /** Photo or scanned paper: <= 1600 px, <= 300 KB, no EXIF. */
  addPhoto(
    caseId: string,
    source: Blob,
    meta: { readonly kind: AttachmentKind; readonly caption: string },
  ): Promise<Result<AttachmentRef, CaptureRefusal>>;
  /** PNG of a signature pad. */
  addSignature(
    caseId: string,
    png: Blob,
    caption: string,
  ): Promise<Result<AttachmentRef, CaptureRefusal>>;
  startRecording(caseId: string): Promise<Result<Recorder, CaptureRefusal>>;
  /** Recordings that a kill or an empty battery left open: closed with what was saved. */
  recoverRecordings(caseId: string): Promise<readonly AttachmentRef[]>;
  /** Object URL of a file on this tablet, null when it is not here; revoke it after use. */
  mediaUrl(sha256: string): Promise<string | null>;
  dropAttachment(caseId: string, sha256: string): Promise<void>;

  unsent(): Promise<readonly UnsentCase[]>;
  /** Tries now whatever the timer says. */
  sendNow(): void;
  /** 再送一次: offers events that were put aside again. */
  offerAgain(caseId: string): Promise<void>;

  changeSettings(change: Partial<Settings>): Promise<void>;
  askPersistence(): Promise<StorageAnswer>;
  /** The agent has read what is told of a lost vault; the county hears of it all the same. */
  alarmSeen(): Promise<void>;
  /** Call while a form is open; the returned function ends it. Updates wait for it. */
  holdUpdate(): () => void;
  /** Takes the waiting version over and reloads, if no form is open. */
  applyUpdate(): Promise<boolean>;
}
