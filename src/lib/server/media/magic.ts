import type { MediaType } from '../../protocol/media.ts';

const starts = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

/** What the first bytes say a file is; names and headers are not asked. Null: nothing we take. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | null {
  if (starts(bytes, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (starts(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (starts(bytes, 0, 'RIFF') && starts(bytes, 8, 'WEBP')) return 'image/webp';
  if (starts(bytes, 0, '\x1aE\xdf\xa3')) return 'audio/webm';
  if (starts(bytes, 0, 'OggS')) return 'audio/ogg';
  return starts(bytes, 4, 'ftyp') ? 'audio/mp4' : null;
}
