import { describe, expect, it } from 'vitest';
import { waitsForSecond } from './second-word.ts';
import { person } from './testing/ids.ts';
import { fileOf, REGISTERED, type Line } from './testing/story.ts';

const [FIRST, SECOND, THIRD] = ['p-one', 'p-two', 'p-three'];
const SEALED: readonly Line[] = [...REGISTERED, ['case.sealed', {}, { by: 'O', who: FIRST }]];
const said = (who: string, about: string, personId = ''): Line => [
  'case.corrected',
  { field: 'respondent', new: { type: 'PERSON', about, personId }, reason: '问过本人' },
  { by: 'O', who },
];
const aside = (who: string, whom: string): Line => [
  'agent.recused',
  { agent: { personId: person(whom), name: '某' } },
  { by: 'O', who },
];
const waits = (who: string, ...lines: readonly Line[]): boolean =>
  waitsForSecond(fileOf(...SEALED, ...lines), person(who)) !== null;

describe('what waits for a second one of the sealed list', () => {
  it('[UI201] 说的是谁 waits for everybody but who said it, until another says the same', () => {
    const one = said(FIRST, 'PERSON', 'p-x');
    expect([waits(FIRST, one), waits(SECOND, one)]).toEqual([false, true]);
    // Another answer is one person's word again, for the first one to look at.
    const other = said(SECOND, 'NOBODY');
    expect([waits(FIRST, one, other), waits(SECOND, one, other)]).toEqual([true, false]);
    const same = said(SECOND, 'PERSON', 'p-x');
    expect([waits(FIRST, one, same), waits(SECOND, one, same)]).toEqual([false, false]);
  });

  it('[UI201] 回避 of a third waits for the others, and not for him', () => {
    const out = aside(FIRST, THIRD);
    expect([FIRST, SECOND, THIRD].map((who) => waits(who, out))).toEqual([false, true, false]);
    expect(waits(SECOND, out, aside(SECOND, THIRD))).toBe(false);
    // Who stands aside himself needs nobody.
    expect(waits(SECOND, aside(FIRST, FIRST))).toBe(false);
  });

  it('[UI201] a case that is not sealed waits for nobody', () => {
    const file = fileOf(...REGISTERED, said(FIRST, 'NOBODY'), aside(FIRST, THIRD));
    expect(waitsForSecond(file, person(SECOND))).toBeNull();
  });
});
