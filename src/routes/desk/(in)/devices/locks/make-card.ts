import { sha256OfBytes } from '$lib/domain/text-hash';
import { randomBytes } from '$lib/protocol/bytes';
import { CARD_SECRET_BYTES, printedCard, type PrintedCard } from '$lib/protocol/card';
import { toBase64Url } from '$lib/protocol/hash';

/**
 * A card for the lanyard, made in this browser: its secret goes onto the paper and nowhere else.
 * Only `cardId` is told to the county, which says nothing of the secret. With `vaultId` it is another
 * card for a lock that is there; without, the first of a new one.
 */
export function makeCard(vaultId: string = toBase64Url(randomBytes(16))): Promise<PrintedCard> {
  const secret = randomBytes(CARD_SECRET_BYTES);
  return printedCard((bytes) => Promise.resolve(sha256OfBytes(bytes)), { vaultId, secret });
}
