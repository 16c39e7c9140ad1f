/** The slip of an envelope key as it stands on disk, wire and stick; apart from the ciphers. */
import * as z from 'zod/mini';

/** Recipients of one slip: two intake keys, two recovery keys and some air. */
export const SLIP_WRAPS_MAX = 8;

const box = z.string().check(z.regex(/^[\w-]{22,400}$/));
const printedId = z.string().check(z.regex(/^[\w-]{22}$/));

export const slipSchema = z.object({
  v: z.literal(1),
  /** Id of the envelope key. */
  id: printedId,
  wraps: z
    .array(
      z.object({
        kind: z.enum(['intake', 'recovery']),
        keyId: z.string().check(z.minLength(1), z.maxLength(64)),
        box,
      }),
    )
    .check(z.maxLength(SLIP_WRAPS_MAX)),
  /** The key under the vault's own; absent when it was begun while the vault was locked. */
  own: z.optional(box),
});
/** The wrapped envelope key, kept in clear beside the copies that it opens. */
export type Slip = z.infer<typeof slipSchema>;

/** A slip as it leaves the tablet: what only the vault could open stays here. */
export const slipAbroad = ({ v, id, wraps }: Slip): Slip => ({ v, id, wraps });

/** First byte of a sealed copy of this version. */
export const COPY_VERSION = 0x21;

/** Whether a body on the disk is a sealed copy. */
export const isCopy = (body: Uint8Array): boolean => body[0] === COPY_VERSION;
