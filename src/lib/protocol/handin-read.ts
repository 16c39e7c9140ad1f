/**
 * Reading a hand-in file that may be cut, flipped or made by an enemy: every record whose hash is
 * right comes out, whatever stands before or behind it.
 */
import { readU32, sameBytes, type Bytes } from './bytes.ts';
import { type Digest } from './hash.ts';
import {
  HANDIN_MAGIC,
  isHandIn,
  nextSum,
  RECORD_BYTES_MAX,
  RECORD_HEAD,
  RECORD_MARK,
  recordOf,
  type HandInRecord,
} from './handin.ts';

/** A file that is read where it lies: on a stick, in a form's upload, in memory. */
export interface Source {
  readonly size: number;
  /** Bytes from..to; fewer only at the end. */
  read(from: number, to: number): Promise<Bytes>;
}

/** Marks whose record did not verify, before a file is given up: made to cost time. */
export const FALSE_MARKS_MAX = 4_096;
const WINDOW = 256 * 1024;

export const memorySource = (bytes: Bytes): Source => ({
  size: bytes.length,
  read: async (from, to) => bytes.slice(from, to),
});

/** A file from a stick, a card or a share, read where it lies. */
export const blobSource = (blob: Blob): Source => ({
  size: blob.size,
  read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
});

/** How the reading ended. */
export interface HandInEnd {
  /** Every record of the file came, in order, and the trailer says so. */
  readonly whole: boolean;
  readonly records: number;
  /** Bytes that belong to no verified record. */
  readonly lost: number;
  /** It begins as a hand-in file does. */
  readonly began: boolean;
  /** Given up after too many false marks. */
  readonly gaveUp: boolean;
}

/** A window over the source that moves forward. */
class Window {
  private from = 0;
  private bytes: Bytes = new Uint8Array(0);
  private readonly source: Source;
  constructor(source: Source) {
    this.source = source;
  }

  /** Bytes at..at+length, fewer at the end of the file. */
  async at(at: number, length: number): Promise<Bytes> {
    const end = Math.min(this.source.size, at + length);
    if (at < this.from || end > this.from + this.bytes.length) {
      this.from = at;
      this.bytes = await this.source.read(at, Math.min(this.source.size, at + WINDOW + length));
    }
    return this.bytes.slice(at - this.from, end - this.from);
  }
}

/** First place of a mark at or behind `at`; the size when there is none. */
async function nextMark(window: Window, at: number, size: number): Promise<number> {
  for (let from = at; from < size; from += WINDOW) {
    const part = await window.at(from, WINDOW + RECORD_MARK.length);
    const last = part.length - RECORD_MARK.length;
    for (let i = 0; i <= last; i++)
      if (part[i] === RECORD_MARK[0] && sameBytes(part.subarray(i, i + 4), RECORD_MARK))
        return from + i;
  }
  return size;
}

interface Found {
  readonly kind: number;
  readonly body: Bytes;
  readonly sum: Bytes;
  readonly end: number;
}

/** The record at a mark; null when its hash is wrong or it does not fit. */
async function recordAt(
  digest: Digest,
  window: Window,
  at: { readonly mark: number; readonly size: number },
): Promise<Found | null> {
  const head = await window.at(at.mark, RECORD_HEAD);
  if (head.length < RECORD_HEAD) return null;
  const length = readU32(head, 5);
  const from = at.mark + RECORD_HEAD;
  if (length > RECORD_BYTES_MAX || from + length > at.size) return null;
  const body = await window.at(from, length);
  const sum = head.slice(9, RECORD_HEAD);
  const input = new Uint8Array(5 + length);
  input.set(head.subarray(4, 9));
  input.set(body, 5);
  if (!sameBytes(new Uint8Array(await digest(input)), sum)) return null;
  return { kind: head[4] ?? 0, body, sum, end: from + length };
}

/** All records that verify, in the order of the file; the return value says how it ended. */
export async function* readHandIn(
  digest: Digest,
  source: Source,
): AsyncGenerator<HandInRecord, HandInEnd> {
  const window = new Window(source);
  const began = isHandIn(await window.at(0, HANDIN_MAGIC.length));
  let [at, lost, records, wrong] = [began ? HANDIN_MAGIC.length : 0, 0, 0, 0];
  let sum: Bytes = new Uint8Array(32);
  let whole = false;
  while (at < source.size && wrong <= FALSE_MARKS_MAX) {
    const mark = await nextMark(window, at, source.size);
    lost += mark - at;
    at = mark;
    if (mark >= source.size) break;
    const found = await recordAt(digest, window, { mark, size: source.size });
    if (!found) {
      [wrong, lost, at] = [wrong + 1, lost + 1, mark + 1];
      continue;
    }
    at = found.end;
    const record = recordOf(found.kind, found.body);
    if (record?.kind === 'trailer') {
      whole = lost === 0 && began && record.count === records && sameBytes(record.sum, sum);
      continue;
    }
    sum = await nextSum(digest, sum, found.sum);
    records += 1;
    // Behind the trailer nothing belongs to the file that it closes.
    whole = false;
    if (record) yield record;
  }
  const gaveUp = wrong > FALSE_MARKS_MAX;
  return { whole: whole && at === source.size && lost === 0, records, lost, began, gaveUp };
}
