/**
 * 重新开锁: the county opens its half of a vault's key in an officer's browser and makes a new way in.
 *
 *     sheet  ──HPKE to a pair of the opening page──▶ county ──▶ that page      (any two of three)
 *     sheets ─▶ recovery key ─▶ W_county ─▶ the vault's key ─▶ slip under the secret of a new card
 *
 *     slip   DB2 <until: day 4 ‖ nonce 12 ‖ AES-256-GCM( HKDF(card secret), key ) 48 ‖ check 4>
 *            in Crockford's base 32, 109 letters: the tablet gets it from the county or from paper
 *
 * The slip opens nothing without the card, and the card nothing without the slip.
 */
import {
  fromBase64Url,
  joinBytes,
  randomBytes,
  readU32,
  sameBytes,
  textBytes,
  u32,
  type Bytes,
} from './bytes.ts';
import { fromBase32, lettersOf, toBase32, type Card } from './card.ts';
import { toBase64Url } from './hash.ts';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import { SCALAR_BYTES, hpkePairOf, opensOwn } from './officer-key.ts';
import { joinParts, type Part } from './shamir.ts';

/** Days for which a new way in may be used. */
export const SLIP_DAYS = 30;
/** Minutes within which the sheets of one opening have to come together. */
export const SHEETS_MINUTES = 60;

const countyInfo = textBytes('daiban recovery 1');

/** The vault's key sealed to a recovery key: what the county keeps. */
export const sealCountyWrap = (vaultId: string, to: Bytes, dek: Bytes): Promise<Bytes> =>
  hpkeSeal(to, { plain: dek, info: countyInfo, aad: textBytes(vaultId) });

/** A pair whose private half can open. */
export interface OwnPair {
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** The county's half of a recovery: the vault's key out of W_county; null: another key, or bent. */
export async function openCountyWrap(
  vaultId: string,
  wrap: { readonly box: string },
  own: OwnPair,
): Promise<Bytes | null> {
  const sealed = fromBase64Url(wrap.box);
  return sealed && hpkeOpen(own, { sealed, info: countyInfo, aad: textBytes(vaultId) });
}

/** A pair for one opening; its private half never leaves the page that made it. */
export async function newPagePair(): Promise<OwnPair> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const raw = await crypto.subtle.exportKey('raw', publicKey);
  return { publicKey: new Uint8Array(raw), privateKey };
}

/** What a sheet belongs to: the opening and the recovery key. */
export interface SheetOf {
  readonly id: string;
  readonly keyId: string;
}
const sheetBinding = ({ id, keyId }: SheetOf) => ({
  info: textBytes('daiban sheet 1'),
  aad: textBytes(`${id}|${keyId}`),
});

/** A typed sheet for the page that opens, and for no other opening. */
export async function sealSheet(to: Bytes, of: SheetOf, part: Part): Promise<string> {
  const plain = joinBytes(new Uint8Array([part.n]), part.bytes);
  return toBase64Url(await hpkeSeal(to, { plain, ...sheetBinding(of) }));
}

export async function openSheet(own: OwnPair, of: SheetOf, sealed: string): Promise<Part | null> {
  const bytes = fromBase64Url(sealed);
  const plain = bytes && (await hpkeOpen(own, { sealed: bytes, ...sheetBinding(of) }));
  if (plain?.length !== 1 + SCALAR_BYTES) return null;
  return { n: plain[0] ?? 0, bytes: plain.slice(1) };
}

/** The recovery key of two sheets, proved before anything relies on it; null: they are not its. */
export async function recoveryPair(
  publicKey: Bytes,
  parts: readonly Part[],
): Promise<OwnPair | null> {
  const scalar = parts.length < 2 ? null : joinParts(parts);
  if (scalar === null || !(await opensOwn({ publicKey, scalar }))) return null;
  const pair = await hpkePairOf({ publicKey, scalar });
  scalar.fill(0);
  return pair;
}

const MARK = 'DB2';
const NONCE_BYTES = 12;
const BOX_BYTES = 32 + 16;
const BODY_BYTES = 4 + NONCE_BYTES + BOX_BYTES;
const CHECK_BYTES = 4;
const LETTERS = Math.ceil(((BODY_BYTES + CHECK_BYTES) * 8) / 5);

/** A slip that was read; nothing in it is to be believed before it opened. */
export interface NewWayIn {
  /** Last UTC day on which it may be used, days since 1970. */
  readonly until: number;
  readonly body: Bytes;
}

const checkOf = async (body: Bytes): Promise<Bytes> => {
  const told = joinBytes(textBytes('daiban reopen check 1|'), body);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', told)).slice(0, CHECK_BYTES);
};

async function slipKey({ vaultId, secret }: Card): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const info = textBytes(`daiban reopen 1|${vaultId}`);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info };
  const gcm = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(how, root, gcm, false, ['encrypt', 'decrypt']);
}

const gcmOf = (until: number, iv: Bytes) => ({
  ...{ name: 'AES-GCM', iv },
  additionalData: joinBytes(textBytes('daiban reopen 1|'), u32(until)),
});

/** The new way in, as it is kept and printed. */
export async function makeSlip(card: Card, until: number, dek: Bytes): Promise<string> {
  const iv = randomBytes(NONCE_BYTES);
  const sealed = await crypto.subtle.encrypt(gcmOf(until, iv), await slipKey(card), dek);
  const body = joinBytes(u32(until), iv, new Uint8Array(sealed));
  return MARK + toBase32(joinBytes(body, await checkOf(body)));
}

/** Reads what was scanned, typed or fetched; null: no slip, or a letter is wrong. */
export async function readSlip(scanned: string): Promise<NewWayIn | null> {
  const letters = lettersOf(scanned);
  const at = letters.indexOf(MARK);
  const bytes = at < 0 ? null : fromBase32(letters.slice(at + MARK.length, at + 3 + LETTERS));
  if (bytes?.length !== BODY_BYTES + CHECK_BYTES) return null;
  const body = bytes.slice(0, BODY_BYTES);
  if (!sameBytes(await checkOf(body), bytes.slice(BODY_BYTES))) return null;
  return { until: readU32(body, 0), body };
}

/** The vault's key; null: the slip of another card or vault, or a day that was changed. */
export async function openSlip(card: Card, { until, body }: NewWayIn): Promise<Bytes | null> {
  const iv = body.slice(4, 4 + NONCE_BYTES);
  const box = body.slice(4 + NONCE_BYTES);
  try {
    const dek = await crypto.subtle.decrypt(gcmOf(until, iv), await slipKey(card), box);
    return new Uint8Array(dek);
  } catch {
    return null;
  }
}

/** For a hand that types it. */
export const slipGroups = (slip: string): readonly string[] => slip.match(/.{1,6}/g) ?? [];
