/**
 * Alphabet and columns of version 2, written from docs/PROTOCOL.md alone (see second-client.ts):
 * columns are written with the kinds 0, 1 and 2 and read with all twelve.
 */
import { RANKS } from '../../src/lib/protocol/v2/dictionary.ts';

type Leaf = (value: unknown, path: string, key: string) => unknown;
/** A message before it is framed: 16- and 32-byte values, and everything else as text. */
export interface Text {
  readonly raw: Buffer;
  readonly text: string;
}

// Alphabet of the text.
const rank = new Map([...RANKS].map((sign, i) => [sign.charCodeAt(0), i]));
const rows = [0x30, 0xff, 0x20, 0x00]; // FB, FC, FD, FE
function signBytes(unit: number): number[] {
  const place = rank.get(unit) ?? Infinity;
  if (unit < 0x80) return [unit];
  if (place < 36) return [0x80 + place];
  if (place < 36 + 1280) return [0xa4 + ((place - 36) >> 8), (place - 36) & 255];
  const han = unit - 0x4e00;
  if (han >= 0 && unit <= 0x9fff) return [0xa9 + (han >> 8), han & 255];
  const row = rows.indexOf(unit >> 8);
  return row < 0 ? [0xff, unit >> 8, unit & 255] : [0xfb + row, unit & 255];
}
/** Text to bytes of the alphabet. */
export const encode = (text: string): Buffer =>
  Buffer.from(Array.from({ length: text.length }, (_, i) => signBytes(text.charCodeAt(i))).flat());
/** Bytes of the alphabet to text. */
export function decode(bytes: Buffer): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) {
    const b = bytes.readUInt8(i);
    const low = (): number => bytes.readUInt8((i += 1));
    if (b < 0x80) text += String.fromCharCode(b);
    else if (b < 0xa4) text += RANKS.charAt(b - 0x80);
    else if (b < 0xa9) text += RANKS.charAt(36 + (b - 0xa4) * 256 + low());
    else if (b < 0xfb) text += String.fromCharCode(0x4e00 + (b - 0xa9) * 256 + low());
    else if (b < 0xff) text += String.fromCharCode((rows[b - 0xfb] ?? 0) * 256 + low());
    else text += String.fromCharCode(low() * 256 + low());
  }
  return text;
}

// Columns.
const STAY = new Set(['t', 'k', 's', 'kind', 'mime']);
const ROOT = { path: '', key: '' };
function walk(node: unknown, leaf: Leaf, { path, key } = ROOT): unknown {
  if (Array.isArray(node)) return node.map((one) => walk(one, leaf, { path: `${path}[]`, key }));
  if (node === null || typeof node !== 'object') return leaf(node, path, key);
  const below = (k: string, v: unknown) => walk(v, leaf, { path: `${path}.${k}`, key: k });
  return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, below(k, v)]));
}
const ESC = '\u001b';
const escaped = (text: string): string =>
  Array.from(text, (sign) => {
    const unit = sign.charCodeAt(0);
    const alone = sign.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
    return alone || sign === '\0' || sign === ESC
      ? `${ESC}${unit.toString(16).padStart(4, '0')}`
      : sign;
  }).join('');
const plain = (text: string): string =>
  text
    .split(ESC)
    .map((one, i) =>
      i === 0 ? one : String.fromCharCode(parseInt(one.slice(0, 4), 16)) + one.slice(4),
    )
    .join('');
const letter = (n: number): string =>
  n < 40
    ? String.fromCharCode(40 + n)
    : String.fromCharCode(80 + (n % 40)) + letter(Math.floor(n / 40));
function numbers(letters: string): number[] {
  const out: number[] = [];
  let [n, unit] = [0, 1];
  for (const code of Buffer.from(letters, 'latin1')) {
    n += (code - (code < 80 ? 40 : 80)) * unit;
    unit *= 40;
    if (code >= 80) continue;
    out.push(n);
    [n, unit] = [0, 1];
  }
  return out;
}

/** Tables of JSON records as columns. */
export function pack(tables: readonly (readonly unknown[])[]): Text {
  const skeletons: string[] = [];
  const columns = new Map<string, string[]>();
  const long: string[] = [];
  const write: Leaf = (value, path, key) => {
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'string' && STAY.has(key)) return value;
    const kind = typeof value === 'number' ? 2 : String(value).length <= 20 ? 0 : 1;
    const column = kind === 1 ? long : (columns.get(path) ?? []);
    if (kind !== 1) columns.set(path, column);
    column.push(escaped(String(value)));
    return kind;
  };
  const places = tables.map((table) =>
    table.map((record) => {
      const shape = JSON.stringify(walk(record, write));
      if (!skeletons.includes(shape)) skeletons.push(shape);
      return letter(skeletons.indexOf(shape));
    }),
  );
  const head = [`[${skeletons.join()}]`, letter(tables.length), ...places.map((p) => p.join(''))];
  const strings = [...head, ...[...columns.values()].flat(), ...long];
  return { raw: Buffer.alloc(0), text: strings.map((one) => `${one}\0`).join('') };
}

interface Column {
  size: number;
  strings: string[];
  last: number;
  ids: string[];
}
/**
 * Columns as tables of JSON records.
 * @param known ids that count as come already: of the request's cases, then of its events
 */
export function unpack({ raw, text }: Text, known: readonly string[]): unknown[][] {
  const strings = text.split('\0');
  if (strings.pop() !== '') throw new Error('the last string has no end');
  const skeletons = JSON.parse(strings.shift() ?? '') as unknown[];
  const [size = 0] = numbers(strings.shift() ?? '');
  const tables = strings.splice(0, size).map(numbers);
  const columns = new Map<string, Column>();
  const columnOf = (path: string): Column => {
    const column = columns.get(path) ?? { size: 0, strings: [], last: 0, ids: [] };
    columns.set(path, column);
    return column;
  };
  for (const [i, skeleton] of skeletons.entries())
    walk(skeleton, (kind, path) => {
      const used = tables.flat().filter((one) => one === i).length;
      if (typeof kind !== 'number' || kind === 1 || kind === 8) return;
      columnOf(path).size += kind === 6 ? 0 : used;
    });
  for (const column of columns.values()) column.strings = strings.splice(0, column.size);
  const [ids, long, clock] = [[...known], [] as string[], { received: 0, other: 0 }];
  let at = 0;
  const bytes = (n: number): Buffer => raw.subarray(at, (at += n));
  const keep = (list: string[], one: string): string => (list.push(one), one);
  const read: Leaf = (kind, path) => {
    if (typeof kind !== 'number') return kind;
    const column = columnOf(path);
    const next = (): string => column.strings.shift() ?? '';
    const instant = (): string => {
      const row = path.endsWith('.receivedAt') ? 'received' : 'other';
      return new Date((clock[row] += Number(next()))).toISOString();
    };
    const newId = (id: Buffer): string => {
      column.ids = [id.toString('base64url'), ...column.ids].slice(0, 4);
      return keep(ids, id.toString('base64url'));
    };
    const after = (id: string): Buffer => {
      const value = BigInt(`0x${Buffer.from(id, 'base64url').toString('hex')}`) + 1n;
      return Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
    };
    const kinds: readonly (() => unknown)[] = [
      () => plain(next()),
      () => keep(long, plain(strings.shift() ?? '')),
      () => Number(next()),
      () => (column.last += Number(next())),
      instant,
      () => instant().replace('.000Z', 'Z'),
      () => newId(bytes(16)),
      () => ids[Number(next())],
      () => bytes(32).toString('hex'),
      () => JSON.parse(plain(next())) as unknown,
      () => long.at(-Number(next())),
      () => newId(after(column.ids.splice(Number(next()), 1)[0] ?? '')),
    ];
    return kinds[kind]?.();
  };
  const out = tables.map((places) => places.map((place) => walk(skeletons[place], read)));
  const unread = [...columns.values()].flatMap((column) => column.strings);
  if (strings.length + unread.length > 0 || at !== raw.length) throw new Error('left over');
  return out;
}
