/**
 * Hash of what was read aloud (K27): the same pure code on tablet and county, so that a read-back
 * can be checked while folding. SHA-256 as in FIPS 180-4; a test compares it with the platform's.
 */
import type { Sha256 } from './values.ts';

// prettier-ignore
const ROUND = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The message with its padding as big-endian words, 16 to a block. */
function padded(bytes: Uint8Array): Int32Array {
  const words = new Int32Array((((bytes.length + 8) >> 6) + 1) << 4);
  for (let i = 0; i < bytes.length; i += 1) {
    words[i >> 2] = (words[i >> 2] ?? 0) | ((bytes[i] ?? 0) << (24 - ((i & 3) << 3)));
  }
  const end = bytes.length;
  words[end >> 2] = (words[end >> 2] ?? 0) | (0x80 << (24 - ((end & 3) << 3)));
  words[words.length - 2] = Math.floor(end / 2 ** 29);
  words[words.length - 1] = end << 3;
  return words;
}

/** Fills the 64 words of one block's schedule; rotations are spelt out, this is the hot loop. */
function schedule(w: Int32Array, words: Int32Array, offset: number): void {
  for (let i = 0; i < 16; i += 1) w[i] = words[offset + i] ?? 0;
  for (let i = 16; i < 64; i += 1) {
    const a = w[i - 15] ?? 0;
    const b = w[i - 2] ?? 0;
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
  }
}

function compress(state: Int32Array, w: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = [state[0], state[1], state[2], state[3]];
  let [e = 0, f = 0, g = 0, h = 0] = [state[4], state[5], state[6], state[7]];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] ?? 0) + (sums[i] ?? 0);
}

/** SHA-256 of some bytes at once, 32 bytes: for small bodies faster than to wait for a thread. */
export function sha256OfBytes(bytes: Uint8Array): Uint8Array {
  const words = padded(bytes);
  const state = Int32Array.from(START);
  const w = new Int32Array(64);
  for (let offset = 0; offset < words.length; offset += 16) {
    schedule(w, words, offset);
    compress(state, w);
  }
  const view = new DataView(new ArrayBuffer(32));
  state.forEach((x, i) => view.setInt32(i * 4, x));
  return new Uint8Array(view.buffer);
}

/** SHA-256 of a text in UTF-8; a lone surrogate counts as U+FFFD. */
export function sha256OfText(text: string): Sha256 {
  const digest = sha256OfBytes(new TextEncoder().encode(text));
  return Array.from(digest, (x) => x.toString(16).padStart(2, '0')).join('') as Sha256;
}

/** 读回的文字: one piece of dictation as it was read. */
export interface ReadPiece {
  readonly verbatim: string | null;
  readonly tidy: string | null;
}

/** As the wire carries it: well-formed and without NUL, so that cleaning changes no hash. */
const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** 读回哈希 over the pieces in the order read and the claims. */
export function readbackHash(pieces: readonly ReadPiece[], claims: readonly string[]): Sha256 {
  const texts = pieces.map((p) => [p.verbatim, p.tidy].map((t) => (t === null ? null : clean(t))));
  return sha256OfText(JSON.stringify([texts, claims.map(clean)]));
}
