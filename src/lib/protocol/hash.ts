/**
 * The two hashes of PS/1: `h` of one event, and the running `tag` of the county log.
 *
 *     h      = SHA-256( canonical({salt, id, caseId, type, v, occurredAt, payload}) )   hex, 64
 *     tag(0) = 16 zero bytes
 *     tag(n) = first 16 bytes of SHA-256( tag(n-1) ‖ id ‖ h )          unpadded base64url, 22
 *
 * ‖ joins the printed forms with one line feed. `h` never covers the device, its sequence or a
 * predecessor, or renumbering after `forked` would make a conflict of every event.
 * The digest is handed in: WebCrypto on the tablet, node:crypto at the county.
 */
import type { EventBody } from '../domain/case-event.ts';
import type { Sha256 } from '../domain/values.ts';
import { canonical } from './canonical.ts';

/** SHA-256 of some bytes. */
export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
/** The same where it need not wait. */
export type DigestSync = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

/** tag(0): the tag of an empty log. */
export const GENESIS_TAG = 'AAAAAAAAAAAAAAAAAAAAAA';

const utf8 = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Newer engines bring both by themselves. */
type Printing = Partial<Pick<Uint8Array, 'toHex' | 'toBase64'>>;
const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const;

export function toHex(bytes: Uint8Array): string {
  const native = (bytes as Printing).toHex?.();
  if (native !== undefined) return native;
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Unpadded base64url. */
export function toBase64Url(bytes: Uint8Array): string {
  const native = (bytes as Printing).toBase64?.(BASE64URL);
  if (native !== undefined) return native;
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const hashInput = (salt: string, body: EventBody<string>): Uint8Array<ArrayBuffer> => {
  const { id, caseId, type, v, occurredAt, payload } = body;
  return utf8.encode(canonical({ salt, id, caseId, type, v, occurredAt, payload }));
};
const tagInput = (before: string, id: string, h: string): Uint8Array<ArrayBuffer> =>
  utf8.encode(`${before}\n${id}\n${h}`);
const tagOf = (digest: Uint8Array): string => toBase64Url(digest.subarray(0, 16));

/** `h` of an event whose payload went through `cleanText`. */
export const eventHash = async (
  digest: Digest,
  salt: string,
  body: EventBody<string>,
): Promise<Sha256> => toHex(await digest(hashInput(salt, body))) as Sha256;

/** `eventHash` where the digest need not wait. */
export const eventHashSync = (digest: DigestSync, salt: string, body: EventBody<string>): Sha256 =>
  toHex(digest(hashInput(salt, body))) as Sha256;

/** Where one row stands in the running hash: its own id and the hash of its content. */
export interface TagLink {
  readonly id: string;
  readonly h: string;
}

/** tag(n) from tag(n-1) and row n. */
export const nextTagSync = (digest: DigestSync, before: string, { id, h }: TagLink): string =>
  tagOf(digest(tagInput(before, id, h)));

/** `nextTagSync` for WebCrypto. */
export const nextTag = async (
  digest: Digest,
  before: string,
  { id, h }: TagLink,
): Promise<string> => tagOf(await digest(tagInput(before, id, h)));

/**
 * What an answer's `receipt` covers: the stored and dup events in the order of the results, each
 * with the `h` that the county computed itself. The tablet compares it with its own hashes and
 * takes no answer as an ack that does not match.
 */
export const receiptInput = (links: readonly TagLink[]): Uint8Array<ArrayBuffer> =>
  utf8.encode(links.map(({ id, h }) => `${id} ${h}\n`).join(''));

/** The receipt's printed form: the first 16 bytes of the digest in base64url. */
export const receiptOf = tagOf;
