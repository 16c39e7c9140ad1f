/**
 * The frame around every PS/1 message: one line that proves whose answer it is, then JSON.
 *
 *     PS1 <request id> <first 32 hex digits of SHA-256 over the JSON bytes>\n<JSON>
 */
import { fail, ok, type Result } from '../domain/values.ts';
import { toHex, type Digest } from './hash.ts';
import { MAGIC } from './version.ts';

/** Why some bytes are no message of ours; in the order in which they are looked for. */
export type FrameFault = 'NOT_PS1' | 'ECHO' | 'CHECKSUM' | 'JSON';

export interface Frame {
  /** Request id: 128 random bits in base64url; the answer repeats the question's. */
  readonly req: string;
  readonly json: unknown;
}

const utf8 = new TextEncoder();
const FIRST_LINE_MAX = 128;

const sumOf = async (digest: Digest, json: string): Promise<string> =>
  toHex((await digest(utf8.encode(json))).subarray(0, 16));

/** The text of one message. */
export async function encodeFrame(digest: Digest, { req, json }: Frame): Promise<string> {
  const text = JSON.stringify(json);
  return `${MAGIC} ${req} ${await sumOf(digest, text)}\n${text}`;
}

/**
 * Reads a message; with `echo` it must be the answer to that request id. The media type is the
 * transport's to check, the shape the schema's.
 */
export async function decodeFrame(
  digest: Digest,
  text: string,
  echo?: string,
): Promise<Result<Frame, FrameFault>> {
  const end = text.indexOf('\n');
  if (end < 0 || end > FIRST_LINE_MAX) return fail('NOT_PS1');
  const [magic, req, sum, ...more] = text.slice(0, end).split(' ');
  if (magic !== MAGIC || req === undefined || sum === undefined || more.length > 0)
    return fail('NOT_PS1');
  if (!/^[\w-]{16,64}$/.test(req)) return fail('NOT_PS1');
  if (echo !== undefined && req !== echo) return fail('ECHO');
  const json = text.slice(end + 1);
  if ((await sumOf(digest, json)) !== sum) return fail('CHECKSUM');
  try {
    return ok({ req, json: JSON.parse(json) as unknown });
  } catch {
    return fail('JSON');
  }
}
