/**
 * Sealed rows of the exchange: events that travel without an unlocked tablet, by their own tablet,
 * another agent's, or a hand-in file. The carrier reads nothing and says only whose they are.
 */
import * as z from 'zod/mini';
import { slipSchema, type Slip } from './slip.ts';

/** Envelopes and rows of one exchange; the byte limit of its body comes first with real ones. */
export const SEALED_SLIPS_MAX = 256;
export const SEALED_ROWS_MAX = 1_000;

const id = z.string().check(z.regex(/^[\w-]{22}$/));

/** A row that has its shape; one that has none is held and stops nothing. */
export const sealedRowSchema = z.object({
  /** Device and place as the vault counted them; a copy never has them inside. */
  dv: id,
  ds: z.int().check(z.gte(1)),
  id,
  /** Base64url of the copy (protocol/sealed.ts). */
  copy: z.string().check(z.minLength(1), z.regex(/^[\w-]+$/)),
  /** Base64url of the device's signature over the copy (`copyBytes`); older tablets have none. */
  sig: z.optional(z.string()),
});
export type SealedRow = z.infer<typeof sealedRowSchema>;

export const sealedPushSchema = z.object({
  /** Slips without `own`; one that is none is left out. */
  slips: z.array(z.unknown()).check(z.maxLength(SEALED_SLIPS_MAX)),
  /** In (dv, ds) order. */
  rows: z
    .array(
      z.object({
        ...{ dv: z.string(), ds: z.int(), id: z.string(), copy: z.string() },
        sig: z.optional(z.string()),
      }),
    )
    .check(z.maxLength(SEALED_ROWS_MAX)),
});
export type SealedPush = z.infer<typeof sealedPushSchema>;

/** The slips of a push that are some. */
export const slipsOf = (push: Pick<SealedPush, 'slips'>): Slip[] =>
  push.slips.flatMap((one) => {
    const slip = slipSchema.safeParse(one);
    return slip.success ? [slip.data] : [];
  });

/**
 * Why a copy lies at the county unopened. `SEALED_NO_SLIP`: its envelope did not come.
 * `SEALED_NO_KEY`: wrapped to none of the county's present keys. `SEALED_BROKEN`: bytes that do
 * not open in their place. `SEALED_EARLY`: of a case whose beginning has not come.
 * `SEALED_NO_DEVICE`: of a device that nobody enrolled. `SEALED_SIGNATURE`: its device signs what it
 * seals, and did not sign this.
 */
export const HELD_CODES = [
  'SEALED_NO_SLIP',
  'SEALED_NO_KEY',
  'SEALED_BROKEN',
  'SEALED_EARLY',
  'SEALED_NO_DEVICE',
  'SEALED_SIGNATURE',
] as const;
export type HeldCode = (typeof HELD_CODES)[number];
export const isHeldCode = (code: string): code is HeldCode =>
  (HELD_CODES as readonly string[]).includes(code);

/** Told as `held` too, but nothing lies there: the room for unopened rows is used up. Come again. */
export const HELD_NO_ROOM = 'SEALED_FULL';

/** `held`: the bytes lie at the county for good and are opened by themselves when they can be. */
export const sealedResultSchema = z.discriminatedUnion('s', [
  z.object({
    s: z.enum(['stored', 'dup']),
    seq: z.int(),
    tag: z.string(),
    at: z.string(),
  }),
  z.object({ s: z.literal('rejected'), code: z.string() }),
  z.object({ s: z.literal('conflict') }),
  z.object({ s: z.literal('held'), code: z.string() }),
]);
export type SealedResult = z.infer<typeof sealedResultSchema>;

export const sealedAnswerSchema = z.object({
  /** One for each row, in its order. */
  results: z.array(sealedResultSchema),
  /** `receiptOf` over id and SHA-256 (hex) of the copy of the stored and dup rows, in order. */
  receipt: z.string(),
});
export type SealedAnswer = z.infer<typeof sealedAnswerSchema>;
