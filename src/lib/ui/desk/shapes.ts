import type { LightShape } from '../shapes.ts';

/** Flags of a row: 初 重 越 联 匿 涉 急 言 密 包 督. */
export type FlagCode =
  | 'first'
  | 'repeat'
  | 'skipLevel'
  | 'joint'
  | 'anonymous'
  | 'lawsuit'
  | 'urgent'
  | 'threat'
  | 'secret'
  | 'leaderCase'
  | 'supervised';

/** The word beside a light: its own, or one that says why it does not count. */
export type LightWord =
  'ok' | 'soon' | 'late' | 'idle' | 'ended' | 'urgent' | 'hold' | 'inTime' | 'overTime';

export interface DeskLight {
  readonly shape: LightShape;
  readonly word: LightWord;
}

/** What a row says about time: `since` is said from its instant, `due` until it. */
export interface RowTime {
  /** Word of the step it counts from, e.g. `taken`, `registered`. */
  readonly step: string;
  readonly at: string;
}

/** One line of the inbox; times are instants, words are made on the page. */
export interface InboxRow {
  readonly key: string;
  readonly caseId: string;
  readonly href: string;
  readonly light: DeskLight;
  readonly title: string;
  /** 乡镇和村. */
  readonly place: string;
  readonly category: string;
  /** Agent, or the unit that has it in hand. */
  readonly holder: string;
  readonly flags: readonly FlagCode[];
  /** Fields that are still missing, e.g. `category`. */
  readonly missing: readonly string[];
  readonly times: readonly RowTime[];
  readonly dueAt: string | null;
  /** Part of the 24 hours that has passed, 0..1; only 待转办. */
  readonly spent: number | null;
  /** Why it waits for another agent; only 待移交. */
  readonly hand?: 'NOBODY' | 'GONE' | 'MOVED' | 'OUTSIDE' | null;
  /** Stands under the title instead of place and category: why a thing was kept aside. */
  readonly note?: string;
}

export interface InboxSection {
  readonly id: string;
  readonly count: number;
  readonly rows: readonly InboxRow[];
}

/** The pane at the right of the inbox. */
export interface Peek {
  readonly caseId: string;
  readonly href: string;
  readonly title: string;
  readonly number: string;
  readonly light: DeskLight;
  readonly dueAt: string | null;
  readonly nextWord: string;
  readonly verbatim: string;
  readonly summary: string;
  readonly claims: readonly string[];
  readonly person: {
    readonly name: string;
    readonly age: number | null;
    readonly literacy: string | null;
    readonly phone: string | null;
    readonly count: number;
  };
  readonly takenAt: string | null;
  readonly receivedAt: string | null;
  /** State of the last read-back, NONE when there was none. */
  readonly readback: string;
  readonly missing: readonly string[];
  readonly holder: string;
}
