/**
 * Which value may stand in which field of a case, whoever writes it.
 *
 * A change names its field by a word, so its payload's schema cannot know the shape of the value:
 * it is read here, before it is applied. What does not fit stays a proposal and changes nothing.
 */
import * as z from 'zod/mini';
import { isUsableDay } from '../calendar.ts';
import type { HeadFields } from '../case.ts';
import type { Petitioner } from '../petitioner.ts';
import type { CaseFile } from '../case-file.ts';
import { headFieldsSchema, petitionerSchema } from '../events/case-fields.ts';
import { zAreaCode, zCaseId, zLine, zLocalDate } from '../events/common.ts';

const HEAD: Readonly<Record<string, z.core.$ZodType>> = headFieldsSchema.shape;

/** Fields of the head that a correction or a proposal may name. */
export const HEAD_FIELDS: ReadonlySet<string> = new Set(Object.keys(HEAD) as (keyof HeadFields)[]);

const OFFICE: Readonly<Record<string, z.core.$ZodType>> = {
  xfDate: zLocalDate,
  firstLocal: z.boolean(),
  firstNational: z.union([z.boolean(), z.literal('UNKNOWN')]),
  repeat: z.boolean(),
  repeatOf: z.nullable(zCaseId),
  group: z.boolean(),
  skipLevel: z.boolean(),
  xfReason: z.nullable(zLine),
};
/** What only the office sets. */
export const OFFICE_FIELDS: ReadonlySet<string> = new Set(Object.keys(OFFICE));

/** Without these a case cannot be placed, dated or counted: they are never emptied. */
const NEEDED: ReadonlySet<string> = new Set(['areaCode', 'channel']);
const DAYS: ReadonlySet<string> = new Set(['xfDate', 'happenedFrom', 'happenedTo']);

/** Links that only the county makes; named by the field they are claims for a person to settle. */
const LINKS: ReadonlySet<string> = new Set(['agent', 'absorbs', 'temporaryNo']);

const PETITIONER = /^petitioners\.(\d{1,3})\.([A-Za-z]+)$/;

/** Position and field that a name like `petitioners.0.phone` means; null for any other name. */
export function petitionerField(field: string): { at: number; name: string } | null {
  const found = PETITIONER.exec(field);
  const name = found?.[2] ?? '';
  return found && Object.hasOwn(petitionerSchema.shape, name)
    ? { at: Number(found[1]), name }
    : null;
}

/** A person as one version of an intake has him: where he stands in its list, and whether he is whole. */
export interface NewPerson {
  readonly at: number;
  readonly person: Petitioner | null;
}

/**
 * Persons whom a change names behind the end of the list: the second version of an intake may have
 * one more than the first (K06). Null where what was said of him does not make a person.
 */
export function newPersons(
  file: CaseFile,
  changes: readonly { readonly field: string; readonly to?: unknown }[],
): readonly NewPerson[] {
  const named = changes.flatMap(({ field, to }) => {
    const place = petitionerField(field);
    return place !== null && place.at >= file.petitioners.length ? [{ ...place, to }] : [];
  });
  const places = [...new Set(named.map(({ at }) => at))].toSorted((a, b) => a - b);
  return places.map((at) => {
    const said = named.filter((one) => one.at === at).map(({ name, to }) => [name, to]);
    const read = z.core.safeParse(petitionerSchema, Object.fromEntries(said));
    return { at, person: read.success ? read.data : null };
  });
}

/** A case stays in the county that opened it: another one's place is that county's to take up. */
export const isOwnArea = (file: CaseFile, code: string): boolean =>
  file.head.areaCode === null || code.startsWith(file.head.areaCode.slice(0, 6));

const parses = (schema: z.core.$ZodType | undefined, value: unknown): boolean =>
  schema !== undefined && z.core.safeParse(schema, value).success;

/** Whether `value` may be set; an unknown name takes anything, because nothing is set by it. */
export function fitsField(file: CaseFile, field: string, value: unknown): boolean {
  const person = petitionerField(field);
  if (person) {
    const before = file.petitioners[person.at];
    return before === undefined || parses(petitionerSchema, { ...before, [person.name]: value });
  }
  if (LINKS.has(field)) return false;
  if (field === 'numbers.nationalNo') return parses(zLine, value);
  if (field === 'areaCode') return parses(zAreaCode, value) && isOwnArea(file, String(value));
  if (OFFICE_FIELDS.has(field) || HEAD_FIELDS.has(field)) {
    if (NEEDED.has(field) && value === undefined) return false;
    const schema = OFFICE_FIELDS.has(field) ? OFFICE[field] : HEAD[field];
    const day = !DAYS.has(field) || value === undefined || isUsableDay(String(value));
    return parses(schema, value) && day;
  }
  return true;
}
