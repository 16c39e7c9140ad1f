/**
 * The hand-in file `.psb`: unsent work, sealed, that anybody may carry to the county on USB, SD or
 * by a share. Each record stands alone, so a cut or flipped file gives all that verifies.
 *
 *     magic (8)  89 D B P S B 0D 0A
 *     record     mark "REC1" · kind (1) · length (4) · SHA-256 (32) of kind ‖ length ‖ body · body
 *     kinds      1 head (JSON) · 2 slip (JSON) · 3 item · 4 media frame · 5 signature · 6 signature of a
 *                description · 9 trailer (SHA-256 of all record hashes, count)
 *     item       dv (16) · ds (4) · id (16) · sealed copy
 *     signature  dv (16) · ds (4) · id (16) · its device's signature (64); before its item
 *     frame      file id (16) · n (4) · of (4) · sealed slice of at most 64 kB; with n = of:
 *                case id (16) · the file's sealed description
 *     of it      file id (16) · signature (64) of the head's device over that frame; before it
 *
 * Whoever finds the file learns random ids, how much, and when it was written; no names, nowhere.
 */
import * as z from 'zod/mini';
import { joinBytes, readU32, sameBytes, textBytes, u32, type Bytes } from './bytes.ts';
import { toBase64Url, type Digest } from './hash.ts';
import { idBytes } from './ids.ts';
import { COPY_OVERHEAD, slipSchema, type Slip } from './sealed.ts';
import { CHUNK_BYTES, EVENT_BYTES_MAX } from './version.ts';

export const HANDIN_MAGIC = new Uint8Array([0x89, 0x44, 0x42, 0x50, 0x53, 0x42, 0x0d, 0x0a]);
export const HANDIN_EXTENSION = 'psb';
export const RECORD_MARK = textBytes('REC1');
const SUM_BYTES = 32;
/** Mark, kind, length, hash. */
export const RECORD_HEAD = 4 + 1 + 4 + SUM_BYTES;
const ITEM_HEAD = 16 + 4 + 16;
const SIGNATURE_BYTES = 64;
/** Bytes of a signature's record behind its head. */
export const SIGNED_BYTES = ITEM_HEAD + SIGNATURE_BYTES;
const FRAME_HEAD = 16 + 4 + 4;
/** Bytes of the record of a description's signature behind its head. */
export const FILE_SIGNED_BYTES = 16 + SIGNATURE_BYTES;
/** A frame's plain bytes; the wire's chunk. */
export const FRAME_BYTES = CHUNK_BYTES;
/** A sealed event may be twice its wire size in JSON with its salt. */
export const RECORD_BYTES_MAX =
  ITEM_HEAD + Math.max(2 * EVENT_BYTES_MAX, FRAME_BYTES) + 4 * COPY_OVERHEAD;

export const KIND = {
  head: 1,
  slip: 2,
  item: 3,
  frame: 4,
  signature: 5,
  fileSignature: 6,
  trailer: 9,
} as const;
export type RecordKind = (typeof KIND)[keyof typeof KIND];

const id = z.string().check(z.regex(/^[\w-]{22}$/));
const whole = z.int().check(z.gte(0));
export const headSchema = z.object({
  v: z.literal(1),
  dv: id,
  dsFrom: whole,
  dsTo: whole,
  /** Items and frames that the writer put in. */
  items: whole,
  frames: whole,
  /** UTC instant on the tablet's clock. */
  created: z.string().check(z.maxLength(30)),
  build: z.string().check(z.maxLength(40)),
});
export type HandInHead = z.infer<typeof headSchema>;

export interface HandInItem {
  readonly dv: string;
  readonly ds: number;
  readonly id: string;
  readonly copy: Bytes;
}
/** Over the item of that place (`copyBytes` of device-key.ts). */
export interface HandInSigned {
  readonly dv: string;
  readonly ds: number;
  readonly id: string;
  readonly signature: Bytes;
}
/** Over the description of that file (`fileBytes` of device-key.ts), by the device of the head. */
export interface HandInFileSigned {
  readonly fileId: string;
  readonly signature: Bytes;
}
export interface HandInFrame {
  readonly fileId: string;
  readonly n: number;
  /** Frames of the file in all. */
  readonly of: number;
  readonly copy: Bytes;
}

/** What stands in one verified record. */
export type HandInRecord =
  | { readonly kind: 'head'; readonly head: HandInHead }
  | { readonly kind: 'slip'; readonly slip: Slip }
  | { readonly kind: 'signature'; readonly signed: HandInSigned }
  | { readonly kind: 'item'; readonly item: HandInItem }
  | { readonly kind: 'frame'; readonly frame: HandInFrame }
  | { readonly kind: 'fileSignature'; readonly file: HandInFileSigned }
  | { readonly kind: 'trailer'; readonly sum: Bytes; readonly count: number };

const json = (value: unknown): Bytes => textBytes(JSON.stringify(value));

function bodyOf(record: HandInRecord): readonly [RecordKind, Bytes] {
  switch (record.kind) {
    case 'head':
      return [KIND.head, json(record.head)];
    case 'slip':
      return [KIND.slip, json(record.slip)];
    case 'signature': {
      const { dv, ds, id, signature } = record.signed;
      return [KIND.signature, joinBytes(idBytes(dv), u32(ds), idBytes(id), signature)];
    }
    case 'item': {
      const { dv, ds, id, copy } = record.item;
      return [KIND.item, joinBytes(idBytes(dv), u32(ds), idBytes(id), copy)];
    }
    case 'frame': {
      const { fileId, n, of, copy } = record.frame;
      return [KIND.frame, joinBytes(idBytes(fileId), u32(n), u32(of), copy)];
    }
    case 'fileSignature': {
      const { fileId, signature } = record.file;
      return [KIND.fileSignature, joinBytes(idBytes(fileId), signature)];
    }
    case 'trailer':
      return [KIND.trailer, joinBytes(record.sum, u32(record.count))];
  }
}

async function written(
  digest: Digest,
  record: HandInRecord,
): Promise<{ bytes: Bytes; sum: Bytes }> {
  const [kind, body] = bodyOf(record);
  const head = joinBytes(new Uint8Array([kind]), u32(body.length));
  const sum = new Uint8Array(await digest(joinBytes(head, body)));
  return { bytes: joinBytes(RECORD_MARK, head, sum, body), sum };
}

/** The running hash of all records, 32 bytes. */
export const nextSum = async (digest: Digest, before: Bytes, sum: Bytes): Promise<Bytes> =>
  new Uint8Array(await digest(joinBytes(before, sum)));

/** Writes a file piece by piece: nothing has to fit into memory. */
export async function* writeHandIn(
  digest: Digest,
  records: AsyncIterable<HandInRecord> | Iterable<HandInRecord>,
): AsyncGenerator<Bytes> {
  yield HANDIN_MAGIC;
  let sum: Bytes = new Uint8Array(SUM_BYTES);
  let count = 0;
  for await (const record of records) {
    const one = await written(digest, record);
    sum = await nextSum(digest, sum, one.sum);
    count += 1;
    yield one.bytes;
  }
  yield (await written(digest, { kind: 'trailer', sum, count })).bytes;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
function parsed(body: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(body)) as unknown;
  } catch {
    return null;
  }
}

const idAt = (body: Bytes, at: number): string => toBase64Url(body.subarray(at, at + 16));

const placeAt = (body: Bytes) => ({
  ...{ dv: idAt(body, 0), ds: readU32(body, 16), id: idAt(body, 20) },
});

/** The record of a body whose hash was right; null: a kind or shape of a later version. */
export function recordOf(kind: number, body: Bytes): HandInRecord | null {
  if (kind === KIND.head) {
    const head = headSchema.safeParse(parsed(body));
    return head.success ? { kind: 'head', head: head.data } : null;
  }
  if (kind === KIND.slip) {
    const slip = slipSchema.safeParse(parsed(body));
    return slip.success ? { kind: 'slip', slip: slip.data } : null;
  }
  if (kind === KIND.signature && body.length === SIGNED_BYTES)
    return { kind: 'signature', signed: { ...placeAt(body), signature: body.slice(ITEM_HEAD) } };
  if (kind === KIND.item && body.length > ITEM_HEAD) {
    const item = placeAt(body);
    return { kind: 'item', item: { ...item, copy: body.slice(ITEM_HEAD) } };
  }
  if (kind === KIND.frame && body.length > FRAME_HEAD) {
    const frame = { fileId: idAt(body, 0), n: readU32(body, 16), of: readU32(body, 20) };
    return { kind: 'frame', frame: { ...frame, copy: body.slice(FRAME_HEAD) } };
  }
  if (kind === KIND.fileSignature && body.length === FILE_SIGNED_BYTES)
    return { kind: 'fileSignature', file: { fileId: idAt(body, 0), signature: body.slice(16) } };
  if (kind === KIND.trailer && body.length === SUM_BYTES + 4)
    return { kind: 'trailer', sum: body.slice(0, SUM_BYTES), count: readU32(body, SUM_BYTES) };
  return null;
}

/** Whether a file begins as ours does. */
export const isHandIn = (start: Uint8Array): boolean =>
  sameBytes(start.subarray(0, HANDIN_MAGIC.length), HANDIN_MAGIC);
