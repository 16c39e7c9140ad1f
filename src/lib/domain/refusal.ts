/** 不能办的原因: expected refusals as values, in the order in which they are asked. */
import type { EventType } from './events.ts';

/** The ladder; the first rung that refuses answers. */
export const RUNGS = ['RECORDED', 'SHAPE', 'ACTOR', 'STATUS', 'CONTENT'] as const;
export type Rung = (typeof RUNGS)[number];

/** Every refusal, by rung. The screen has words for each. */
export const REFUSALS = {
  /** The same act is already in the file: nothing to do, nothing lost. */
  ALREADY_RECORDED: 'RECORDED',
  UNKNOWN_TYPE: 'SHAPE',
  /** A field is missing or of the wrong form; `details` names it. */
  PAYLOAD: 'SHAPE',
  IDS_MISSING: 'SHAPE',
  TOO_MANY_EVENTS: 'SHAPE',
  NOT_THIS_ACTOR: 'ACTOR',
  /** Only the county can do it; the tablet cannot, on line or off. */
  NEEDS_COUNTY: 'ACTOR',
  RECUSED: 'ACTOR',
  CASE_UNKNOWN: 'STATUS',
  NO_HANDLING: 'STATUS',
  /** Not possible where the case stands. */
  STATUS: 'STATUS',
  AREA_FOREIGN: 'CONTENT',
  NOT_DELEGATED: 'CONTENT',
  WORDS_MISSING: 'CONTENT',
  READBACK_MISSING: 'CONTENT',
  READBACK_MISMATCH: 'CONTENT',
  CONSENT_MISSING: 'CONTENT',
  MANDATE_MISSING: 'CONTENT',
  PETITIONER_MISSING: 'CONTENT',
  ANSWERS_MISSING: 'CONTENT',
  QUERY_CODE: 'CONTENT',
  URGENT_NOT_REPORTED: 'CONTENT',
  CLAIM_UNKNOWN: 'CONTENT',
  PROMISE_WITHOUT_DAY: 'CONTENT',
  CLAIMS_UNANSWERED: 'CONTENT',
  CASE_NO_MISSING: 'CONTENT',
  REPRESENTATIVES_TOO_MANY: 'CONTENT',
  NO_RESOLUTION: 'CONTENT',
  NO_COMMITMENT: 'CONTENT',
  SAME_CASE: 'CONTENT',
  ORIGINAL_WORDS: 'CONTENT',
  STALE_VALUE: 'CONTENT',
  SECOND_PERSON: 'CONTENT',
  ACCUSED_UNIT: 'CONTENT',
  KIND_OR_PROCEDURE: 'CONTENT',
  OBJECTION_LATE: 'CONTENT',
  EXTENSION_TOO_LONG: 'CONTENT',
  EXTENSION_TWICE: 'CONTENT',
  EXTENSION_LATE: 'CONTENT',
  EXTENSION_NOT_ASKED: 'CONTENT',
  WITNESS_MISSING: 'CONTENT',
  PROOF_MISSING: 'CONTENT',
  HANDLINGS_OPEN: 'CONTENT',
  NOT_SERVED: 'CONTENT',
  HELPER_IS_AGENT: 'CONTENT',
  RATING_EXCLUDED: 'CONTENT',
  FOLLOWUP_BY_AGENT: 'CONTENT',
  NO_WITHDRAWAL: 'CONTENT',
  REVIEW_LATE: 'CONTENT',
  SETTLEMENT_MISMATCH: 'CONTENT',
  FIVE_FIXED: 'CONTENT',
  SAME_AGENT: 'CONTENT',
  NO_SUPERVISION: 'CONTENT',
  NO_CONFLICT: 'CONTENT',
  NOT_QUARANTINED: 'CONTENT',
} as const satisfies Readonly<Record<string, Rung>>;

export type RefusalCode = keyof typeof REFUSALS;

/** 不能办: which event of the command, why, and the fields or numbers it is about. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly rung: Rung;
  readonly type: EventType | null;
  readonly details: readonly string[];
}

export const refusal = (
  code: RefusalCode,
  type: EventType | null,
  details: readonly string[] = [],
): Refusal => ({ code, rung: REFUSALS[code], type, details });
