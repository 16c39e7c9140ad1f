import { Deflate, deflateSync, inflateSync } from 'fflate';
import type { Squeezer } from '../protocol/v2/frame.ts';
import { turn } from './turn.ts';

/** Longer texts are deflated in slices of so many bytes; between two of them the page is free. */
export const SLICE_BYTES = 16 * 1024;
const OPTIONS = { level: 9, mem: 12 } as const;

async function inSlices(bytes: Uint8Array, dictionary: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const stream = new Deflate({ ...OPTIONS, dictionary }, (part) => parts.push(part));
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    await turn();
    stream.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length);
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Deflate with a preset dictionary: the browser's own CompressionStream has none. */
export const squeezer: Squeezer = {
  deflate: (bytes, dictionary) =>
    bytes.length > SLICE_BYTES
      ? inSlices(bytes, dictionary)
      : deflateSync(bytes, { ...OPTIONS, dictionary }),
  inflate: (bytes, dictionary, length) => {
    try {
      // One byte of room shows an answer that is longer than it says; fflate grows no given buffer.
      const out = inflateSync(bytes, { dictionary, out: new Uint8Array(length + 1) });
      return out.length === length ? out : null;
    } catch {
      return null;
    }
  },
};
