import { describe, expect, it } from 'vitest';
import { harm } from './attack.ts';
import { positions } from './positions.ts';
import { markerIn, Marker } from './markers.ts';
import { compare } from './oracle.ts';

const marked = (n: number, text: string) => {
  const marker = `〔M-t-${n}〕`;
  return { marker, text: `${marker}${text}`, temporaryNumber: null };
};
const found = ({ marker, text }: { marker: string; text: string }) => [marker, text] as const;

describe('the oracle of the attacks', () => {
  const [a, b, c] = [marked(0, '断电'), marked(1, 'e\u0301'), marked(2, '水管')];

  it('finds nothing wrong where everything stands once', () => {
    expect(compare([a, b, c], [a, b, c].map(found))).toEqual({ lost: 0, doubled: 0, altered: 0 });
  });

  it('counts what is not there, what is there twice and what reads otherwise', () => {
    const other = { ...b, text: b.text.normalize('NFC') };
    expect(compare([a, b, c], [found(a), found(a), found(other)])).toEqual({
      ...{ lost: 1, doubled: 1, altered: 1 },
    });
  });

  it('counts a text under a marker that nobody was promised', () => {
    expect(compare([a], [a, b].map(found)).doubled).toBe(1);
  });

  it('reads its own markers back', () => {
    const { marker, typed } = new Marker('x').next();
    expect(markerIn(typed)).toBe(marker);
  });

  it('adds up every kind of harm', () => {
    const none = { attempts: 1, minimum: 1, lost: 0, doubled: 0, altered: 0 };
    expect(harm(none)).toBe(0);
    expect(harm({ ...none, zeros: { unsent: 2 } })).toBe(2);
  });

  it('takes every position, or some with both ends', () => {
    expect(positions(5, Infinity)).toEqual([0, 1, 2, 3, 4]);
    const some = positions(1_000, 10);
    expect(some[0]).toBe(0);
    expect(some.at(-1)).toBe(999);
    expect(some.length).toBeLessThan(25);
  });
});
