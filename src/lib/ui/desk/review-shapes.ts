import type { MediaManifest } from '../../domain/media-manifest.ts';
import type { FindingCode, FindingLevel } from '../../domain/findings.ts';
import type { DeskLight } from './shapes.ts';

export interface FieldChoice {
  readonly value: string;
  readonly word?: string;
  /** Choices of a long list stand together under the words of their group. */
  readonly group?: string;
}

export interface FieldView {
  readonly name: string;
  readonly kind:
    'line' | 'text' | 'date' | 'number' | 'select' | 'many' | 'check' | 'lines' | 'claims';
  readonly required?: boolean;
  readonly options?: readonly FieldChoice[];
  readonly value?: string;
  readonly max?: number;
  readonly claims?: readonly string[];
}

/** What an act does to a clock, as computed by the same code that counts the clocks. */
export interface ClockEffect {
  readonly code: string;
  readonly name: string;
  /** Set for a clock that the act starts. */
  readonly due: string | null;
  readonly kind: 'starts' | 'stops';
}

export interface ActView {
  readonly id: string;
  readonly letter: string;
  readonly group: 'main' | 'back' | 'end' | 'other';
  readonly fields: readonly FieldView[];
  readonly effects: readonly ClockEffect[];
  readonly paper: string | null;
  /** Id of the event that a press makes: a second press is the same event. */
  readonly eventId: string;
}

export interface VerbatimView {
  readonly key: string;
  readonly text: string | null;
  readonly tidy: string | null;
  readonly frozen: boolean;
  readonly at: string;
  readonly by: string;
  readonly audio: readonly { readonly href: string; readonly received: boolean }[];
}

export interface PhotoView {
  readonly key: string;
  /** The county's own copy; `thumb` a small one; `original` the file as it was taken. */
  readonly href: string;
  readonly thumb: string;
  readonly original: string;
  readonly caption: string;
  readonly received: boolean;
}

export interface TimelineView {
  readonly key: string;
  readonly at: string;
  readonly receivedAt: string | null;
  readonly name: string;
  readonly type: string;
  readonly who: string;
  /** The field that `text` comes from; the page knows the words of its codes. */
  readonly field: string;
  readonly text: string;
  readonly effect: string;
  /** Days it says that cannot be, as said. */
  readonly oddDays: readonly string[];
}

export interface ClockView {
  readonly key: string;
  readonly code: string;
  readonly name: string;
  readonly basis: string;
  readonly unit: string;
  readonly due: string;
  readonly stoppedAt: string | null;
  readonly outcome: string;
  readonly light: DeskLight;
  readonly provisional: boolean;
}

/** One field of an intake that two devices answered differently (K06). */
export interface VersionView {
  readonly key: string;
  readonly name: string;
  readonly first: string;
  readonly second: string;
  readonly keep: 'FIRST' | 'SECOND' | 'BOTH' | null;
}

/** Everything the review page shows of a case; names are masked where the reader may not see them. */
export interface ReviewView {
  readonly caseId: string;
  readonly title: string;
  readonly status: string;
  readonly statusName: string;
  readonly numbers: { readonly case: string; readonly temporary: string; readonly query: string };
  readonly light: DeskLight;
  readonly dueAt: string | null;
  readonly nextWord: string;
  readonly sealed: boolean;
  readonly flags: readonly import('./shapes.ts').FlagCode[];
  /** Why her words are not shown; empty when they are. */
  readonly wordsWithheld: '' | 'UNIT' | 'AUDITOR';
  readonly verbatims: readonly VerbatimView[];
  readonly readback: string;
  readonly summary: string;
  readonly claims: readonly string[];
  readonly threatWords: string;
  readonly visits: readonly {
    readonly key: string;
    readonly at: string;
    readonly who: string;
    readonly text: string;
  }[];
  readonly petitioner: readonly {
    readonly label: string;
    readonly text: string;
    /** Whose telephone. */
    readonly code?: string;
  }[];
  readonly place: string;
  readonly placeText: string;
  readonly category: string;
  readonly holder: string;
  readonly checks: readonly { readonly id: string; readonly ok: boolean }[];
  /** What the checks of the intake say, the blocking first. */
  readonly findings: readonly {
    readonly key: string;
    readonly level: FindingLevel;
    readonly code: FindingCode;
  }[];
  readonly photos: readonly PhotoView[];
  readonly manifest: MediaManifest;
  /** Files that will not come, with what the agent said of them. */
  readonly gone: readonly {
    readonly key: string;
    readonly kind: string;
    readonly caption: string;
    readonly words: string;
    readonly again: boolean;
    readonly by: string;
    readonly at: string;
  }[];
  readonly badges: readonly { readonly id: string; readonly ok: boolean }[];
  readonly same: {
    readonly household: number;
    readonly matter: number;
    readonly respondent: number;
  };
  readonly similar: readonly {
    readonly href: string;
    readonly title: string;
    readonly score: number;
  }[];
  readonly takenAt: string | null;
  readonly receivedAt: string | null;
  readonly offsetSeconds: number | null;
  readonly conflicts: readonly {
    readonly key: string;
    readonly rule: string;
    readonly text: string;
    readonly open: boolean;
    /** It is the agent who chooses between his own two versions. */
    readonly agents: boolean;
    readonly versions: readonly VersionView[];
  }[];
  readonly kept: readonly { readonly key: string; readonly name: string; readonly text: string }[];
  readonly clocks: readonly ClockView[];
  readonly timeline: readonly TimelineView[];
  readonly papers: readonly { readonly kind: string; readonly href: string }[];
}
