import type { MediaType } from '../../protocol/media.ts';

const startsAt = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

/** Looked for after the first bytes: the kind of the container. */
const CONTAINER_BYTES = 128;

function has(bytes: Uint8Array, text: string): boolean {
  const last = Math.min(bytes.length, CONTAINER_BYTES) - text.length;
  for (let at = 0; at <= last; at++) if (startsAt(bytes, at, text)) return true;
  return false;
}

/** Kinds of MP4 that recorders write; HEIC and AVIF pictures begin with `ftyp` too. */
const MP4_BRANDS = ['M4A ', 'M4B ', 'mp41', 'mp42', 'isom', 'iso2', 'iso4', 'iso5', 'iso6', 'dash'];

/**
 * What the first bytes say a file is; names and headers are not asked. Null: nothing we take.
 * For sound the container must be right too: EBML of the kind `webm`, Ogg with Opus or Vorbis,
 * MP4 of a known brand.
 */
export function mediaTypeOf(bytes: Uint8Array): MediaType | null {
  if (startsAt(bytes, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (startsAt(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (startsAt(bytes, 0, 'RIFF') && startsAt(bytes, 8, 'WEBP')) return 'image/webp';
  if (startsAt(bytes, 0, '\x1aE\xdf\xa3')) return has(bytes, 'webm') ? 'audio/webm' : null;
  if (startsAt(bytes, 0, 'OggS'))
    return has(bytes, 'OpusHead') || has(bytes, '\x01vorbis') ? 'audio/ogg' : null;
  if (!startsAt(bytes, 4, 'ftyp')) return null;
  return MP4_BRANDS.some((brand) => startsAt(bytes, 8, brand)) ? 'audio/mp4' : null;
}
