/** How much of a broken exchange came: what the county answers to `POST …/exchange?part=ID`. */
import * as z from 'zod/mini';
import { EXCHANGE_PATH } from './version.ts';

export const PART_MAGIC = 'PS2';

export const partReplySchema = z.object({
  magic: z.literal(PART_MAGIC),
  /** Request id of the broken exchange. */
  part: z.string(),
  /** Bytes of its body that are there; 0 when nothing is known of it. */
  have: z.int().check(z.nonnegative()),
});
export type PartReply = z.infer<typeof partReplySchema>;

/** Address of the question, and with `from` of the rest. */
export const partPath = (id: string, from?: number): string =>
  `${EXCHANGE_PATH}?part=${id}${from === undefined ? '' : `&from=${String(from)}`}`;
