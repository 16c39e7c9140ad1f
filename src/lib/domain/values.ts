/**
 * The small values everything else is made of: results, ids, instants and days.
 *
 * Times are strings, never `Date`: an `Instant` is ISO 8601 in UTC with `Z`, a `LocalDate` is a
 * calendar day in Asia/Shanghai. Ids are random 128 bit, because a time inside an id would tell
 * when a sealed case was taken.
 */

declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** 128 random bits in unpadded base64url, 22 characters. */
export type EventId = Brand<string, 'EventId'>;
/** 128 random bits in unpadded base64url, 22 characters. */
export type CaseId = Brand<string, 'CaseId'>;
/** One tablet vault (or one county node): 128 random bits in unpadded base64url. */
export type DeviceId = Brand<string, 'DeviceId'>;
/** Account id of a person; `system` is the county's own hand. */
export type PersonId = Brand<string, 'PersonId'>;
/** 12-digit statistical area code (county 6, township 9, village 12 significant digits). */
export type AreaCode = Brand<string, 'AreaCode'>;
/** Unit id of `data/departments.json`, or the 12-digit code of a township acting as unit. */
export type UnitId = Brand<string, 'UnitId'>;
/** SHA-256 in lower-case hex, 64 characters. */
export type Sha256 = Brand<string, 'Sha256'>;
/** ISO 8601 UTC with milliseconds optional, e.g. `2026-06-08T01:30:00Z`. */
export type Instant = Brand<string, 'Instant'>;
/** `YYYY-MM-DD` in Asia/Shanghai. */
export type LocalDate = Brand<string, 'LocalDate'>;

export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/** A broken invariant of our own: left on in production, caught once at the loop or hook. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** For the `default` of a switch over a union: the compiler proves that no case is missing. */
export function never(value: never): never {
  throw new Error(`invariant: unexpected ${JSON.stringify(value)}`);
}
