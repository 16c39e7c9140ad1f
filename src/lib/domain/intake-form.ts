/**
 * 接单表单 as data: the shape of a versioned form definition, so that the county can send a new
 * one without a release (R32). A draft is pinned to the version it began with.
 */

/** A condition over answers; `all`/`any`/`not` nest. An unanswered question is never equal. */
export type FormCondition =
  | { readonly equals: readonly [question: string, value: unknown] }
  | { readonly oneOf: readonly [question: string, values: readonly unknown[]] }
  | { readonly answered: string }
  | { readonly atLeast: readonly [question: string, value: number] }
  | { readonly all: readonly FormCondition[] }
  | { readonly any: readonly FormCondition[] }
  | { readonly not: FormCondition };

/** How a question is answered. */
export type QuestionKind =
  | 'consent'
  | 'conflict'
  | 'dictation'
  | 'readback'
  | 'text'
  | 'longText'
  | 'choice'
  | 'multiChoice'
  | 'yesNoUnknown'
  | 'number'
  | 'date'
  | 'area'
  | 'category'
  | 'people'
  | 'claims'
  | 'phone'
  | 'idNumber'
  | 'mandate'
  | 'photos'
  | 'threat'
  | 'confirm';

export interface FormChoice {
  readonly value: string;
  /** Key of the words in the form's own `words`. */
  readonly words: string;
  readonly icon?: string;
}

/** A rule over one answer; BLOCK only what makes the record meaningless (REFERENCE 3.9). */
export interface FormRule {
  readonly level: 'BLOCK' | 'WARN';
  readonly check: 'required' | 'maxLength' | 'minLength' | 'maxCount' | 'idNumber' | 'phone' | 'area';
  readonly value?: number;
  readonly words: string;
}

export interface FormQuestion {
  readonly id: string;
  readonly kind: QuestionKind;
  /** Path of the answer in `TakeCase`, e.g. `head.urgency`, `petitioners.0.name`. */
  readonly field: string;
  /** Keys into `words`: the question, the prompt to say aloud, the help line. */
  readonly ask: string;
  readonly say?: string;
  readonly help?: string;
  readonly choices?: readonly FormChoice[];
  /** An answer with a default needs no tap, so it does not count as required. */
  readonly default?: unknown;
  readonly needed: 'TO_TAKE' | 'TO_SUBMIT' | 'OPTIONAL';
  readonly showIf?: FormCondition;
  readonly rules?: readonly FormRule[];
  /** Privacy class of the answer. */
  readonly class: 'P0' | 'P1' | 'P2' | 'P3' | 'P4';
  /** Number of fields this question stands for in the count of R13 (default 1). */
  readonly fields?: number;
}

/** One screen: one question, or a few that belong in one breath. */
export interface FormStep {
  readonly id: string;
  readonly title: string;
  readonly questions: readonly string[];
  readonly showIf?: FormCondition;
  readonly optional?: boolean;
}

/** 表单定义, immutable per id and version. */
export interface IntakeForm {
  readonly id: string;
  readonly version: number;
  readonly lane?: string;
  readonly steps: readonly FormStep[];
  readonly questions: readonly FormQuestion[];
  /** Words per language and key, so that a new form brings its own. */
  readonly words: Readonly<Record<'zh-CN' | 'en', Readonly<Record<string, string>>>>;
}
