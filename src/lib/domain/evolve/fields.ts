/** Reading and setting one field of a case by its name, for corrections and proposals. */
import type { HeadFields } from '../case.ts';
import type { CaseFile, Correction } from '../case-file.ts';
import type { Mark } from '../noted.ts';
import { fitsField, HEAD_FIELDS, OFFICE_FIELDS, petitionerField } from './field-values.ts';

export { fitsField, HEAD_FIELDS } from './field-values.ts';

/** 原话永不更正: no correction may name what was said. */
export const isOriginalWords = (field: string): boolean =>
  /^(dictations?|facts|verbatim)(\.|$)/.test(field);

/** The value a field has now; undefined for an unknown name. */
export function fieldValue(file: CaseFile, field: string): unknown {
  const person = petitionerField(field);
  if (person) {
    const one = file.petitioners[person.at] as Record<string, unknown> | undefined;
    return one?.[person.name];
  }
  if (field === 'numbers.nationalNo') return file.numbers.nationalNo;
  if (!HEAD_FIELDS.has(field) && !OFFICE_FIELDS.has(field)) return undefined;
  return (file.head as unknown as Record<string, unknown>)[field];
}

/** Sets a known field; an unknown name or a value that does not fit leaves the file. */
export function withField(file: CaseFile, field: string, value: unknown): CaseFile {
  if (!fitsField(file, field, value)) return file;
  const person = petitionerField(field);
  if (person) {
    const petitioners = file.petitioners.map((one, i) =>
      i === person.at ? { ...one, [person.name]: value } : one,
    );
    return { ...file, petitioners };
  }
  if (field === 'numbers.nationalNo') {
    return { ...file, numbers: { ...file.numbers, nationalNo: String(value) } };
  }
  if (!HEAD_FIELDS.has(field) && !OFFICE_FIELDS.has(field)) return file;
  return { ...file, head: { ...file.head, [field]: value } };
}

/** Adds a correction line with the value the field had, then sets it. */
export function corrected(
  file: CaseFile,
  change: { field: string; to: unknown; reason: string | null },
  mark: Mark,
): CaseFile {
  const line: Correction = {
    field: change.field,
    old: fieldValue(file, change.field) ?? null,
    new: change.to,
    reason: change.reason,
    mark,
  };
  const noted = { ...file, corrections: [...file.corrections, line] };
  return isOriginalWords(change.field) ? noted : withField(noted, change.field, change.to);
}

/** Fields of `given` that were answered, by name. */
const answeredOf = (given: HeadFields | undefined) =>
  Object.entries(given ?? {}).filter(
    ([name, value]) => value !== undefined && HEAD_FIELDS.has(name),
  );

/**
 * The answered fields of `given` laid over the head; unanswered ones keep their value, and one
 * that does not fit is left to `unfitting`.
 */
export function withHead(file: CaseFile, given: HeadFields | undefined): CaseFile {
  if (!given) return file;
  const answered = answeredOf(given).filter(([name, value]) => fitsField(file, name, value));
  return { ...file, head: { ...file.head, ...(Object.fromEntries(answered) as HeadFields) } };
}

/** One field that an event wants changed. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

const changeOf = (file: CaseFile, [field, to]: [string, unknown]): FieldChange => ({
  field,
  from: fieldValue(file, field) ?? null,
  to,
});

/** What `given` would change, field by field. */
export const headChanges = (file: CaseFile, given: HeadFields | undefined): FieldChange[] =>
  answeredOf(given)
    .map((one) => changeOf(file, one))
    .filter((c) => JSON.stringify(c.from) !== JSON.stringify(c.to));

/** What `given` says and `withHead` does not apply: a person of the office decides on it. */
export const unfitting = (file: CaseFile, given: HeadFields | undefined): FieldChange[] =>
  answeredOf(given)
    .filter(([name, value]) => !fitsField(file, name, value))
    .map((one) => changeOf(file, one));
