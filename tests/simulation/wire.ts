/**
 * The frames of both versions of the wire as text that a network may harm: version 1 as it is, the
 * bytes of version 2 one letter each. Which one a tablet speaks follows from its number.
 */
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { decodeFrame2, encodeFrame2, type Squeezer } from '../../src/lib/protocol/v2/frame.ts';
import {
  knownIds,
  replyOf,
  replyTables,
  requestOf,
  requestTables,
} from '../../src/lib/protocol/v2/messages.ts';
import { digest } from './county.ts';

const digestLater: Digest = async (bytes) => digest(bytes);
/** Deflate is not what is on trial here, and it would cost half of the seeds. */
const squeezer: Squeezer = {
  deflate: (bytes) => bytes,
  inflate: (bytes, _dictionary, length) => (bytes.length === length ? bytes : null),
};
const deps = { digest: digestLater, squeezer };
const PS2 = 'PS2';

/** A short form without arithmetic, for the seeds in which frames are not on trial. */
const SHORT = 'short ';
const ID_LETTERS = 22;
const shortText = (req: string, json: unknown): string => `${SHORT}${req}${JSON.stringify(json)}`;
function readShort(text: string): { readonly req: string; readonly json: unknown } {
  const start = SHORT.length + ID_LETTERS;
  return { req: text.slice(SHORT.length, start), json: JSON.parse(text.slice(start)) as unknown };
}

const letters = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const echoOf = (req: string): Uint8Array => digest(new TextEncoder().encode(req)).subarray(0, 16);

/** The message of a tablet with that number; null is no frame. */
export const requestText = async (
  number: number | null,
  { req, request }: { readonly req: string; readonly request: ExchangeRequest },
): Promise<string> =>
  number === null
    ? shortText(req, request)
    : number % 2 === 0
      ? encodeFrame(digestLater, { req, json: request })
      : letters(await encodeFrame2(deps, { req: echoOf(req), tables: requestTables(request) }));

const isAsked = (json: unknown): json is ExchangeRequest =>
  typeof json === 'object' && json !== null && 'cases' in json && 'events' in json;

export interface AskedText {
  /** Still to be parsed. */
  readonly json: unknown;
  answer(reply: ExchangeReply): Promise<string>;
}

/** What the county reads; null when it is none. */
export async function readAsked(text: string): Promise<AskedText | null> {
  if (text.startsWith(SHORT)) {
    const { req, json } = readShort(text);
    return { json, answer: async (reply) => shortText(req, reply) };
  }
  if (!text.startsWith(PS2)) {
    const frame = await decodeFrame(digestLater, text);
    if (!frame.ok) return null;
    const { req, json } = frame.value;
    return { json, answer: (reply) => encodeFrame(digestLater, { req, json: reply }) };
  }
  const frame = await decodeFrame2(deps, bytesOf(text));
  if (!frame.ok) return null;
  const { req, tables } = frame.value;
  const json = requestOf(tables);
  const known = isAsked(json) ? knownIds(json) : [];
  return {
    json,
    answer: async (reply) =>
      letters(await encodeFrame2(deps, { req, tables: replyTables(reply), known })),
  };
}

/** What the tablet reads, still to be parsed; null when it is no answer to that question. */
export async function readAnswer(
  text: string,
  { req, request }: { readonly req: string; readonly request: ExchangeRequest },
): Promise<unknown> {
  if (text.startsWith(SHORT)) {
    const short = readShort(text);
    return short.req === req ? short.json : null;
  }
  if (!text.startsWith(PS2)) {
    const frame = await decodeFrame(digestLater, text, req);
    return frame.ok ? frame.value.json : null;
  }
  const frame = await decodeFrame2(deps, bytesOf(text), {
    echo: echoOf(req),
    known: knownIds(request),
  });
  return frame.ok ? replyOf(frame.value.tables, request) : null;
}
