import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Squeezer } from '../../protocol/v2/frame.ts';

/** Deflate with a preset dictionary by zlib; stops at the length the frame names. */
export const squeezer: Squeezer = {
  deflate: (bytes, dictionary) => deflateRawSync(bytes, { level: 9, memLevel: 9, dictionary }),
  inflate: (bytes, dictionary, length) => {
    try {
      const out = inflateRawSync(bytes, { dictionary, maxOutputLength: Math.max(1, length) });
      return out.length === length ? out : null;
    } catch {
      return null;
    }
  },
};
