/**
 * What must not be found on a stolen tablet, and how it could stand there: each marker in UTF-8,
 * UTF-16LE, as base64 in all three alignments, as an address and as JSON escapes it.
 */
import { dice } from '../../../scripts/intake/texts.ts';

export type Kind =
  | ('name' | 'phone' | 'identity' | 'text' | 'draft' | 'search' | 'file')
  | ('photo' | 'sound' | 'secret' | 'county' | 'witness');

export interface Needle {
  readonly kind: Kind;
  /** Text, or bytes of a picture or a recording. */
  readonly of: string | Buffer;
  /** Where a witness was put on purpose; the grep must see it there. */
  readonly place?: string;
}

export interface Pattern {
  readonly needle: Needle;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter pieces would be found by chance. */
const PATTERN_BYTES_MIN = 8;

const RARE_FROM = 0x4e00;
const RARE = 16_000;

/** Makes markers; one seed makes the same ones. */
export class Needles {
  readonly all: Needle[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = dice(seed);
  }

  private add<T extends string | Buffer>(kind: Kind, of: T, place?: string): T {
    this.all.push({ kind, of, ...(place === undefined ? {} : { place }) });
    return of;
  }

  private letters(n: number): string {
    const one = (): string => String.fromCodePoint(RARE_FROM + Math.floor(this.random() * RARE));
    return Array.from({ length: n }, one).join('');
  }

  private digits(n: number): string {
    return Array.from({ length: n }, () => Math.floor(this.random() * 10)).join('');
  }

  name(): string {
    return this.add('name', this.letters(4));
  }
  phone(): string {
    return this.add('phone', `13${this.digits(9)}`);
  }
  identity(): string {
    return this.add('identity', `2302${this.digits(13)}X`);
  }
  words(kind: Kind, letters = 8, place?: string): string {
    return this.add(kind, this.letters(letters), place);
  }
  /** Something that was not made here: a card, a name that the county sent. */
  known(kind: Kind, of: string): void {
    if (!this.all.some((one) => one.of === of)) this.add(kind, of);
  }

  /** Pieces of a file, spread over all of it. */
  pieces(kind: Kind, file: Buffer, atMost: number): void {
    const step = Math.max(PIECE_BYTES, Math.floor(file.length / atMost));
    for (let at = 0; at + PIECE_BYTES <= file.length; at += step) {
      const piece = Buffer.from(file.subarray(at, at + PIECE_BYTES));
      // A stretch of one colour or of silence is in many files.
      if (new Set(piece).size >= PIECE_VALUES_MIN) this.add(kind, piece);
    }
  }

  /** A paragraph of somebody's words: texts, names and numbers among each other. */
  paragraph(kind: Kind, markers: number): string {
    const parts: string[] = [];
    for (let n = 0; n < markers; n++) {
      if (n % 8 === 3) parts.push(this.name());
      else if (n % 8 === 5) parts.push(this.phone());
      else if (n % 16 === 7) parts.push(this.identity());
      else parts.push(this.words(kind));
    }
    return parts.join('，');
  }
}

const PIECE_BYTES = 24;
const PIECE_VALUES_MIN = 12;

/** All forms of all needles. */
export const patternsOf = (needles: readonly Needle[]): readonly Pattern[] =>
  needles.flatMap((needle) =>
    formsOf(needle.of)
      .filter(([, bytes]) => bytes.length >= PATTERN_BYTES_MIN)
      .map(([form, bytes]) => ({ needle, form, bytes })),
  );

function formsOf(of: string | Buffer): (readonly [string, Buffer])[] {
  const bytes = typeof of === 'string' ? Buffer.from(of, 'utf8') : of;
  const coded = [0, 1, 2].flatMap((shift) => base64At(bytes, shift));
  if (typeof of !== 'string') return [['raw', bytes], ...coded];
  const units = Array.from({ length: of.length }, (_, i) => of.charCodeAt(i));
  const escaped = units.map((u) => `\\u${u.toString(16).padStart(4, '0')}`).join('');
  const address = encodeURIComponent(of);
  return [
    ['utf8', bytes],
    ['utf16le', Buffer.from(of, 'utf16le')],
    ...coded,
    ...(address === of
      ? []
      : [['address', Buffer.from(address)] as const, ['escaped', Buffer.from(escaped)] as const]),
  ];
}

/** What of the base64 does not depend on what stands before and behind, in both alphabets. */
function base64At(bytes: Buffer, shift: number): (readonly [string, Buffer])[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor(((bytes.length + shift) * 8) / 6);
  const sure = text.slice(from, to);
  const url = sure.replaceAll('+', '-').replaceAll('/', '_');
  const name = `base64/${shift}`;
  return [
    [name, Buffer.from(sure)],
    ...(url === sure ? [] : [[`${name}url`, Buffer.from(url)] as const]),
  ];
}
