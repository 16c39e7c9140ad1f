/**
 * The one place where a push is proven to be its device's.
 *
 *     no key of the device here ──────────► taken, unsigned      (an older tablet)
 *     key, and its signature ─────────────► taken, kept as proof
 *     key, another signature or none ─────► each new event aside, raw, until it comes signed
 *
 * Source: docs/decisions/0014-device-signature.md.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { DeviceId } from '../../domain/values.ts';
import type { DevicePushRow, DeviceRow } from '../../ports/county-store.ts';
import {
  hashesInRow,
  pointOf,
  pushBytes,
  signatureBytes,
  type KeyWanted,
} from '../../protocol/device-key.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { ExchangeRequest } from '../../protocol/sync.ts';
import type { ReadEvent } from './wire-event.ts';

/** Whether a signature of 64 bytes is this key's over these bytes. */
export type SignatureCheck = (
  publicKey: string,
  bytes: Uint8Array,
  signature: Uint8Array,
) => boolean;

function keyObject(publicKey: string): KeyObject | null {
  const point = pointOf(publicKey);
  if (point === null) return null;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => toBase64Url(part));
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    // Not on the curve.
    return null;
  }
}

/** Whether a printed key can be one: a point of the curve. */
export const isDeviceKey = (publicKey: string): boolean => keyObject(publicKey) !== null;

/** ECDSA P-256 by Node's own. */
export const checkSignature: SignatureCheck = (publicKey, bytes, signature) => {
  const key = keyObject(publicKey);
  if (key === null || signature.length !== 64) return false;
  return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
};

/** What is known of a push before anything of it is judged. */
export interface Proof {
  /** False: the device has a key, and this is not signed by it. */
  readonly holds: boolean;
  /** What to keep when something of it joins the log; null for what is not signed. */
  readonly kept: Pick<DevicePushRow, 'signature' | 'hashes'> | null;
  /** What the answer says of the key. */
  readonly wanted: KeyWanted | null;
}

/** Looks at the signature of a request. A county without a check takes everything as unsigned. */
export function proofOf(
  check: SignatureCheck | undefined,
  { key }: Pick<DeviceRow, 'key'>,
  { request, events }: { request: ExchangeRequest; events: readonly ReadEvent[] },
): Proof {
  const { dv, sig } = request;
  if (check === undefined || events.length === 0) return { holds: true, kept: null, wanted: null };
  if (key === undefined) return { holds: true, kept: null, wanted: sig ? 'unknown' : null };
  const signature = sig ? signatureBytes(sig) : null;
  const hashes = hashesInRow(events.map(({ h, hashed }) => (hashed ? h : '')));
  if (signature === null || !check(key.publicKey, pushBytes(dv, hashes), signature))
    return { holds: false, kept: null, wanted: 'wrong' };
  const kept = { signature: toBase64Url(signature), hashes: toBase64Url(hashes) };
  return { holds: true, kept, wanted: null };
}

/** The proof of a push beside the rows of it that joined the log. */
export function keptPush(
  { kept }: Proof,
  of: {
    dv: DeviceId;
    keyId: string;
    fromSeq: number;
    rows: readonly { dv: DeviceId; seq: number }[];
  },
): DevicePushRow[] {
  const own = of.rows.filter(({ dv }) => dv === of.dv);
  const last = own.at(-1);
  if (kept === null || last === undefined) return [];
  const { dv, keyId, fromSeq } = of;
  return [{ dv, fromSeq, toSeq: last.seq, stored: own.length, keyId, ...kept }];
}
