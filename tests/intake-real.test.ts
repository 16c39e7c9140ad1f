import { describe, expect, it } from 'vitest';
import { readCsv } from '../scripts/intake/csv.ts';
import { choose, dice, HARD, type Spoken } from '../scripts/intake/texts.ts';
import { judge } from '../scripts/intake/verdict.ts';

const said = (id: string, typed: string): Spoken => ({ id, typed, wanted: typed });
const [a, b, c] = [said('a', '井水脏'), said('b', '道不平'), said('c', '灯不亮')];
const promised = [a, b, c].map((spoken) => ({ temporaryNumber: `临-${spoken.id}`, spoken }));
const row = (temporaryNumber: string, words: string) => ({ temporaryNumber, words });
const whole = [row('临-a', '井水脏'), row('临-b', '道不平'), row('临-c', '灯不亮')];

describe('the judge of intake-real', () => {
  it('finds nothing where everything arrived once', () => {
    const others = [...whole, row('临-z', '别人的事')];
    expect(judge(promised, others)).toEqual({ received: 3, lost: [], doubled: [], altered: [] });
  });

  it('names what is lost, doubled under either number, and altered by one code point', () => {
    expect(judge(promised, whole.slice(1)).lost).toEqual(['临-a']);
    expect(judge(promised, [...whole, row('临-b', '道不平')]).doubled).toEqual(['临-b']);
    expect(judge(promised, [...whole, row('临-new', '灯不亮')]).doubled).toEqual(['临-new']);
    const altered = [row('临-a', '井水脏。'), ...whole.slice(1)];
    expect(judge(promised, altered).altered).toEqual(['临-a']);
    const composed = [{ temporaryNumber: '临-e', spoken: said('e', 'e\u0301') }];
    expect(judge(composed, [row('临-e', '\u00e9')]).altered).toEqual(['临-e']);
  });

  it('reads quotes, commas and line ends of a CSV as they were written', () => {
    const text = '\ufeff"a","b ""c"", d"\r\n"一\r\n二","\r"\r\n';
    expect(readCsv(text)).toEqual([
      ['a', 'b "c", d'],
      ['一\r\n二', '\r'],
    ]);
  });

  it('chooses the same texts for the same seed, with the shortest and the longest', () => {
    const sorted = Array.from({ length: 90 }, (_, n) => said(String(n), 'x'.repeat(n + 1)));
    const chosen = choose(sorted, 20, dice(7));
    expect(chosen).toEqual(choose(sorted, 20, dice(7)));
    expect(chosen).not.toEqual(choose(sorted, 20, dice(8)));
    expect(new Set(chosen).size).toBe(20);
    expect([chosen[0], chosen.at(-1)]).toEqual([sorted[0], sorted[89]]);
  });

  it('has hard texts of its own, among them what the cleaning changes', () => {
    expect(HARD.length).toBeGreaterThanOrEqual(10);
    expect(HARD.filter((one) => one.typed !== one.wanted).length).toBe(2);
  });
});
