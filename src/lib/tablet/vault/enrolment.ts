/** What is made once for an agent on a tablet: the card with its PIN, and the passphrase. */
import { fail, ok, type Result } from '../../domain/values.ts';
import { randomBytes } from '../../protocol/bytes.ts';
import { toBase64Url, type Digest } from '../../protocol/hash.ts';
import { CARD_SECRET_BYTES, cardIdOf, printedCard, readCard, type PrintedCard } from './card.ts';
import { pinFault, type PinFault } from './pin-rules.ts';
import type { Secret } from './wraps.ts';

/** Characters of a passphrase; a sentence of ten Chinese characters is one. */
export const PASSPHRASE_CHARS_MIN = 10;

export const newVaultId = (): string => toBase64Url(randomBytes(16));

/** A new card: what is printed, and what wraps the vault's key. The secret is kept nowhere else. */
export async function newCard(
  digest: Digest,
  of: { readonly vaultId: string; readonly pin: string; readonly known: readonly string[] },
): Promise<Result<{ readonly printed: PrintedCard; readonly secret: Secret }, PinFault>> {
  const fault = pinFault(of.pin, of.known);
  if (fault) return fail(fault);
  const card = randomBytes(CARD_SECRET_BYTES);
  const printed = await printedCard(digest, { vaultId: of.vaultId, secret: card });
  return ok({ printed, secret: { kind: 'card', cardId: printed.cardId, card, pin: of.pin } });
}

/** What was scanned with the PIN that was typed; FOREIGN: the card of another vault. */
export async function scannedCard(
  digest: Digest,
  of: { readonly vaultId: string; readonly scanned: string; readonly pin: string },
): Promise<Result<Secret, 'NO_CARD' | 'FOREIGN'>> {
  const card = await readCard(digest, of.scanned);
  if (!card) return fail('NO_CARD');
  if (card.vaultId !== of.vaultId) return fail('FOREIGN');
  const cardId = await cardIdOf(digest, card);
  return ok({ kind: 'card', cardId, card: card.secret, pin: of.pin });
}

/** Why a passphrase is not taken. */
export function passphraseFault(words: string): 'TOO_SHORT' | 'ONE_CHARACTER' | null {
  const letters = [...words.normalize('NFKC').trim()];
  if (letters.length < PASSPHRASE_CHARS_MIN) return 'TOO_SHORT';
  return new Set(letters).size < 4 ? 'ONE_CHARACTER' : null;
}
