import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId, nextId } from '../../src/lib/protocol/ids.ts';
import { fromBytes, toBytes } from '../../src/lib/protocol/v2/alphabet.ts';
import { DICTIONARY_NUMBER, RANKS, WORDS } from '../../src/lib/protocol/v2/dictionary.ts';
import { pack, type Tables } from '../../src/lib/protocol/v2/pack.ts';
import { LEAF } from '../../src/lib/protocol/v2/skeleton.ts';
import { SHAPE_LETTERS_MAX, unpack } from '../../src/lib/protocol/v2/unpack.ts';

const back = (tables: Tables): unknown => unpack(pack(tables));
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);

/** Bytes of 128 bits as the product prints them. */
const someId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '\0',
    '\u001b0000',
    '\ud800',
    '𠮷\udc00',
    '__proto__',
    '2026-02-30T01:00:00Z',
  ),
  fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
  fc.constantFrom('2026-06-08T01:00:00Z', '2026-06-08T24:00:00Z', 'a'.repeat(64), 'A'.repeat(22)),
  someId,
  someId.map(nextId),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1e21, 5e-324, 2 ** 53, -(2 ** 60)),
  fc.integer(),
  fc.constantFrom(true, false, null),
);
const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', '1', 't', 'ds', 'seq', 'receivedAt', 'a.b', '[]'),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 5 })
      .map((members) => Object.fromEntries(members) as unknown),
  ),
}));

describe('text of version 2', () => {
  it('[SY40] every string of code units comes back as it was, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)), (text, units) => {
        const odd = String.fromCharCode(...units);
        expect(fromBytes(toBytes(text))).toBe(text);
        expect(fromBytes(toBytes(odd))).toBe(odd);
      }),
    );
    const all = Array.from({ length: 65_536 }, (_, unit) => String.fromCharCode(unit)).join('');
    expect(fromBytes(toBytes(all))).toBe(all);
    expect([...RANKS].every((one) => toBytes(one).length <= 2)).toBe(true);
    expect(toBytes('人').length + toBytes('𠮷').length).toBeGreaterThanOrEqual(7);
    expect(fromBytes(toBytes('龘').subarray(0, 1))).toBeNull();
  });
});

describe('columns', () => {
  it('[SY40] any JSON comes back as JSON would bring it, in its tables and order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 6 }), { maxLength: 4 }), (tables) => {
        expect(back(tables)).toEqual(asJson(tables));
      }),
      { numRuns: 400 },
    );
  });

  it('[SY40] depth, `__proto__`, integer keys and repeated words keep their place', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 32; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    let deeper: unknown = 1;
    for (let level = 0; level < 300; level++) deeper = [deeper];
    const long = '我家东院老于家那牛粪啊，从打春就堆在俺两家当间儿';
    const tables = [
      [deep, deeper, JSON.parse('{"__proto__":{"admin":true},"2":1,"1":2}') as unknown],
      [
        { words: long },
        { words: long, again: [long, `${long}。`] },
        { at: '2026-06-08T01:00:00Z' },
      ],
    ];
    expect(back(tables)).toEqual(tables);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(pack([tables[1] ?? []]).text.split(long)).toHaveLength(3);
  });

  it('[SY40] ids in a row need no bytes, in up to four rows at once', () => {
    const [one, two] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BAAAAAAAAAAAAAAAAAAAAA'];
    const ids = [one, nextId(one), two, nextId(nextId(one)), nextId(two)];
    expect(ids.every(isId)).toBe(true);
    const { raw } = pack([ids.map((id) => ({ id }))]);
    expect(raw).toHaveLength(32);
    expect(back([ids.map((id) => ({ id }))])).toEqual([ids.map((id) => ({ id }))]);
    expect(nextId('AAAAAAAAAAAAAAAAAAAA_w')).toBe('AAAAAAAAAAAAAAAAAAABAA');
    expect(nextId('_____________________w')).toBe('AAAAAAAAAAAAAAAAAAAAAA');
  });

  it('[SY41] what is not made by us is no message and never a crash', () => {
    const { raw, text } = pack([[{ id: 'AAAAAAAAAAAAAAAAAAAAAA', ds: 3, p: { said: '好' } }]]);
    const none = new Uint8Array();
    const texts = [
      ...['', '\0', '[]', '[]\0', 'null\0)\0', '[0]\0)(\0', '[1e9]\0)(\0\0', '[99]\0)(\0\0'],
      ...[
        '[3]\0)(\0x\0',
        '[3]\0)(\x001.5\0',
        '[4]\0)(\x009e99\0',
        '[7]\0)(\x005\0',
        '[10]\0)(\x001\0',
      ],
      ...['[11]\0)(\x000\0', '[2]\0)(\0{\0', '[2]\0)(~~~\0', `[${'['.repeat(99_999)}`],
    ];
    for (const one of texts) expect(unpack({ raw: none, text: one })).toBeNull();
    for (let cut = 0; cut < text.length; cut++)
      expect(unpack({ raw, text: text.slice(0, cut) })).toBeNull();
    expect(unpack({ raw: raw.subarray(1), text })).toBeNull();
    expect(unpack({ raw: new Uint8Array(17), text })).toBeNull();
    expect(unpack({ raw, text: `${text}x` })).toBeNull();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(127), (at, code) => {
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        expect(() => unpack({ raw, text: changed })).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('[SY41] a short text that would grow without end is refused before it is built', () => {
    const shape = JSON.stringify(Array.from({ length: 50_000 }, () => true));
    const uses = '('.repeat(Math.ceil(SHAPE_LETTERS_MAX / shape.length) + 1);
    const started = performance.now();
    expect(unpack({ raw: new Uint8Array(), text: `[${shape}]\0)\0${uses}\0` })).toBeNull();
    expect(unpack({ raw: new Uint8Array(), text: `[${shape}]\0)\0((\0` })).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('pins', () => {
  it('[SY19] the dictionary and the kinds of leaves never change under their number', () => {
    expect(hash(JSON.stringify([DICTIONARY_NUMBER, RANKS, WORDS, LEAF]))).toBe(PINNED);
    const text = readFileSync('docs/PROTOCOL.md', 'utf8');
    expect(text).toContain(PINNED);
  });
});

const PINNED = 'f2c924385e5eb306879c42633d44bb47';
