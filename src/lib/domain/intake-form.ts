/**
 * 接单表: the shape of a form that is data, so that a county can be given a new one without a
 * new release. A draft is pinned to the id and version it was begun with.
 *
 * Nothing in a definition is code: conditions are values, checks are names from a closed list,
 * so a definition may come as JSON from anywhere.
 */

/** Words of a form in both languages of the screens; Chinese is what is read aloud. */
export interface FormText {
  readonly zh: string;
  readonly en: string;
}

/** When something is asked: by the answers so far. Absent means always. */
export type FormCondition =
  | { readonly field: string; readonly is: readonly AnswerScalar[] }
  | { readonly field: string; readonly isNot: readonly AnswerScalar[] }
  | { readonly all: readonly FormCondition[] }
  | { readonly any: readonly FormCondition[] };

/** A sentence read aloud, and when it is. */
export interface FormLine extends FormText {
  readonly when?: FormCondition;
}

export type AnswerScalar = string | number | boolean | null;

export interface FormOption {
  readonly value: string;
  readonly word: FormText;
  /** Choosing it takes the others away: 都没找过. */
  readonly alone?: boolean;
}

/** How one answer is given; every kind has one widget and one value type. */
export type FieldKind =
  /** boolean, a switch. */
  | 'yesno'
  /** string, one chip. */
  | 'choice'
  /** string[], several chips. */
  | 'choices'
  /** string, one line. */
  | 'text'
  /** string, several lines, kept as typed. */
  | 'long'
  /** number, whole and >= 1. */
  | 'count'
  /** string, 12-digit code out of the agent's villages or the county's tree. */
  | 'area'
  /** string[], one line each. */
  | 'lines'
  /** { name, relation }. */
  | 'person'
  /** string, L2 code of the category table. */
  | 'category'
  /** Words and recordings: the dictation screen. */
  | 'dictation'
  /** The read-back screen. */
  | 'readback';

/** Checks a field may name; they warn and never send a villager home. */
export type FieldCheck = 'name' | 'identity' | 'phone' | 'representatives';

export interface FormField {
  readonly id: string;
  readonly kind: FieldKind;
  readonly label: FormText;
  readonly hint?: FormText;
  readonly options?: readonly FormOption[];
  /** A value or `agent.village`; with a default nothing has to be tapped. */
  readonly default?: AnswerScalar | readonly string[];
  /** The default counts only while this holds; else the field stands without one. */
  readonly defaultWhen?: FormCondition;
  /** Has no default and must be answered before the case can be taken. */
  readonly required?: boolean;
  /** Characters, or items of a list. */
  readonly max?: number;
  readonly when?: FormCondition;
  readonly check?: FieldCheck;
}

/** One screen: what is read aloud, then its answers. */
export interface FormQuestion {
  readonly id: string;
  /** Short name for the draft list. */
  readonly name: FormText;
  /** Read aloud, one breath each. */
  readonly say: readonly FormLine[];
  readonly fields: readonly FormField[];
  readonly when?: FormCondition;
  /** Fields beyond the first that stay folded until wanted. */
  readonly folded?: readonly string[];
}

export interface FormDefinition {
  readonly id: string;
  readonly version: number;
  readonly title: FormText;
  /** Themed lane this form belongs to, so that a county can push one of its own. */
  readonly lane?: string;
  /** Version of the notice that is read out (REFERENCE Appendix A4). */
  readonly noticeVersion: string;
  readonly questions: readonly FormQuestion[];
}

/** Answers by field id; what a draft holds. */
export type Answers = Readonly<Record<string, unknown>>;
