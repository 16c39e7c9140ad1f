import type { CaseFile } from '../../../domain/case-file.ts';
import type { EventType } from '../../../domain/events.ts';
import type { Instant } from '../../../domain/values.ts';

/** One choice; without a word the page knows it by field and value. */
export interface FieldOption {
  readonly value: string;
  readonly word?: string;
  /** Long lists stand in groups, in the order in which they come. */
  readonly group?: string;
}

/** How a field is asked; the page draws it, `read.ts` reads it back. */
export type FieldKind =
  'line' | 'text' | 'date' | 'number' | 'select' | 'many' | 'check' | 'lines' | 'claims';

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: boolean;
  readonly options?: readonly FieldOption[];
  /** Filled in beforehand; a person may change it. */
  readonly value?: string;
  readonly max?: number;
  /** The claims that are answered one by one; only `claims`. */
  readonly claims?: readonly string[];
}

/** A name with its code, for selects. */
export interface Named {
  readonly value: string;
  readonly word: string;
}

/** 局里、经手这一件的 and the rest, in this order. */
export const PERSON_GROUPS = ['office', 'case', 'agents', 'townships', 'units', 'others'] as const;
export type PersonGroup = (typeof PERSON_GROUPS)[number];

/** Somebody with an account, for 说的是谁 and 回避. */
export interface NamedPerson extends Named {
  readonly name: string;
  /** The unit he works for, if any. */
  readonly unitId: string | null;
  readonly group: PersonGroup;
}

/** What an act may look at to ask its fields and to build its payload. */
export interface ActContext {
  readonly file: CaseFile;
  readonly now: Instant;
  /** The unit in whose name the person acts, when he has one. */
  readonly unitId: string | null;
  readonly personName: string;
  readonly personId: string;
  /** Everybody whom the case may mean or who may have to stand aside, the person himself among them. */
  readonly people: readonly NamedPerson[];
  /** Open cases that this one may be merged into. */
  readonly masters: readonly Named[];
  readonly agents: readonly Named[];
  readonly leaders: readonly Named[];
  /** Others who may void a case too: the second of the four eyes. */
  readonly voiders: readonly Named[];
}

/** Answers of a form, by field name; what was left empty is absent. */
export type Answers = Readonly<Record<string, unknown>>;

export type ActGroup = 'main' | 'back' | 'end' | 'other';

/** One thing a person can do with a case: what it asks, and what event it makes. */
export interface ActSpec {
  /** Unique; stands in addresses and names the words. */
  readonly id: string;
  readonly type: EventType;
  /** Wanted key; the next free one is taken when two acts want the same. */
  readonly letter: string;
  readonly group: ActGroup;
  /** Paper that this act gives rise to. */
  readonly paper?: string;
  /** Beside status and permission: is there something to do it to? */
  readonly fits?: (context: ActContext) => boolean;
  /** Why it is not to be done to this case, as a refusal that the page has words for; null: it may. */
  readonly barred?: (context: ActContext) => 'SEALED_STAYS' | null;
  readonly fields: (context: ActContext) => readonly FieldSpec[];
  /** Fields whose answer does not go with another answer, beside what each field offers by itself. */
  readonly misfits?: (answers: Answers) => readonly string[];
  /** Fields that another answer makes necessary. */
  readonly wants?: (answers: Answers, context: ActContext) => readonly string[];
  /** Payload from the answers; the answers themselves when absent. */
  readonly build?: (answers: Answers, context: ActContext) => Readonly<Record<string, unknown>>;
}

export const text = (name: string, required = true, value?: string): FieldSpec => ({
  name,
  kind: 'text',
  required,
  max: 4000,
  ...(value === undefined ? {} : { value }),
});

export const line = (name: string, required = true, value?: string): FieldSpec => ({
  name,
  kind: 'line',
  required,
  max: 200,
  ...(value === undefined ? {} : { value }),
});

export const date = (name: string, required = true, value?: string): FieldSpec => ({
  name,
  kind: 'date',
  required,
  ...(value === undefined ? {} : { value }),
});

export const select = (
  name: string,
  options: readonly (string | FieldOption)[],
  value?: string,
): FieldSpec => ({
  name,
  kind: 'select',
  required: true,
  options: options.map((o) => (typeof o === 'string' ? { value: o } : o)),
  ...(value === undefined ? {} : { value }),
});

/** The same select with an empty first choice. */
export const maybe = (spec: FieldSpec): FieldSpec => ({ ...spec, required: false });

/** Adds whole days to an instant and gives the day in Asia/Shanghai. */
export function shanghaiDay(now: Instant, plusDays = 0): string {
  const at = Date.parse(now) + 8 * 3_600_000 + plusDays * 86_400_000;
  return new Date(at).toISOString().slice(0, 10);
}
