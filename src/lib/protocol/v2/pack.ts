/**
 * Tables of JSON records as bytes beside the text and one text: the writing half.
 *
 * The text is a row of strings, each ended by NUL (a NUL, an escape or a lone surrogate inside a
 * string is ESCAPE and four hex digits):
 *
 *     skeletons as one JSON array · per table the skeletons of its records · every column, in the
 *     order in which the skeletons name them first · all long strings
 */
import { idBytes } from '../ids.ts';
import { Chains } from './chains.ts';
import { isReceipt, LEAF, skeletonOf, type LeafKind, type LeafSink } from './skeleton.ts';

export const END = '\0';
export const ESCAPE = '\u001b';
/** Tables of one message. */
export const TABLES_MAX = 8;

export type Tables = readonly (readonly unknown[])[];

/** What a message is made of before it is squeezed. */
export interface Packed {
  /** Ids and hashes: nothing to gain there. */
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

const ONE_TO_ESCAPE = new RegExp(`[${END}${ESCAPE}]|\\p{Surrogate}`, 'gu');
const hex4 = (unit: number): string => unit.toString(16).padStart(4, '0');

/** One string as it may stand before an END. */
export const escaped = (text: string): string =>
  text.includes(END) || text.includes(ESCAPE) || !text.isWellFormed()
    ? text.replace(ONE_TO_ESCAPE, (one) => ESCAPE + hex4(one.charCodeAt(0)))
    : text;

const LOW = 40;
/** A small number in printable letters: the least, 0 to 39, in one. */
export function letters(value: number): string {
  let text = '';
  let rest = value;
  for (; rest >= LOW; rest = Math.floor(rest / LOW)) text += String.fromCharCode(80 + (rest % LOW));
  return text + String.fromCharCode(LOW + rest);
}

interface OneColumn {
  readonly parts: string[];
  last: number;
  readonly chains: Chains;
}

class Columns implements LeafSink {
  private readonly byPath = new Map<string, OneColumn>();
  private readonly long: string[] = [];
  private readonly longAt = new Map<string, number>();
  private readonly bytes: number[] = [];
  private readonly ids = new Map<string, number>();
  private readonly instants = { happened: 0, received: 0 };

  constructor(known: readonly string[]) {
    for (const id of known) this.ids.set(id, this.ids.size);
  }

  knowsId(id: string): boolean {
    return this.ids.has(id);
  }

  isNextId(path: string, id: string): boolean {
    return (this.byPath.get(path)?.chains.find(id) ?? -1) >= 0;
  }

  knowsLong(text: string): boolean {
    return this.longAt.has(text);
  }

  leaf(kind: LeafKind, path: string, value: unknown): void {
    switch (kind) {
      case LEAF.long:
        this.longAt.set(value as string, this.long.length);
        this.long.push(escaped(value as string));
        return;
      case LEAF.id:
      case LEAF.idNext:
        this.newId(kind, path, value as string);
        return;
      case LEAF.hash:
        for (let i = 0; i < 64; i += 2)
          this.bytes.push(Number.parseInt((value as string).slice(i, i + 2), 16));
        return;
      default:
        this.column(kind, path, value);
    }
  }

  private column(kind: LeafKind, path: string, value: unknown): void {
    const column = this.columnAt(path);
    if (kind === LEAF.short) column.parts.push(escaped(value as string));
    else if (kind === LEAF.idAgain) column.parts.push(String(this.ids.get(value as string)));
    else if (kind === LEAF.longAgain)
      column.parts.push(String(this.long.length - (this.longAt.get(value as string) ?? 0)));
    else if (kind === LEAF.millis || kind === LEAF.seconds)
      column.parts.push(this.after(path, Date.parse(value as string)));
    else if (kind === LEAF.step) {
      column.parts.push(String((value as number) - column.last));
      column.last = value as number;
    } else column.parts.push(escaped(JSON.stringify(value)));
  }

  private newId(kind: LeafKind, path: string, id: string): void {
    const { chains, parts } = this.columnAt(path);
    const place = chains.find(id);
    if (kind === LEAF.id) this.bytes.push(...idBytes(id));
    else parts.push(String(place));
    chains.came(id, kind === LEAF.id ? -1 : place);
    this.ids.set(id, this.ids.size);
  }

  private after(path: string, at: number): string {
    const row = isReceipt(path) ? 'received' : 'happened';
    const after = at - this.instants[row];
    this.instants[row] = at;
    return String(after);
  }

  private columnAt(path: string): OneColumn {
    let column = this.byPath.get(path);
    if (column === undefined)
      this.byPath.set(path, (column = { parts: [], last: 0, chains: new Chains() }));
    return column;
  }

  packed(shapes: string, uses: readonly string[]): Packed {
    const columns = [...this.byPath.values()].flatMap(({ parts }) => parts);
    const all = [shapes, ...uses, ...columns, ...this.long];
    return { raw: new Uint8Array(this.bytes), text: all.map((one) => one + END).join('') };
  }
}

/** Work that stops every now and then, so that a page can draw and hear keys meanwhile. */
export type Steps<T> = Generator<undefined, T, undefined>;
/** Records between two stops. */
export const RECORDS_PER_STEP = 16;

/** All of it without a stop. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Takes tables apart; `unpack` puts them together again. Ids in `known` (each once) are at the other
 * end already.
 */
export function* packing(tables: Tables, known: readonly string[] = []): Steps<Packed> {
  const columns = new Columns(known);
  const shapes = new Map<string, number>();
  const uses: string[] = [];
  let n = 0;
  for (const records of tables) {
    let row = '';
    for (const record of records) {
      const shape = JSON.stringify(skeletonOf(record, columns));
      const known = shapes.get(shape) ?? shapes.size;
      shapes.set(shape, known);
      row += letters(known);
      if (++n % RECORDS_PER_STEP === 0) yield undefined;
    }
    uses.push(row);
  }
  const count = letters(tables.length);
  return columns.packed(`[${[...shapes.keys()].join(',')}]`, [count, ...uses]);
}

/** The same without a stop. */
export const pack = (tables: Tables, known: readonly string[] = []): Packed =>
  atOnce(packing(tables, known));
