/** Ids of the samples: the same words give the same id on every machine and in every run. */
import { sha256OfText } from '../text-hash.ts';
import type { CaseId, EventId } from '../values.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 128 bits of a name's SHA-256 in unpadded base64url, 22 characters. */
export function sampleId(name: string): string {
  const bits = [...sha256OfText(`daiban sample ${name}`).slice(0, 32)]
    .map((digit) => parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('');
  let id = '';
  for (let at = 0; at < 128; at += 6) {
    id += ALPHABET[parseInt(bits.slice(at, at + 6).padEnd(6, '0'), 2)] ?? '';
  }
  return id;
}

/** Case id of a sample such as `S01`. */
export const sampleCaseId = (sample: string): CaseId => sampleId(`case/${sample}`) as CaseId;
/** Salt of a sample's case, 128 bits. */
export const sampleSalt = (sample: string): string => sampleId(`salt/${sample}`);
/** Event id by sample and by the number the event carries in the sample file. */
export const sampleEventId = (sample: string, seq: number): EventId =>
  sampleId(`event/${sample}/${String(seq)}`) as EventId;
