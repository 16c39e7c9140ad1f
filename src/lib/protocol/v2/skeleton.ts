/**
 * Any JSON value as a skeleton and its leaves. The skeleton is the value with every leaf replaced
 * by the number of its kind; constants (true, false, null, and strings under the keys of
 * `CONSTANT_KEYS`) stay in it. Records of one shape share one skeleton, their leaves stand in
 * columns by path: what is alike lies side by side.
 */
import { depthAtMost } from '../canonical.ts';
import { JSON_DEPTH_MAX } from '../version.ts';

/** Kinds of leaves; the numbers are the wire's. All but `long`, `hash` and new ids stand in
 *  the column of their path. */
export const LEAF = {
  /** String of at most `SHORT_MAX` code units. */
  short: 0,
  /** Longer string: with all others of its kind in the order of the message, where a summary finds
   *  the words that it repeats close by. */
  long: 1,
  /** Number as JSON writes it. */
  number: 2,
  /** Integer as the difference from the one before in its column. */
  step: 3,
  /** `2026-06-08T01:00:00.000Z` as milliseconds after the instant before. */
  millis: 4,
  /** The same without milliseconds. */
  seconds: 5,
  /** 128 bits in base64url that come for the first time: 16 bytes beside the text. */
  id: 6,
  /** The same again: its place among those that came. */
  idAgain: 7,
  /** 64 hex digits: 32 bytes beside the text. */
  hash: 8,
  /** JSON text of a value that is too deep to be taken apart. */
  json: 9,
  /** A long string that came before, as the number of long strings since then. */
  longAgain: 10,
  /** New 128 bits that are one more than others at this path: which of the last few (`chains.ts`). */
  idNext: 11,
} as const;

export type LeafKind = (typeof LEAF)[keyof typeof LEAF];

/** Nesting of a whole record: a payload at its limit inside a row of the feed. */
export const RECORD_DEPTH_MAX = JSON_DEPTH_MAX + 4;

/** Keys whose strings are words of the protocol: part of the shape. */
const CONSTANT_KEYS: ReadonlySet<string> = new Set(['t', 'k', 's', 'kind', 'mime']);
/** Keys whose integers go up in small steps. */
const STEP_KEYS: ReadonlySet<string> = new Set(['c', 'ds', 'seq', 'v', 'n']);
const STEP_MAX = 2 ** 40;
const CONSTANT_CHARS_MAX = 40;

const ID = /^[\w-]{21}[AQgw]$/;
const HASH = /^[0-9a-f]{64}$/;
const MILLIS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** Longest string that stands in the column of its path. */
export const SHORT_MAX = 20;

/** Takes the leaves in the order of the skeleton. */
export interface LeafSink {
  leaf(kind: LeafKind, path: string, value: unknown): void;
  /** True when these 128 bits came before. */
  knowsId(id: string): boolean;
  /** True when they are one more than one of the last few at this path. */
  isNextId(path: string, id: string): boolean;
  /** True when this very string came before as a long one. */
  knowsLong(text: string): boolean;
}

/** True when reading the text as an instant and writing it again gives the same text. */
const roundTrips = (text: string, millis: boolean): boolean => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return false;
  const again = instantText(at);
  return (millis ? again : again.replace('.000Z', 'Z')) === text;
};
export const instantText = (at: number): string => new Date(at).toISOString();
/** Instants follow one another in two rows: when it happened, and when the county got it. */
export const isReceipt = (path: string): boolean => path.endsWith('.receivedAt');

/** Where in the record a value stands. */
interface At {
  readonly path: string;
  readonly key: string;
}

function stringKind(text: string, at: At, sink: LeafSink): LeafKind | 'constant' {
  if (CONSTANT_KEYS.has(at.key) && text.length <= CONSTANT_CHARS_MAX) return 'constant';
  if (text.length === 22 && ID.test(text)) {
    if (sink.knowsId(text)) return LEAF.idAgain;
    return sink.isNextId(at.path, text) ? LEAF.idNext : LEAF.id;
  }
  if (text.length === 64 && HASH.test(text)) return LEAF.hash;
  if (text.length === 24 && MILLIS.test(text) && roundTrips(text, true)) return LEAF.millis;
  if (text.length === 20 && SECONDS.test(text) && roundTrips(text, false)) return LEAF.seconds;
  if (text.length <= SHORT_MAX) return LEAF.short;
  return sink.knowsLong(text) ? LEAF.longAgain : LEAF.long;
}

const numberKind = (value: number, key: string): LeafKind =>
  STEP_KEYS.has(key) && Number.isSafeInteger(value) && Math.abs(value) < STEP_MAX
    ? LEAF.step
    : LEAF.number;

function walk(value: unknown, at: At, sink: LeafSink): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    const kind = stringKind(value, at, sink);
    if (kind === 'constant') return value;
    sink.leaf(kind, at.path, value);
    return kind;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null;
    const kind = numberKind(value, at.key);
    sink.leaf(kind, at.path, value);
    return kind;
  }
  if (Array.isArray(value)) {
    const path = `${at.path}[]`;
    return value.map((one) => walk(one === undefined ? null : one, { path, key: '' }, sink));
  }
  if (typeof value !== 'object') return null;
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value))
    if (member !== undefined)
      members.push([key, walk(member, { path: `${at.path}.${key}`, key }, sink)]);
  return Object.fromEntries(members);
}

/** Skeleton of a value; its leaves go to the sink. What is too deep goes as text. */
export function skeletonOf(value: unknown, sink: LeafSink): unknown {
  if (depthAtMost(value, RECORD_DEPTH_MAX)) return walk(value, { path: '', key: '' }, sink);
  sink.leaf(LEAF.json, '', value);
  return LEAF.json;
}
