/**
 * Ids that nobody can take away who only read them: a case's id is a fingerprint of its salt, which
 * lies sealed until the county has it; an event's id has a fingerprint of its case's id in it.
 *
 *     case    own1 (3 bytes) ‖ first 13 of SHA-256( "daiban-case-id/1\n" salt )
 *     event   own1 (3) ‖ chance (3) ‖ first 8 of SHA-256( "daiban-event-id/1\n" case id "\n"
 *             the first 8 letters of the event's id ) ‖ number (2)
 *
 * The number is free, so that the ids of one act can be in a row. Ids without the four letters are
 * of older tablets, of samples or of the county itself: random, and taken as they are.
 */
import { sha256OfBytes } from '../domain/text-hash.ts';
import type { CaseId, EventId } from '../domain/values.ts';
import { idBytes, isId } from './ids.ts';
import { toBase64Url } from './hash.ts';

/** First letters of an id that is bound. */
export const BOUND = 'own1';
const HEAD_LETTERS = 8;
const BOUND_BYTES = 3;
const CHANCE_BYTES = 3;
const TAIL_BYTES = 8;
/** Two bytes, of which the first bit stays free: an act never counts beyond them. */
const NUMBER_BIT = 0x7f;

const utf8 = new TextEncoder();
const mark = (): Uint8Array => idBytes(BOUND.padEnd(22, 'A')).subarray(0, BOUND_BYTES);
const hashed = (text: string): Uint8Array => sha256OfBytes(utf8.encode(text));

/** True for an id that says whose it is; whether that is true, `fitsSalt` and `fitsCase` say. */
export const isBoundId = (id: string): boolean => id.startsWith(BOUND);

/** The id of the case that has this salt. */
export const caseIdOf = (salt: string): CaseId =>
  toBase64Url(
    Uint8Array.of(...mark(), ...hashed(`daiban-case-id/1\n${salt}`).subarray(0, 13)),
  ) as CaseId;

const tailOf = (caseId: string, head: string): Uint8Array =>
  hashed(`daiban-event-id/1\n${caseId}\n${head}`).subarray(0, TAIL_BYTES);

/** The first id of an act in this case; `chance` is a random id that is used for nothing else. */
export function eventIdOf(caseId: string, chance: string): EventId {
  const [a = 0, b = 0, c = 0, high = 0, low = 0] = hashed(chance);
  const head = Uint8Array.of(...mark(), a, b, c);
  const tail = tailOf(caseId, toBase64Url(head));
  return toBase64Url(Uint8Array.of(...head, ...tail, high & NUMBER_BIT, low)) as EventId;
}

/** False where the case's id names another salt: who sent it never had the case. */
export const fitsSalt = (caseId: string, salt: string): boolean =>
  !isBoundId(caseId) || caseId === caseIdOf(salt);

/** False where the event's id names another case. */
export function fitsCase(id: string, caseId: string): boolean {
  if (!isBoundId(id)) return true;
  if (!isId(id)) return false;
  const from = BOUND_BYTES + CHANCE_BYTES;
  const tail = idBytes(id).subarray(from, from + TAIL_BYTES);
  return toBase64Url(tail) === toBase64Url(tailOf(caseId, id.slice(0, HEAD_LETTERS)));
}
