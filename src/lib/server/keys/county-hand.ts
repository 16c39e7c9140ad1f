/**
 * The county's hand: a signature under a row that must not be believed for standing in the database.
 * The pair lies in INTAKE_KEY_FILE, outside `DATA_DIR`; whoever can write rows and has no such file
 * signs nothing.
 *
 *     signature = ECDSA P-256, SHA-256 over "daiban row 1|" by "|" JSON of the row's parts
 */
import * as z from 'zod';
import { fromBase64Url, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { codeOf, readRing, type KeyRing } from '../intake-keys/key-ring.ts';

const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const jwk = z.record(z.string(), z.unknown());

/** A signature and the name of the pair that made it. */
export const handSchema = z.object({ by: z.string().max(64), signature: z.string().max(100) });
export type Hand = z.infer<typeof handSchema>;

/** What is signed; the first part says what kind of row it is. */
export type Parts = readonly [kind: string, ...rest: readonly unknown[]];

const textOf = (by: string, parts: Parts): Bytes =>
  textBytes(`daiban row 1|${by}|${JSON.stringify(parts)}`);

/** Signs by the county's newest pair. Throws where the ring has none: the server makes it. */
export async function signByCounty(ring: KeyRing, parts: Parts): Promise<Hand> {
  const pair = ring.signers?.[0];
  if (!pair) throw new Error('invariant: the ring has a signing pair');
  const half = jwk.parse(pair.privateKey);
  const key = await crypto.subtle.importKey('jwk', half, CURVE, false, ['sign']);
  const made = await crypto.subtle.sign(SIGNING, key, textOf(pair.keyId, parts));
  return { by: pair.keyId, signature: toBase64Url(new Uint8Array(made)) };
}

/** Whether a pair of the county's file has signed exactly this. */
export async function isSignedByCounty(
  ring: KeyRing | null,
  parts: Parts,
  hand: Hand | undefined,
): Promise<boolean> {
  const pair = ring?.signers?.find(({ keyId }) => keyId === hand?.by);
  const [point, signature] = [fromBase64Url(pair?.publicKey ?? ''), hand?.signature ?? ''];
  const bytes = fromBase64Url(signature);
  if (!hand || !point || !bytes) return false;
  try {
    const key = await crypto.subtle.importKey('raw', point, CURVE, false, ['verify']);
    return await crypto.subtle.verify(SIGNING, key, bytes, textOf(hand.by, parts));
  } catch {
    return false;
  }
}

/** The ring of a file; null where it is away or cannot be read: then nobody's signature counts. */
export async function handsIn(file: string): Promise<KeyRing | null> {
  try {
    return await readRing(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      console.error('INTAKE_KEY_FILE cannot be read', codeOf(error) ?? (error as Error).name);
    return null;
  }
}
