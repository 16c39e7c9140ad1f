/** Reading and setting one field of a case by its name, for corrections and proposals. */
import type { HeadFields } from '../case.ts';
import type { CaseFile, Correction } from '../case-file.ts';
import type { Mark } from '../noted.ts';

/** Fields of the head that a correction or a proposal may name. */
export const HEAD_FIELDS: ReadonlySet<string> = new Set<keyof HeadFields>([
  'title',
  'channel',
  'areaCode',
  'placeText',
  'groupName',
  'categoryL2',
  'kind',
  'purpose',
  'summary',
  'claims',
  'happenedFrom',
  'happenedTo',
  'happenedText',
  'respondent',
  'petitionerCount',
  'involvedCount',
  'joint',
  'representatives',
  'anonymous',
  'secret',
  'publicOk',
  'identityToUnit',
  'prior',
  'legalStatus',
  'legalNote',
  'urgency',
  'threat',
  'evidenceText',
  'trips',
  'lane',
  'hazardId',
]);
/** What only the office sets. */
const OFFICE_FIELDS: ReadonlySet<string> = new Set([
  'xfDate',
  'firstLocal',
  'firstNational',
  'repeat',
  'repeatOf',
  'group',
  'skipLevel',
  'xfReason',
]);
const PETITIONER = /^petitioners\.(\d{1,3})\.([A-Za-z]+)$/;

/** 原话永不更正: no correction may name what was said. */
export const isOriginalWords = (field: string): boolean =>
  /^(dictations?|facts|verbatim)(\.|$)/.test(field);

/** The value a field has now; undefined for an unknown name. */
export function fieldValue(file: CaseFile, field: string): unknown {
  const person = PETITIONER.exec(field);
  if (person) {
    const one = file.petitioners[Number(person[1])] as Record<string, unknown> | undefined;
    return one?.[person[2] ?? ''];
  }
  if (field === 'numbers.nationalNo') return file.numbers.nationalNo;
  if (!HEAD_FIELDS.has(field) && !OFFICE_FIELDS.has(field)) return undefined;
  return (file.head as unknown as Record<string, unknown>)[field];
}

/** Sets a known field; an unknown name leaves the file, its correction stays readable. */
export function withField(file: CaseFile, field: string, value: unknown): CaseFile {
  const person = PETITIONER.exec(field);
  if (person) {
    const at = Number(person[1]);
    const petitioners = file.petitioners.map((one, i) =>
      i === at ? { ...one, [person[2] ?? '']: value } : one,
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

/** The answered fields of `given` laid over the head; unanswered ones keep their value. */
export function withHead(file: CaseFile, given: HeadFields | undefined): CaseFile {
  if (!given) return file;
  const answered = Object.entries(given).filter(
    ([name, value]) => value !== undefined && HEAD_FIELDS.has(name),
  );
  return { ...file, head: { ...file.head, ...(Object.fromEntries(answered) as HeadFields) } };
}

/** What `given` would change, field by field. */
export function headChanges(
  file: CaseFile,
  given: HeadFields | undefined,
): { field: string; from: unknown; to: unknown }[] {
  return Object.entries(given ?? {})
    .filter(([field, to]) => to !== undefined && HEAD_FIELDS.has(field))
    .map(([field, to]) => ({ field, from: fieldValue(file, field) ?? null, to }))
    .filter((c) => JSON.stringify(c.from) !== JSON.stringify(c.to));
}
