/** Tables and logs of LevelDB as far as a search needs them: every block, every record. */
import { snappy, varint } from './snappy.ts';

const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const TRAILER_BYTES = 5;

/** All blocks of a table, unpacked; null where it is no whole table. */
export function leveldbTable(bytes: Buffer): readonly Uint8Array[] | null {
  if (bytes.length < FOOTER_BYTES || !bytes.subarray(-8).equals(MAGIC)) return null;
  const footer = bytes.subarray(-FOOTER_BYTES);
  const meta = handle(footer, 0);
  const index = block(bytes, handle(footer, meta.next));
  if (!index) return null;
  const out: Uint8Array[] = [index];
  for (const value of valuesOf(index)) {
    const data = block(bytes, handle(value, 0));
    if (!data) return null;
    out.push(data);
    // Keys share their beginnings with the one before: values stand whole, and so are searched alone.
  }
  return out;
}

function handle(from: Uint8Array, at: number) {
  const offset = varint(from, at);
  const size = varint(from, offset.at);
  return { offset: offset.value, size: size.value, next: size.at };
}

function block(bytes: Buffer, { offset, size }: { offset: number; size: number }) {
  if (offset < 0 || size < 0 || offset + size + TRAILER_BYTES > bytes.length) return null;
  const raw = bytes.subarray(offset, offset + size);
  const kind = bytes[offset + size];
  if (kind === 0) return raw;
  return kind === 1 ? snappy(raw) : null;
}

/** The values of a block, without its keys. */
function* valuesOf(data: Uint8Array): Generator<Uint8Array> {
  const view = Buffer.from(data.buffer, data.byteOffset, data.length);
  const end = view.length - 4 - 4 * view.readUInt32LE(view.length - 4);
  for (let at = 0; at < end;) {
    const shared = varint(view, at);
    const own = varint(view, shared.at);
    const value = varint(view, own.at);
    const from = value.at + own.value;
    if (value.value < 0) return;
    yield view.subarray(from, from + value.value);
    at = from + value.value;
  }
}

const BLOCK_BYTES = 32 * 1024;
const HEAD_BYTES = 7;

/** The records of a log without the heads that stand in the middle of long ones. */
export function leveldbLog(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const end = Math.min(bytes.length, start + BLOCK_BYTES);
    for (let at = start; at + HEAD_BYTES <= end;) {
      const length = bytes.readUInt16LE(at + 4);
      const kind = bytes[at + 6] ?? 0;
      if (kind === 0) break;
      parts.push(bytes.subarray(at + HEAD_BYTES, Math.min(end, at + HEAD_BYTES + length)));
      at += HEAD_BYTES + length;
    }
  }
  return Buffer.concat(parts);
}
