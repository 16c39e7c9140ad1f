import { deflateSync, inflateSync } from 'fflate';
import type { Squeezer } from '../protocol/v2/frame.ts';

/** Deflate with a preset dictionary: the browser's own CompressionStream has none. */
export const squeezer: Squeezer = {
  deflate: (bytes, dictionary) => deflateSync(bytes, { level: 9, mem: 12, dictionary }),
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
