/**
 * A secret in parts, of which any so many give it back and fewer say nothing at all: Shamir's
 * scheme over GF(256) with the polynomial of AES (0x11b), byte by byte.
 *
 *     part i of a byte s   =   s + r1·i + r2·i² + …    the r are random, i is 1, 2, 3 …
 *
 * Source: A. Shamir, How to Share a Secret, 1979. Products are computed without tables, so that no
 * look-up depends on the secret.
 */
import { assert } from '../domain/values.ts';
import { randomBytes, type Bytes } from './bytes.ts';

/** One part: its number (1 to 255) and as many bytes as the secret has. */
export interface Part {
  readonly n: number;
  readonly bytes: Bytes;
}

/** Product in the field; the same steps whatever the factors are. */
export function times(a: number, b: number): number {
  let [product, left] = [0, a];
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= left & -((b >> bit) & 1);
    left = ((left << 1) ^ (0x1b & -(left >> 7))) & 0xff;
  }
  return product & 0xff;
}

/** 1/a, which is a to the power 254. */
export function inverse(a: number): number {
  let power = a;
  for (let n = 0; n < 6; n += 1) power = times(times(power, power), a);
  return times(power, power);
}

/** The polynomial's value at `x`; the highest coefficient is the last. */
const valueAt = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, one) => times(sum, x) ^ one, 0);

/** `parts` parts, any `needed` of which give the secret back. `random` is there for the vectors. */
export function splitSecret(
  secret: Uint8Array,
  { parts, needed }: { readonly parts: number; readonly needed: number },
  random: (count: number) => Uint8Array = randomBytes,
): readonly Part[] {
  assert(needed >= 2 && needed <= parts && parts <= 255, 'two parts or more, and 255 at most');
  const rest = Array.from({ length: needed - 1 }, () => random(secret.length));
  return Array.from({ length: parts }, (_, i) => ({
    n: i + 1,
    bytes: Uint8Array.from(secret, (byte, at) =>
      valueAt([byte, ...rest.map((row) => row[at] ?? 0)], i + 1),
    ),
  }));
}

/** The secret of the parts; wrong or too few parts give other bytes, null only when they cannot be. */
export function joinParts(parts: readonly Part[]): Bytes | null {
  const [first] = parts;
  const isOdd = ({ n, bytes }: Part) => n < 1 || n > 255 || bytes.length !== first?.bytes.length;
  if (first === undefined || parts.some(isOdd)) return null;
  if (new Set(parts.map(({ n }) => n)).size !== parts.length) return null;
  const out = new Uint8Array(first.bytes.length);
  for (const { n, bytes } of parts) {
    // Lagrange at 0: subtracting is adding in this field.
    const others = parts.filter((one) => one.n !== n);
    const weight = others.reduce((w, o) => times(w, times(o.n, inverse(o.n ^ n))), 1);
    for (let at = 0; at < out.length; at += 1)
      out[at] = (out[at] ?? 0) ^ times(bytes[at] ?? 0, weight);
  }
  return out;
}
