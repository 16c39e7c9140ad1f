/**
 * The way back without a network, `.psa`: what the county has of a hand-in file, signed, so that
 * the tablet learns ② and ③ from whoever carries it home.
 *
 *     magic (8)  89 D B P S A 0D 0A · key id length (1) · key id · JSON length (4) · JSON · signature (64)
 *
 * ECDSA P-256 with SHA-256: in every WebCrypto; Ed25519 came to Chromium only in 2025.
 */
import * as z from 'zod/mini';
import { fail, ok, type Result } from '../domain/values.ts';
import { joinBytes, readU32, sameBytes, textBytes, u32, type Bytes } from './bytes.ts';
import { canonical } from './canonical.ts';

export const ACK_MAGIC = new Uint8Array([0x89, 0x44, 0x42, 0x50, 0x53, 0x41, 0x0d, 0x0a]);
export const ACK_EXTENSION = 'psa';
/** Events of one ack file; a tablet that was away for a year has fewer. */
export const ACK_ITEMS_MAX = 20_000;
const ACK_BYTES_MAX = 4 * 1024 * 1024;
const SIGNATURE_BYTES = 64;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const id = z.string().check(z.regex(/^[\w-]{22}$/));
const place = z.int().check(z.gte(1));

export const ackSchema = z.object({
  v: z.literal(1),
  county: z.string().check(z.maxLength(12)),
  epoch: z.string().check(z.maxLength(64)),
  /** Highest seq in a checked backup. */
  safe: z.int().check(z.gte(0)),
  at: z.string().check(z.maxLength(30)),
  /** Where each event stands: the id too, because a cloned tablet has the same places. */
  items: z
    .array(z.object({ dv: id, ds: place, id, seq: place, tag: id }))
    .check(z.maxLength(ACK_ITEMS_MAX)),
});
export type AckList = z.infer<typeof ackSchema>;

/** Why an ack file is none; in the order in which it is looked at. */
export type AckFault = 'NOT_PSA' | 'UNKNOWN_KEY' | 'SIGNATURE' | 'SHAPE';

const signed = (keyId: string, json: Bytes): Bytes =>
  joinBytes(textBytes(`daiban ack 1|${keyId}|`), json);

/** A signing pair; the private half as JWK for the key file. */
export async function newSigningPair(): Promise<{ publicKey: Bytes; privateKey: JsonWebKey }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { publicKey, privateKey: await crypto.subtle.exportKey('jwk', pair.privateKey) };
}

export async function writeAck(
  list: AckList,
  signer: { readonly keyId: string; readonly privateKey: JsonWebKey },
): Promise<Bytes> {
  const json = textBytes(canonical(list));
  const keyId = textBytes(signer.keyId);
  const key = await crypto.subtle.importKey('jwk', signer.privateKey, CURVE, false, ['sign']);
  const signature = await crypto.subtle.sign(SIGNING, key, signed(signer.keyId, json));
  const head = joinBytes(ACK_MAGIC, new Uint8Array([keyId.length]), keyId, u32(json.length));
  return joinBytes(head, json, new Uint8Array(signature));
}

interface Parts {
  readonly keyId: string;
  readonly json: Bytes;
  readonly signature: Bytes;
}

function partsOf(file: Bytes): Parts | null {
  if (file.length > ACK_BYTES_MAX || !sameBytes(file.subarray(0, 8), ACK_MAGIC)) return null;
  const keyEnd = 9 + (file[8] ?? 0);
  if (file.length < keyEnd + 4) return null;
  const end = keyEnd + 4 + readU32(file, keyEnd);
  if (file.length !== end + SIGNATURE_BYTES) return null;
  const keyId = String.fromCharCode(...file.subarray(9, keyEnd));
  return { keyId, json: file.slice(keyEnd + 4, end), signature: file.slice(end) };
}

/** The list, if a known key of the county signed exactly this. */
export async function readAck(
  file: Bytes,
  keys: ReadonlyMap<string, Bytes>,
): Promise<Result<AckList, AckFault>> {
  const parts = partsOf(file);
  if (!parts) return fail('NOT_PSA');
  const known = keys.get(parts.keyId);
  if (!known) return fail('UNKNOWN_KEY');
  const key = await crypto.subtle.importKey('raw', known, CURVE, false, ['verify']);
  const input = signed(parts.keyId, parts.json);
  if (!(await crypto.subtle.verify(SIGNING, key, parts.signature, input))) return fail('SIGNATURE');
  try {
    const list = ackSchema.safeParse(JSON.parse(new TextDecoder().decode(parts.json)));
    return list.success ? ok(list.data) : fail('SHAPE');
  } catch {
    return fail('SHAPE');
  }
}
