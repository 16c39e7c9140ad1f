/** Opening a sealed rating (`rating.sealed.box`): only for the rating desk and its figures. */
import * as z from 'zod';
import { zInstant } from '../../domain/events/common.ts';
import { RATING_VALUES, type SealedRating } from '../../domain/rating.ts';
import { fail, ok, type Result } from '../../domain/values.ts';
import type { RatingKeyPair } from './key.ts';

const pointBytes = 65;
const ivBytes = 12;
const info = new TextEncoder().encode('daiban rating v1');

const ratingSchema = z.object({
  caseId: z.string(),
  at: zInstant,
  answers: z.array(
    z.object({
      target: z.enum(['OFFICE', 'UNIT', 'AGENT']),
      value: z.enum(RATING_VALUES),
      reasons: z.array(z.string()),
      words: z.string().optional(),
    }),
  ),
});

async function aesKey(pair: RatingKeyPair, ephemeral: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;
  const mine = await crypto.subtle.importKey('jwk', pair.privateKey, curve, false, ['deriveBits']);
  const theirs = await crypto.subtle.importKey('raw', ephemeral, curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, mine, 256);
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: ephemeral, info },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['decrypt'],
  );
}

/**
 * Opens one box. `UNREADABLE`: another key, or bytes that were changed. `FOREIGN`: it was sealed
 * for another case, so it was moved.
 */
export async function openRatingBox(
  pair: RatingKeyPair,
  box: string,
  caseId: string,
): Promise<Result<SealedRating, 'UNREADABLE' | 'FOREIGN'>> {
  const bytes = new Uint8Array(Buffer.from(box, 'base64url'));
  if (bytes.length <= pointBytes + ivBytes) return fail('UNREADABLE');
  try {
    const key = await aesKey(pair, bytes.slice(0, pointBytes));
    const iv = bytes.slice(pointBytes, pointBytes + ivBytes);
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv },
      key,
      bytes.slice(pointBytes + ivBytes),
    );
    const rating = ratingSchema.parse(JSON.parse(new TextDecoder().decode(plain)));
    return rating.caseId === caseId ? ok(rating) : fail('FOREIGN');
  } catch {
    return fail('UNREADABLE');
  }
}
