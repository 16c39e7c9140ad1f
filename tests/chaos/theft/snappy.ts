/** Snappy without a frame, as LevelDB and Chromium's IndexedDB write it. */

/** Longest text that is unpacked; nothing of a tablet is near it. */
const LENGTH_MAX = 64 * 1024 * 1024;

/**
 * The unpacked bytes; as far as it went where the input ends before its length, null where the
 * bytes are none of Snappy's.
 */
export function snappy(from: Uint8Array): Buffer | null {
  const { value: length, at: start } = varint(from, 0);
  if (length < 0 || length > LENGTH_MAX) return null;
  const out = Buffer.alloc(length);
  let [at, to] = [start, 0];
  while (to < length && at < from.length) {
    const tag = from[at++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      const { n, next } = literal(from, tag, at);
      if (to + n > length) return null;
      out.set(from.subarray(next, next + n), to);
      to += n;
      at = next + n;
      continue;
    }
    const { n, back, next } = copy(from, { tag, kind, at });
    if (back === 0 || back > to || to + n > length) return null;
    for (let i = 0; i < n; i++, to++) out[to] = out[to - back] ?? 0;
    at = next;
  }
  return out.subarray(0, to);
}

function literal(from: Uint8Array, tag: number, at: number) {
  const size = tag >> 2;
  if (size < 60) return { n: size + 1, next: at };
  const bytes = size - 59;
  let n = 0;
  for (let i = bytes - 1; i >= 0; i--) n = n * 256 + (from[at + i] ?? 0);
  return { n: n + 1, next: at + bytes };
}

function copy(from: Uint8Array, { tag, kind, at }: { tag: number; kind: number; at: number }) {
  const byte = (i: number): number => from[at + i] ?? 0;
  if (kind === 1)
    return { n: ((tag >> 2) & 7) + 4, back: ((tag >> 5) << 8) | byte(0), next: at + 1 };
  const n = (tag >> 2) + 1;
  if (kind === 2) return { n, back: byte(0) | (byte(1) << 8), next: at + 2 };
  const back = (byte(0) | (byte(1) << 8) | (byte(2) << 16)) + byte(3) * 2 ** 24;
  return { n, back, next: at + 4 };
}

/** A number of seven bits a byte; −1 where it has no end. */
export function varint(from: Uint8Array, start: number): { value: number; at: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = from[start + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, at: start + i + 1 };
  }
  return { value: -1, at: start };
}
