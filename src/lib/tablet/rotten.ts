import type { EventRow } from '../ports/tablet-store.ts';
import { isHashable } from '../protocol/device-key.ts';
import { eventHash, type Digest } from '../protocol/hash.ts';
import type { Pending } from './exchange-types.ts';

/**
 * Of what was sent, the rows whose words no longer have the hash with which they were saved: a disk
 * that turned a bit in a body without a vault. Asked only when the county's answer raises the doubt.
 */
export async function rottenOf(digest: Digest, sent: readonly Pending[]): Promise<EventRow[]> {
  const rotten: EventRow[] = [];
  for (const { row, salt, sealed } of sent) {
    const { body, h } = sealed;
    if (h === undefined || !isHashable(body.payload)) continue;
    if (body.id !== row.id || (await eventHash(digest, salt, body)) !== h) rotten.push(row);
  }
  return rotten;
}
