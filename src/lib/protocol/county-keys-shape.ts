/** The list of the county's public keys as it travels; apart from what verifies it. */
import * as z from 'zod/mini';

/** Recipients and signers of one list. */
export const COUNTY_KEYS_MAX = 8;

const keyId = z.string().check(z.minLength(1), z.maxLength(64));
const point = z.string().check(z.regex(/^[\w-]{87}$/));
const signatureText = z.string().check(z.regex(/^[\w-]{86}$/));

export const countyKeysSchema = z.object({
  v: z.literal(1),
  county: z.string().check(z.maxLength(12)),
  /** UTC instant since which the list is like this; a later list replaces an earlier one. */
  at: z.string().check(z.maxLength(30)),
  recipients: z
    .array(z.object({ kind: z.enum(['intake', 'recovery']), keyId, publicKey: point }))
    .check(z.maxLength(COUNTY_KEYS_MAX)),
  /** Keys whose signature counts, on ack files and on the next list. */
  signers: z.array(z.object({ keyId, publicKey: point })).check(z.maxLength(COUNTY_KEYS_MAX)),
  /** Signer of this list. */
  by: keyId,
  signature: signatureText,
  /**
   * Keys that accusations are sealed to on the tablet, the one in force first; older counties name none.
   * Signed apart by the same signer, so that a program that knows nothing of them still takes the list.
   */
  sealing: z.optional(
    z.object({
      keys: z
        .array(z.object({ keyId, publicKey: point }))
        .check(z.minLength(1), z.maxLength(COUNTY_KEYS_MAX)),
      signature: signatureText,
    }),
  ),
});
export type CountyKeys = z.infer<typeof countyKeysSchema>;
