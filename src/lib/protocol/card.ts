/**
 * The card on the lanyard: a QR code with 128 random bits, made at enrolment and revocable.
 *
 *     DB1  <vault id 16 bytes ‖ secret 16 bytes ‖ check 4 bytes, in Crockford's base 32: 58 letters>
 *
 * Letters and digits only, so that the code stays small and the card can be typed. Nothing of the
 * person stands on it. The id by which it is revoked says nothing about the secret.
 */
import { joinBytes, sameBytes, textBytes, type Bytes } from './bytes.ts';
import { toBase64Url, type Digest } from './hash.ts';
import { idBytes } from './ids.ts';

const MARK = 'DB1';
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const CARD_SECRET_BYTES = 16;
const VAULT_BYTES = 16;
const CHECK_BYTES = 4;
const LETTERS = Math.ceil(((VAULT_BYTES + CARD_SECRET_BYTES + CHECK_BYTES) * 8) / 5);
const GROUP = 6;
/** More letters than this is no card, whatever the camera saw. */
const SCAN_CHARS_MAX = 512;

export interface Card {
  readonly vaultId: string;
  readonly secret: Bytes;
}

/** What the printer needs; the secret is inside, so it is never stored. */
export interface PrintedCard {
  /** Text of the QR code, alphanumeric mode. */
  readonly qr: string;
  /** The same for a hand that types it. */
  readonly groups: readonly string[];
  /** By which the county revokes it and the agent names it: 4 letters of the card id. */
  readonly cardId: string;
  readonly label: string;
}

/** Crockford's base 32, the last letter padded with zeros. */
export function toBase32(bytes: Uint8Array): string {
  let [out, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? out + ALPHABET[(held << (5 - bits)) & 31] : out;
}

/** Null: a letter that is none, or padding that says something. */
export function fromBase32(letters: string): Bytes | null {
  const out: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  // What is left over is padding and must be empty.
  return held === 0 ? new Uint8Array(out) : null;
}

const checkOf = async (digest: Digest, body: Bytes): Promise<Uint8Array> =>
  (await digest(joinBytes(textBytes('daiban card check 1|'), body))).subarray(0, CHECK_BYTES);

/** Id by which a card is known and revoked. */
export const cardIdOf = async (digest: Digest, { vaultId, secret }: Card): Promise<string> => {
  const input = joinBytes(textBytes(`daiban card id 1|${vaultId}|`), secret);
  return toBase64Url((await digest(input)).subarray(0, 12));
};

export async function printedCard(digest: Digest, card: Card): Promise<PrintedCard> {
  const body = joinBytes(idBytes(card.vaultId), card.secret);
  const letters = toBase32(joinBytes(body, await checkOf(digest, body)));
  const groups = letters.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? [];
  const cardId = await cardIdOf(digest, card);
  return { qr: MARK + letters, groups, cardId, label: cardId.slice(0, 4) };
}

/** Letters of what was scanned or typed, as the alphabet here has them. */
export const lettersOf = (scanned: string): string =>
  scanned
    .slice(0, SCAN_CHARS_MAX)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');

/**
 * Reads a card from what a camera or a hand gave: any case, spaces, dashes, words around it, O for
 * 0 and I or L for 1. Null when no card is in it; the check makes a misread letter no card.
 */
export async function readCard(digest: Digest, scanned: string): Promise<Card | null> {
  const letters = lettersOf(scanned);
  for (let at = letters.indexOf(MARK); at >= 0; at = letters.indexOf(MARK, at + 1)) {
    const card = await cardFrom(digest, letters.slice(at + MARK.length, at + 3 + LETTERS));
    if (card) return card;
  }
  return cardFrom(digest, letters);
}

async function cardFrom(digest: Digest, letters: string): Promise<Card | null> {
  const bytes = letters.length === LETTERS ? fromBase32(letters) : null;
  if (!bytes) return null;
  const body = bytes.slice(0, VAULT_BYTES + CARD_SECRET_BYTES);
  if (!sameBytes(await checkOf(digest, body), bytes.slice(body.length))) return null;
  return { vaultId: toBase64Url(body.slice(0, VAULT_BYTES)), secret: body.slice(VAULT_BYTES) };
}
