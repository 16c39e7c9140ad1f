/**
 * The frame of version 2, both directions. It carries its own compression.
 *
 *     "PS2" · method (1) · request id (16) · checksum (16)
 *     · length of raw (varint) · raw · length of text before deflate (varint) · text
 *
 * method 0: the text as it is (HTTP may pack the whole); else the number of the dictionary with
 * which it is deflated. The checksum is the first 16 bytes of SHA-256 over raw and the text's bytes
 * before deflate. varint: 7 bits a byte, lowest first, the high bit says that more follow.
 */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { FrameFault } from '../frame.ts';
import type { Digest } from '../hash.ts';
import { fromBytes, toBytes } from './alphabet.ts';
import { DICTIONARY_NUMBER, WORDS } from './dictionary.ts';
import { packing, type Steps, type Tables } from './pack.ts';
import { unpacking } from './unpack.ts';

/** Raw deflate with a preset dictionary: fflate on the tablet, zlib at the county. */
export interface Squeezer {
  deflate(bytes: Uint8Array<ArrayBuffer>, dictionary: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Exactly `length` bytes, or null. */
  inflate(bytes: Uint8Array, dictionary: Uint8Array, length: number): Uint8Array | null;
}

export interface FrameDeps {
  readonly digest: Digest;
  readonly squeezer: Squeezer;
  /** Where a page has to draw meanwhile: waits between two steps of taking a message apart. */
  turn?(): Promise<void>;
}

/** Bytes of text one frame may hold after inflating. */
export const TEXT_BYTES_MAX = 4 * 1024 * 1024;

const MAGIC_BYTES = [0x50, 0x53, 0x32];
const HEAD = 4;
/** Where the 16 bytes of the request id begin. */
export const REQUEST_ID_AT = HEAD;
const PARTS = HEAD + 16 + 16;

let dictionaryBytes: Uint8Array<ArrayBuffer> | undefined;
/** The dictionary as deflate takes it. */
const dictionary = (): Uint8Array<ArrayBuffer> => (dictionaryBytes ??= toBytes(WORDS));

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128);
  return [...out, rest];
}

function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return null;
    value += (byte & 127) * 128 ** i;
    if (byte < 128) return { value, end: from + i + 1 };
  }
  return null;
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const sumOf = async (digest: Digest, raw: Uint8Array, text: Uint8Array): Promise<Uint8Array> =>
  (await digest(joined([raw, text]))).subarray(0, 16);

/** Text that HTTP will pack. */
export const STORED = 0;

export interface Outgoing2 {
  readonly req: Uint8Array;
  readonly tables: Tables;
  /** Ids that the other end knows by their place: an answer's are those of its request. */
  readonly known?: readonly string[];
  /** Given the length of the text: true leaves it to HTTP to pack the whole. */
  readonly stored?: (textBytes: number) => boolean;
}

async function inTurns<T>(steps: Steps<T>, turn: FrameDeps['turn']): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (turn) await turn();
  }
}

/** The bytes of one message. */
export async function encodeFrame2(
  { digest, squeezer, turn }: FrameDeps,
  { req, tables, known, stored }: Outgoing2,
): Promise<Uint8Array<ArrayBuffer>> {
  const { raw, text } = await inTurns(packing(tables, known), turn);
  const bytes = toBytes(text);
  const sum = await sumOf(digest, raw, bytes);
  const asIs = stored?.(bytes.length) ?? false;
  const last = asIs ? bytes : await squeezer.deflate(bytes, dictionary());
  const head = [...MAGIC_BYTES, asIs ? STORED : DICTIONARY_NUMBER];
  return joined([head, req, sum, varint(raw.length), raw, varint(bytes.length), last]);
}

/** True when a frame of that start leaves the packing to HTTP. */
export const isStored = (frame: Uint8Array): boolean => frame[HEAD - 1] === STORED;

export interface Frame2 {
  readonly req: Uint8Array;
  readonly tables: Tables;
}

/** `TOO_LARGE` before anything is inflated; the others as in version 1. */
export type Frame2Fault = FrameFault | 'TOO_LARGE';

export interface Expected2 {
  readonly echo?: Uint8Array;
  readonly known?: readonly string[];
  readonly textBytesMax?: number;
}

/** Reads a message; with `echo` it must be the answer to that request id. */
export async function decodeFrame2(
  { digest, squeezer, turn }: FrameDeps,
  bytes: Uint8Array,
  { echo, known, textBytesMax = TEXT_BYTES_MAX }: Expected2 = {},
): Promise<Result<Frame2, Frame2Fault>> {
  const method = bytes[HEAD - 1];
  if (!same(bytes.subarray(0, HEAD - 1), Uint8Array.from(MAGIC_BYTES))) return fail('NOT_PS1');
  if (method !== STORED && method !== DICTIONARY_NUMBER) return fail('NOT_PS1');
  const req = bytes.slice(HEAD, HEAD + 16);
  const sum = bytes.subarray(HEAD + 16, PARTS);
  const rawLength = readVarint(bytes, PARTS);
  if (rawLength === null || rawLength.end + rawLength.value > bytes.length) return fail('NOT_PS1');
  if (echo !== undefined && !same(req, echo)) return fail('ECHO');
  const rawEnd = rawLength.end + rawLength.value;
  const raw = bytes.slice(rawLength.end, rawEnd);
  const textLength = readVarint(bytes, rawEnd);
  if (textLength === null) return fail('NOT_PS1');
  if (textLength.value > textBytesMax) return fail('TOO_LARGE');
  const last = bytes.slice(textLength.end);
  const inflated =
    method === STORED ? last : squeezer.inflate(last, dictionary(), textLength.value);
  if (inflated?.length !== textLength.value) return fail('CHECKSUM');
  if (!same(await sumOf(digest, raw, inflated), sum)) return fail('CHECKSUM');
  if (turn) await turn();
  const text = fromBytes(inflated);
  const tables = text === null ? null : await inTurns(unpacking({ raw, text }, known), turn);
  return tables === null ? fail('JSON') : ok({ req, tables });
}
