/** The reading half of `pack.ts`: every limit of a foreign sender is looked at before building. */
import { depthAtMost } from '../canonical.ts';
import {
  atOnce,
  END,
  ESCAPE,
  RECORDS_PER_STEP,
  TABLES_MAX,
  type Packed,
  type Steps,
  type Tables,
} from './pack.ts';
import { instantText, isReceipt, LEAF, RECORD_DEPTH_MAX } from './skeleton.ts';
import { toBase64Url, toHex } from '../hash.ts';
import { Chains } from './chains.ts';

/** Letters of all skeletons, each as often as it is used: what a message may grow to. */
export const SHAPE_LETTERS_MAX = 8 * 1024 * 1024;
export const RECORDS_MAX = 20_000;

/** The bytes are not what `pack` makes; caught once, in `unpack`. */
class Malformed extends Error {}
const bad = (): never => {
  throw new Malformed();
};

const ESCAPED = new RegExp(`${ESCAPE}([0-9a-f]{4})`, 'g');
const plain = (text: string): string =>
  text.includes(ESCAPE)
    ? text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

const integer = (text: string): number => {
  const value = Number(text);
  return Number.isSafeInteger(value) && text !== '' ? value : bad();
};

/** Reads the numbers that `letters` wrote. */
function numbersIn(text: string): number[] {
  const out: number[] = [];
  let value = 0;
  let scale = 1;
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter < 40 || letter >= 120) bad();
    if (letter >= 80) {
      value += (letter - 80) * scale;
      scale *= 40;
      continue;
    }
    value += (letter - 40) * scale;
    if (value > RECORDS_MAX || out.length >= RECORDS_MAX) bad();
    out.push(value);
    value = 0;
    scale = 1;
  }
  return scale === 1 ? out : bad();
}

interface Column {
  readonly path: string;
  next: number;
  last: number;
  count: number;
  readonly chains: Chains;
}

/** A skeleton ready to be filled; leaves know their column. */
type Node =
  | { readonly k: 'constant'; readonly value: unknown }
  | { readonly k: 'leaf'; readonly kind: number; readonly column: Column | null }
  | { readonly k: 'list'; readonly items: readonly Node[] }
  | { readonly k: 'object'; readonly members: readonly (readonly [string, Node])[] };

interface Shape {
  readonly node: Node;
  /** Columns that one record takes a string from, as often as it does. */
  readonly leaves: readonly Column[];
  readonly letters: number;
}

/** Leaves without a string in their column. */
const BESIDE: ReadonlySet<number> = new Set([LEAF.long, LEAF.id, LEAF.hash]);
const KINDS = Object.keys(LEAF).length;

class Reader {
  private readonly parts: readonly string[];
  private readonly raw: Uint8Array;
  private readonly columns = new Map<string, Column>();
  private at = 0;
  private rawAt = 0;
  private longAt = 0;
  private readonly long: string[] = [];
  private readonly instants = { happened: 0, received: 0 };
  private readonly ids: string[];

  constructor(packed: Packed, known: readonly string[]) {
    this.ids = [...known];
    this.parts = packed.text.split(END);
    this.raw = packed.raw;
  }

  private part(): string {
    const part = this.parts[this.at];
    this.at += 1;
    return part ?? bad();
  }

  private compile(skeleton: unknown, path: string, leaves: Column[]): Node {
    if (typeof skeleton === 'number') {
      if (!Number.isInteger(skeleton) || skeleton < 0 || skeleton >= KINDS) bad();
      const beside = skeleton === LEAF.long || skeleton === LEAF.hash;
      const column = beside ? null : this.column(path);
      if (column !== null && !BESIDE.has(skeleton)) leaves.push(column);
      return { k: 'leaf', kind: skeleton, column };
    }
    if (Array.isArray(skeleton))
      return { k: 'list', items: skeleton.map((one) => this.compile(one, `${path}[]`, leaves)) };
    if (typeof skeleton !== 'object' || skeleton === null)
      return { k: 'constant', value: skeleton };
    const members = Object.entries(skeleton).map(
      ([key, one]) => [key, this.compile(one, `${path}.${key}`, leaves)] as const,
    );
    return { k: 'object', members };
  }

  private column(path: string): Column {
    let column = this.columns.get(path);
    if (column === undefined)
      this.columns.set(path, (column = { path, next: 0, last: 0, count: 0, chains: new Chains() }));
    return column;
  }

  private *shapes(): Steps<Shape[]> {
    const list = JSON.parse(this.part()) as unknown;
    if (!Array.isArray(list) || list.length > RECORDS_MAX) return bad();
    const shapes: Shape[] = [];
    for (const skeleton of list as unknown[]) {
      if (!depthAtMost(skeleton, RECORD_DEPTH_MAX)) bad();
      const leaves: Column[] = [];
      const node = this.compile(skeleton, '', leaves);
      shapes.push({ node, leaves, letters: JSON.stringify(skeleton).length });
      if (shapes.length % RECORDS_PER_STEP === 0) yield undefined;
    }
    return shapes;
  }

  *tables(): Steps<Tables> {
    const shapes = yield* this.shapes();
    const [count = 0, ...more] = numbersIn(this.part());
    if (more.length > 0 || count > TABLES_MAX) bad();
    const tables = Array.from({ length: count }, () =>
      numbersIn(this.part()).map((index) => shapes[index] ?? bad()),
    );
    this.place(tables.flat());
    const built: unknown[][] = [];
    let n = 0;
    for (const records of tables) {
      const row: unknown[] = [];
      built.push(row);
      for (const { node } of records) {
        row.push(this.build(node));
        if (++n % RECORDS_PER_STEP === 0) yield undefined;
      }
    }
    return built;
  }

  /** Counts every column's leaves, so that each knows where its strings begin. */
  private place(records: readonly Shape[]): void {
    let letters = 0;
    for (const { leaves, letters: more } of records) {
      letters += more;
      if (letters > SHAPE_LETTERS_MAX) bad();
      for (const column of leaves) column.count += 1;
    }
    for (const column of this.columns.values()) {
      column.next = this.at;
      this.at += column.count;
    }
    this.longAt = this.at;
  }

  private build(node: Node): unknown {
    switch (node.k) {
      case 'constant':
        return node.value;
      case 'leaf':
        return this.leaf(node.kind, node.column);
      case 'list':
        return node.items.map((one) => this.build(one));
      case 'object':
        return this.object(node.members);
    }
  }

  private object(members: readonly (readonly [string, Node])[]): unknown {
    const out: Record<string, unknown> = {};
    for (const [key, node] of members)
      if (key === '__proto__') {
        const value = this.build(node);
        const own = { value, enumerable: true, configurable: true, writable: true };
        Object.defineProperty(out, key, own);
      } else out[key] = this.build(node);
    return out;
  }

  private leaf(kind: number, column: Column | null): unknown {
    if (column !== null) return this.columnLeaf(kind, column);
    if (kind === LEAF.long) {
      const text = plain(this.parts[this.longAt++] ?? bad());
      this.long.push(text);
      return text;
    }
    return toHex(this.bytes(32));
  }

  private columnLeaf(kind: number, column: Column): unknown {
    if (kind === LEAF.id || kind === LEAF.idNext) return this.id(kind, column);
    const part = this.parts[column.next++] ?? bad();
    if (kind === LEAF.short) return plain(part);
    if (kind === LEAF.longAgain) return this.long[this.long.length - integer(part)] ?? bad();
    if (kind === LEAF.idAgain) return this.ids[integer(part)] ?? bad();
    if (kind === LEAF.millis || kind === LEAF.seconds)
      return this.instant(column.path, integer(part), kind);
    if (kind !== LEAF.step) return JSON.parse(plain(part)) as unknown;
    column.last += integer(part);
    return Number.isSafeInteger(column.last) ? column.last : bad();
  }

  private instant(path: string, after: number, kind: number): string {
    const row = isReceipt(path) ? 'received' : 'happened';
    this.instants[row] += after;
    if (Math.abs(this.instants[row]) > 8.64e15) bad();
    const text = instantText(this.instants[row]);
    return kind === LEAF.millis ? text : text.replace('.000Z', 'Z');
  }

  private id(kind: number, column: Column): string {
    const place = kind === LEAF.id ? -1 : integer(this.parts[column.next++] ?? bad());
    const id = place < 0 ? toBase64Url(this.bytes(16)) : (column.chains.at(place) ?? bad());
    column.chains.came(id, place);
    this.ids.push(id);
    return id;
  }

  private bytes(count: number): Uint8Array {
    const bytes = this.raw.subarray(this.rawAt, this.rawAt + count);
    this.rawAt += count;
    return bytes.length === count ? bytes : bad();
  }

  /** Everything was used: nothing stands behind the last string, nothing beside. */
  end(): void {
    if (this.rawAt !== this.raw.length || this.longAt !== this.parts.length - 1) bad();
    if (this.parts[this.longAt] !== '') bad();
  }
}

/**
 * Puts tables together again; null when the bytes are not a message. Stops every now and then, as
 * `packing` does.
 */
export function* unpacking(packed: Packed, known: readonly string[] = []): Steps<Tables | null> {
  try {
    const reader = new Reader(packed, known);
    const tables = yield* reader.tables();
    reader.end();
    return tables;
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The same without a stop. */
export const unpack = (packed: Packed, known: readonly string[] = []): Tables | null =>
  atOnce(unpacking(packed, known));
