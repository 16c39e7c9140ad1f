import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { Grep } from './theft/grep.ts';
import { layersOf } from './theft/layers.ts';
import { Needles, patternsOf } from './theft/needles.ts';
import { snappy } from './theft/snappy.ts';

const needles = new Needles(1);
const name = needles.name();
const phone = needles.phone();
const grep = new Grep(patternsOf(needles.all));
const formsIn = (bytes: Buffer): readonly string[] =>
  [...grep.in(bytes)].map(({ form }) => form).sort();

describe('the grep of a stolen profile', () => {
  it('sees a marker in every form, wherever it begins', () => {
    for (let before = 0; before < 5; before++) {
      const rest = Buffer.alloc(before, 'x');
      const whole = (text: Buffer): Buffer => Buffer.concat([rest, text, Buffer.from('后头')]);
      expect(formsIn(whole(Buffer.from(name)))).toEqual(['utf8']);
      expect(formsIn(whole(Buffer.from(name, 'utf16le')))).toEqual(['utf16le']);
      expect(formsIn(whole(Buffer.from(encodeURIComponent(name))))).toEqual(['address']);
      const coded = Buffer.concat([rest, Buffer.from(`${name}，${phone}`)]).toString('base64');
      expect(formsIn(Buffer.from(coded)).every((form) => form.startsWith('base64/'))).toBe(true);
      expect(new Set([...grep.in(Buffer.from(coded))].map(({ needle }) => needle.of))).toEqual(
        new Set([name, phone]),
      );
    }
    expect(formsIn(Buffer.from(name.slice(1) + phone.slice(1)))).toEqual([]);
  });

  it('looks into streams that are packed, also in the middle of a file', () => {
    const inside = Buffer.concat([Buffer.alloc(100, 7), gzipSync(`${'的'.repeat(500)}${name}`)]);
    expect(formsIn(inside)).toEqual([]);
    expect(layersOf('file', inside).views.flatMap((v) => formsIn(Buffer.from(v)))).toEqual([
      'utf8',
    ]);
  });

  it('unpacks Snappy: what stands there and what is repeated', () => {
    // Length 12, "abcd" as it is, then eight bytes from four back.
    const packed = Uint8Array.of(12, 3 << 2, 0x61, 0x62, 0x63, 0x64, ((8 - 4) << 2) | 1, 4);
    expect(snappy(packed)?.toString()).toBe('abcdabcdabcd');
    expect(snappy(Uint8Array.of(4, ((8 - 4) << 2) | 1, 4))).toBeNull();
  });
});
