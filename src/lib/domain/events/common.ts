/**
 * Building blocks of the payload schemas.
 *
 * Payloads are loose objects: a field that a newer app added is kept as it came and goes on to the
 * next reader. The inferred types name the known fields only, so that a misspelt one is an error.
 */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import type {
  AreaCode,
  CaseId,
  EventId,
  Instant,
  LocalDate,
  PersonId,
  Sha256,
  UnitId,
} from '../values.ts';

/** An object whose unknown fields survive; its type shows the known ones. */
export const record = <S extends z.core.$ZodLooseShape>(
  shape: S,
): z.ZodMiniObject<S, z.core.$strip> =>
  z.looseObject(shape) as unknown as z.ZodMiniObject<S, z.core.$strip>;

const branded = <T extends string>(pattern: RegExp): z.ZodMiniType<T, T> =>
  z.string().check(z.regex(pattern)) as unknown as z.ZodMiniType<T, T>;

export const zEventId = branded<EventId>(/^[A-Za-z0-9_-]{22}$/);
export const zCaseId = branded<CaseId>(/^[A-Za-z0-9_-]{22}$/);
export const zAreaCode = branded<AreaCode>(/^\d{12}$/);
export const zUnitId = branded<UnitId>(/^[A-Za-z0-9_-]{1,32}$/);
export const zPersonId = branded<PersonId>(/^[^\s]{1,64}$/);
export const zSha256 = branded<Sha256>(/^[0-9a-f]{64}$/);
export const zInstant = branded<Instant>(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/,
);
export const zLocalDate = branded<LocalDate>(/^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])$/);
/** Twelve digits without grouping, the last a check digit (`numbers.ts`). */
export const zQueryCode = z.string().check(z.regex(/^\d{12}$/));
/** `DL` + county 6 + year 4 + serial 5. */
export const zCaseNo = z.string().check(z.regex(/^[A-Z]{2}\d{15}$/));

const upTo = (max: number) => z.string().check(z.maxLength(max));
const from1 = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
/** A name of a person or body, 1-50. */
export const zName = from1(LIMITS.nameMax);
/** One line of words, 1-200. */
export const zLine = from1(LIMITS.lineMax);
/** A paragraph, 1-4000. */
export const zText = from1(LIMITS.textMax);
/** Words exactly as said, 1-15000. */
export const zVerbatim = from1(LIMITS.verbatimMax);
/** A short code of a list that a county may extend. */
export const zCode = from1(32);
/** Base64url ciphertext that nobody here can read. */
export const zBox = from1(LIMITS.boxMax);
export const zSummary = upTo(LIMITS.summaryMax);
export const zTitle = upTo(LIMITS.titleMax);
export const zCount = z.int().check(z.minimum(1), z.maximum(LIMITS.countMax));

/** A list with a named limit. */
export const listOf = <T extends z.core.SomeType>(schema: T, max: number = LIMITS.listMax) =>
  z.array(schema).check(z.maxLength(max));
/** SHA-256 of attachments of the same case. */
export const zShas = listOf(zSha256, LIMITS.attachmentsMax);

/** A person with an account, as others see him. */
export const zPersonRef = record({
  personId: zPersonId,
  name: zName,
  areaCode: z.optional(zAreaCode),
  unitId: z.optional(zUnitId),
});
/** Somebody present without an account: witness, interpreter, guardian, helper. */
export const zBystander = record({
  name: zName,
  relation: z.optional(zLine),
  adult: z.optional(z.boolean()),
  phone: z.optional(zLine),
  document: z.optional(zLine),
  /** SHA-256 of the signature or thumbprint image. */
  signature: z.optional(zSha256),
});
/** How the office or the agent learnt of an act (K24): made on the spot, or typed from a call. */
export const zSource = z.enum(['device', 'phone', 'paper', 'counter', 'import']);
