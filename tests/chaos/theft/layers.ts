/**
 * What lies inside the files of a profile: tables and logs of LevelDB, values that Chromium
 * compressed one by one, gzip, zlib, Brotli and Zstandard streams, values of encrypted cookies.
 */
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { leveldbLog, leveldbTable } from './leveldb.ts';
import { snappy } from './snappy.ts';

/** Of one stream; the build's largest file is far below. */
const UNPACKED_MAX = 64 * 1024 * 1024;
/** Streams inside streams: a table with a compressed value that is a gzip file. */
const DEPTH_MAX = 3;
/** Starts that are tried in one file: by chance every 65,000th pair of bytes looks like zlib. */
const STARTS_MAX = 20_000;

export interface Layers {
  /** Bytes of the file first, then everything that was unpacked from it. */
  readonly views: readonly Uint8Array[];
  /** A table whose parts could not be read. */
  readonly unread: number;
}

/** Everything that can be read out of one file. */
export function layersOf(name: string, bytes: Buffer): Layers {
  const views: Uint8Array[] = [bytes];
  let unread = 0;
  if (/\.(?:ldb|sst)$/.test(name)) {
    const table = leveldbTable(bytes);
    if (table) views.push(...table);
    else unread++;
  } else if (/(?:^|\/)\d{6}\.log$/.test(name)) views.push(leveldbLog(bytes));
  else if (/_0$/.test(name)) views.push(...cacheBody(bytes));
  for (let depth = 0, from = 0; depth < DEPTH_MAX; depth++) {
    const to = views.length;
    for (; from < to; from++) views.push(...streamsIn(views[from] ?? new Uint8Array()));
  }
  return { views, unread };
}

const finish = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MAX };

/** Streams that say by their first bytes what they are; also such as were cut off. */
function streamsIn(view: Uint8Array): Buffer[] {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.length);
  const out: Buffer[] = [];
  const each = (magic: readonly number[], unpack: (from: Buffer) => Buffer | null): void => {
    const head = Buffer.from(magic);
    let at = bytes.indexOf(head);
    for (let n = 0; at >= 0 && n < STARTS_MAX; n++, at = bytes.indexOf(head, at + 1)) {
      const got = orNull(() => unpack(bytes.subarray(at)));
      if (got && got.length > 0) out.push(got);
    }
  };
  each([0x1f, 0x8b, 0x08], (from) => gunzipSync(from, finish));
  for (const level of [0x01, 0x5e, 0x9c, 0xda])
    each([0x78, level], (from) => inflateSync(from, finish));
  each([0x28, 0xb5, 0x2f, 0xfd], (from) =>
    zstdDecompressSync(from, { maxOutputLength: UNPACKED_MAX }),
  );
  // A value of IndexedDB that Chromium compressed before it went into the database.
  each([0xff, 0x11, 0x02], (from) => snappy(from.subarray(3)));
  return out;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const CACHE_MAGIC = Buffer.from('305c72a71b6dfbfc', 'hex');
const CACHE_HEADER = 24;

/** The body of an entry of the simple cache, which Brotli does not mark as its own. */
function cacheBody(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, 8).equals(CACHE_MAGIC) || bytes.length < CACHE_HEADER) return [];
  const body = bytes.subarray(CACHE_HEADER + bytes.readUInt32LE(12));
  const got = orNull(() => brotliDecompressSync(body, { maxOutputLength: UNPACKED_MAX }));
  return got ? [got] : [];
}
