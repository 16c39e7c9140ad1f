/**
 * What page and workers say to each other. Everything that arrives is looked at, on both sides:
 * a message that is none of these is answered with BAD_REQUEST and changes nothing.
 *
 *     page ──request n──▶ vault worker     keys, reads and writes; lock = terminate()
 *     page ──request n──▶ keeper worker    seals captures, holds the quick PIN; survives the lock
 *     vault worker ◀──MessagePort──▶ keeper: envelope key, quick unlock; the page never holds a key
 */
import * as z from 'zod/mini';
import type { Bytes } from '../../protocol/bytes.ts';
import { slipSchema } from '../../protocol/sealed.ts';
import { isBatch } from './batch.ts';
import { kdfSchema } from './kdf.ts';
import { wrapSchema } from './wraps.ts';

/** Bodies of one message; a day's work of a county tablet is far below. */
export const BATCH_ITEMS_MAX = 20_000;
export const BATCH_BYTES_MAX = 64 * 1024 * 1024;

const bytes = z.custom<Bytes>((value) => value instanceof Uint8Array);
const port = z.custom<MessagePort>((value) => value instanceof MessagePort);
const batch = z
  .object({ bytes, ends: z.custom<Uint32Array>((value) => value instanceof Uint32Array) })
  .check(z.refine((b) => b.bytes.length <= BATCH_BYTES_MAX && isBatch(b)));
const place = z
  .string()
  .check(
    z.regex(
      /^(events|notes|cases|facts|drafts|meta|media|chunks|wraps)\|[\w.:/-]{1,80}\|\d{1,10}$/,
    ),
  );
const id = z.string().check(z.regex(/^[\w-]{22}$/));
const copyPlace = z.object({
  kind: z.enum(['event', 'slice', 'file', 'body']),
  id: z.string().check(z.regex(/^[\w.:/|-]{1,110}$/)),
});
const some = <T extends z.core.$ZodType>(of: T) => z.array(of).check(z.maxLength(BATCH_ITEMS_MAX));
const recipient = z.object({
  kind: z.enum(['intake', 'recovery']),
  keyId: z.string().check(z.minLength(1), z.maxLength(64)),
  publicKey: bytes,
  filler: z.optional(z.boolean()),
});
const recipients = z.array(recipient).check(z.maxLength(8));
const words = z.string().check(z.maxLength(256));
const secret = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('card'), cardId: words, card: bytes, pin: words }),
  z.object({ kind: z.literal('pass'), passphrase: words }),
  z.object({ kind: z.literal('prf'), credentialId: z.string(), output: bytes }),
]);

/** To the vault worker. */
export const vaultRequestSchema = z.discriminatedUnion('op', [
  z.object({
    ...{ op: z.literal('create'), vaultId: id, kdf: z.optional(kdfSchema) },
    ...{ secrets: z.array(secret).check(z.minLength(1), z.maxLength(4)), recovery: recipients },
  }),
  z.object({
    ...{ op: z.literal('unlock'), vaultId: id, wrap: wrapSchema, secret },
    kdf: z.optional(kdfSchema),
  }),
  /** The county's new way in under a card that has no digits yet. */
  z.object({ op: z.literal('reopen'), vaultId: id, card: bytes, slip: words }),
  /** The key comes from the keeper (quick PIN). */
  z.object({ op: z.literal('takeKey'), vaultId: id, port }),
  /** The key goes to the keeper, which wraps it under the quick PIN. */
  z.object({ op: z.literal('giveKey'), port }),
  z.object({ op: z.literal('addWrap'), secret, kdf: z.optional(kdfSchema) }),
  z.object({ op: z.literal('countyWraps'), recovery: recipients }),
  /** A new envelope; its key goes to the keeper through the port as well. */
  z.object({ op: z.literal('begin'), recipients, port: z.optional(port) }),
  z.object({
    ...{ op: z.literal('seal'), places: some(place), batch, json: z.boolean() },
    copies: z.optional(z.object({ places: some(copyPlace), batch })),
  }),
  /** Bodies of the vault, and copies of its own envelopes with the slips that are needed. */
  z.object({ op: z.literal('open'), places: some(place), batch, slips: some(slipSchema) }),
  z.object({ op: z.literal('openCopies'), slip: slipSchema, places: some(copyPlace), batch }),
  /** Which of them the vault has no key of its own for. */
  z.object({ op: z.literal('blindOf'), slips: some(slipSchema) }),
  z.object({ op: z.literal('names'), values: some(z.string()) }),
]);
export type VaultRequest = z.infer<typeof vaultRequestSchema>;

/** To the keeper. */
export const keeperRequestSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('adopt'), slip: slipSchema, port }),
  z.object({ op: z.literal('begin'), recipients }),
  z.object({ op: z.literal('seal'), places: some(copyPlace), batch }),
  z.object({ op: z.literal('keepQuick'), pin: words, port }),
  z.object({ op: z.literal('giveQuick'), pin: words, port }),
  z.object({ op: z.literal('dropQuick') }),
]);
export type KeeperRequest = z.infer<typeof keeperRequestSchema>;

/**
 * Why nothing was done. WRONG: secret; LOCKED: no key here; NO_ARGON2: this browser cannot count
 * the wrap; DROPPED: the quick PIN is over; BAD_REQUEST: no message of ours.
 */
export type VaultFault = 'WRONG' | 'LOCKED' | 'NO_ARGON2' | 'DROPPED' | 'BAD_REQUEST' | 'BROKEN';

export const sealedReply = z.object({ batch, copies: z.optional(batch) });
/** `bad`: places of bodies that do not open; each costs only itself. */
export const openedReply = z.object({ batch, bad: z.array(z.int()) });
export const wrapsReply = z.object({ wraps: z.array(wrapSchema) });
export const slipReply = z.object({ slip: slipSchema });
export const namesReply = z.object({ names: z.array(z.string()) });
export const doneReply = z.object({});
export const unlockedReply = z.object({ stronger: z.optional(wrapSchema) });

export const replySchema = z.union([
  z.object({ n: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({
    ...{ n: z.int(), ok: z.literal(false) },
    code: z.enum(['WRONG', 'LOCKED', 'NO_ARGON2', 'DROPPED', 'BAD_REQUEST', 'BROKEN']),
  }),
]);
