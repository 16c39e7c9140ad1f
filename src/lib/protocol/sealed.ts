/**
 * Sealed copies: what the tablet writes for the county alone. One envelope key per unlock seals
 * events and slices; a slip, kept beside them, has that key wrapped to the county's intake and
 * recovery keys and to the vault itself, so that nobody else ever reads it.
 *
 *     copy   0x21 ‖ envelope id (16) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
 *     AAD    "daiban copy 1|" kind "|" id
 *
 * The AAD never has `dv` or `ds`: a fork renumbers events, and their copies must still open.
 */
import { joinBytes, fromBase64Url, randomBytes, textBytes, type Bytes } from './bytes.ts';
import { toBase64Url } from './hash.ts';
import { HPKE_OVERHEAD, hpkeOpen, hpkeSeal, POINT_BYTES } from './hpke.ts';
import { idBytes } from './ids.ts';
import { padJson } from './padding.ts';
import { COPY_VERSION, isCopy, type Slip } from './slip.ts';

export { slipSchema, SLIP_WRAPS_MAX, type Slip } from './slip.ts';

const ENVELOPE_BYTES = 16;
const NONCE_BYTES = 12;
/** What sealing adds to the bytes. */
export const COPY_OVERHEAD = 1 + ENVELOPE_BYTES + NONCE_BYTES + 16;

/** Whose key: the server's intake, the county's offline recovery. */
export type RecipientKind = 'intake' | 'recovery';

/** A public key of the county that envelope keys are wrapped to. */
export interface Recipient {
  readonly kind: RecipientKind;
  readonly keyId: string;
  /** Uncompressed P-256 point. */
  readonly publicKey: Bytes;
  /** Named on the slip, with a box that opens nothing: slips for one and for another look alike. */
  readonly filler?: boolean | undefined;
}

/**
 * What is inside a copy: an event as the wire has it, a slice or chunk, a file's description; `body`
 * is any other row's, under an envelope of the vault alone.
 */
export type CopyKind = 'event' | 'slice' | 'file' | 'body';

export interface CopyPlace {
  readonly kind: CopyKind;
  /** Id of the event or file; for a slice `<file id>/<n>`, for a body `<store>|<id>|<version>`. */
  readonly id: string;
}

const aadOf = ({ kind, id }: CopyPlace): Bytes => textBytes(`daiban copy 1|${kind}|${id}`);
const info = textBytes('daiban envelope 1');

export interface Envelope {
  readonly slip: Slip;
  /** Encrypts only: what was sealed with it cannot be read back by who holds it. */
  readonly key: CryptoKey;
}

/** Raw envelope key; lives as long as it takes to wrap it. */
export const newEnvelopeKey = (): Bytes => randomBytes(32);

/** The write-only half of an envelope key. */
export const sealingKey = (raw: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);

const openingKey = (raw: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);

/** A point and random bytes, as a sealed key looks to everybody who cannot open it. */
async function fillerBox(): Promise<Bytes> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const { publicKey } = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return joinBytes(point, randomBytes(HPKE_OVERHEAD - POINT_BYTES + 32));
}

/** Wraps an envelope key to every recipient that is no filler. */
export async function wrapEnvelope(
  raw: Bytes,
  recipients: readonly Recipient[],
  id: string = toBase64Url(randomBytes(ENVELOPE_BYTES)),
): Promise<Slip> {
  const aad = textBytes(id);
  const wraps = await Promise.all(
    recipients.map(async ({ kind, keyId, publicKey, filler }) => {
      const sealed = filler
        ? await fillerBox()
        : await hpkeSeal(publicKey, { plain: raw, info, aad });
      return { kind, keyId, box: toBase64Url(sealed) };
    }),
  );
  return { v: 1, id, wraps };
}

/** An envelope without the vault: begun while it is locked, readable by the county alone. */
export async function newEnvelope(recipients: readonly Recipient[]): Promise<Envelope> {
  const raw = newEnvelopeKey();
  const envelope = { slip: await wrapEnvelope(raw, recipients), key: await sealingKey(raw) };
  raw.fill(0);
  return envelope;
}

/** Opens the slip with a private key of the county; null when it is not wrapped to it. */
export async function openSlip(
  slip: Slip,
  own: { readonly keyId: string; readonly publicKey: Bytes; readonly privateKey: CryptoKey },
): Promise<CryptoKey | null> {
  const wrap = slip.wraps.find((w) => w.keyId === own.keyId);
  const sealed = wrap && fromBase64Url(wrap.box);
  if (!sealed) return null;
  const raw = await hpkeOpen(own, { sealed, info, aad: textBytes(slip.id) });
  return raw?.length === 32 ? openingKey(raw) : null;
}

/** The key as the vault itself unwrapped it. */
export const openingKeyOf = openingKey;

/** Whether such a copy is JSON, whoever wrote it. */
const isJson = ({ kind }: CopyPlace): boolean => kind !== 'slice';

/** Seals some bytes, JSON in steps of length; random nonces, so one key seals at most 2^32 copies (it sees thousands). */
export async function sealCopy(
  { slip, key }: Envelope,
  place: CopyPlace,
  plain: Bytes,
): Promise<Bytes> {
  const iv = randomBytes(NONCE_BYTES);
  const how = { name: 'AES-GCM', iv, additionalData: aadOf(place) };
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(how, key, isJson(place) ? padJson(plain) : plain),
  );
  return joinBytes(new Uint8Array([COPY_VERSION]), idBytes(slip.id), iv, sealed);
}

/** Which envelope a copy lies in; null when the bytes are no copy of this version. */
export const envelopeOf = (copy: Uint8Array): string | null =>
  isCopy(copy) && copy.length >= COPY_OVERHEAD
    ? toBase64Url(copy.subarray(1, 1 + ENVELOPE_BYTES))
    : null;

/** Opens a copy; null: another key, another place, or changed bytes. */
export async function openCopy(
  key: CryptoKey,
  place: CopyPlace,
  copy: Uint8Array,
): Promise<Bytes | null> {
  if (envelopeOf(copy) === null) return null;
  const start = 1 + ENVELOPE_BYTES;
  const how = {
    ...{ name: 'AES-GCM', iv: copy.slice(start, start + NONCE_BYTES) },
    additionalData: aadOf(place),
  };
  try {
    const sealed = copy.slice(start + NONCE_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed));
  } catch {
    return null;
  }
}

/** Whether a recipient can be wrapped to at all. */
export const isRecipientKey = (key: Uint8Array): boolean =>
  key.length === POINT_BYTES && key[0] === 4;
