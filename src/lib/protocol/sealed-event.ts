/**
 * What stands inside a sealed copy of kind `event` and `file`: JSON in UTF-8. The tablet reads its
 * own rows by it, the county everything that came without an unlocked tablet.
 */
import * as z from 'zod/mini';

const id = z.string().check(z.regex(/^[\w-]{22}$/));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const sealedEventSchema = z.object({
  body: z.object({
    id,
    caseId: id,
    type: z.string(),
    v: z.int(),
    occurredAt: z.string(),
    payload: z.unknown(),
  }),
  /** Salt of the case. */
  salt: id,
  /** Hash at save time; the county computes its own and compares. */
  h: z.optional(sha256),
  /** Person whose vault it is from; versions before this one named none. */
  by: z.optional(z.string().check(z.maxLength(64))),
});
/** An event as its sealed copy has it. */
export type CopiedEvent = z.infer<typeof sealedEventSchema>;

export const sealedFileSchema = z.object({
  sha256,
  bytes: z.int().check(z.gte(1)),
  mime: z.string().check(z.maxLength(80)),
  /** Case it was captured for; outside it stands in clear, where whoever carries it can change it. */
  caseId: z.optional(id),
  /** Person whose vault it is from; versions before this one named neither. */
  by: z.optional(z.string().check(z.maxLength(64))),
});
/** A file's description as the county needs it; more members may stand beside these. */
export type CopiedFile = z.infer<typeof sealedFileSchema>;
