/** Does the tablet look back on the same history as this county? */
import { GENESIS_TAG } from '../../protocol/hash.ts';
import type { ExchangeRequest } from '../../protocol/sync.ts';
import type { CountyTx, Epoch, Head } from '../../ports/county-store.ts';

type Witness = readonly [seq: number, tag: string];

/**
 * The last position both histories share when they part, else null. The epoch catches a restore
 * that was announced, the tags one that was not.
 */
export async function partsAt(
  tx: CountyTx,
  request: ExchangeRequest,
  { head, epochs }: { head: Head; epochs: readonly Epoch[] },
): Promise<number | null> {
  const { cursor, wit, wits, hist } = request;
  const current = epochs.at(-1);
  if (cursor !== null && cursor.epoch !== current?.id) {
    const known = epochs.findIndex(({ id }) => id === cursor.epoch);
    return known < 0 ? 0 : (epochs[known + 1]?.baseSeq ?? 0);
  }
  const must: Witness[] = [...wits];
  if (cursor !== null) must.push([cursor.seq, cursor.tag]);
  if (wit !== null) must.push(wit);
  const tags = await tx.tagsAt([...must, ...hist].map(([seq]) => seq));
  const holds = ([seq, tag]: Witness) =>
    seq === 0 ? tag === GENESIS_TAG : seq <= head.seq && tags.get(seq) === tag;
  if (must.every(holds)) return null;
  return Math.max(0, ...hist.filter(holds).map(([seq]) => seq));
}
