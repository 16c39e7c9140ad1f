import { describe, expect, it } from 'vitest';
import type { CaseFile } from './case-file.ts';
import { flagsOf } from './flags.ts';
import { choiceOf, choicePayload, isChoice, openChoices, type Keep } from './intake-choice.ts';
import { offer, rules } from './testing/offer.ts';
import { EXAMPLES, fileOf, REGISTERED, SUBMITTED } from './testing/story.ts';
import { isOnSlip, slipOf } from './villager.ts';

const { head, petitioners, receipt } = EXAMPLES['case.taken'];
const [person] = petitioners;
const SECOND = {
  head: { ...head, placeText: '西头井沿', legalNote: '前年找过乡里', representatives: ['周桂芹'] },
  petitioners: [{ ...person!, phoneType: 'NEIGHBOUR' as const, phone: '13900000000' }],
  receipt,
};

/** The second device's 接单 arrives at a case that has one. */
function taken(lines = SUBMITTED) {
  return offer(fileOf(...lines), ['case.taken', SECOND, { id: 'again' }]);
}

const keep =
  (kept: Readonly<Record<string, Keep>>) =>
  (field: string): Keep =>
    kept[field] ?? 'FIRST';

function choose(file: CaseFile, kept: Readonly<Record<string, Keep>>) {
  const [conflict] = openChoices(file);
  const payload = choicePayload(conflict!, keep(kept));
  // The example's own words and changes are no part of a choice.
  return offer(file, ['case.supplemented', { text: undefined, changes: undefined, ...payload }]);
}

describe('two versions of one intake', () => {
  it('[K06] the second 接单 changes nothing; what it says otherwise waits for the agent', () => {
    const { verdict, file } = taken();
    expect(rules(verdict)).toContain('K06');
    expect(file.head.placeText).toBe(head.placeText);
    expect(file.takings).toHaveLength(2);
    const [conflict] = openChoices(file);
    const { changes = [], events } = conflict!.detected.payload;
    expect(changes).toContainEqual({
      ...{ field: 'placeText', from: head.placeText ?? null, to: '西头井沿' },
    });
    expect(changes.map(({ field }) => field)).toContain('petitioners.0.phone');
    expect(events).toEqual(file.takings.map(({ mark }) => mark.eventId));
    expect(flagsOf(file).conflictOpen).toBe(true);
    const same = offer(fileOf(...SUBMITTED), ['case.taken', {}, { id: 'same' }]);
    expect(rules(same.verdict)).not.toContain('K06');
  });

  it('[K06] the agent keeps one, the other or both; neither version leaves the log', () => {
    const { file } = taken();
    const kept: Record<string, Keep> = { placeText: 'SECOND', representatives: 'BOTH' };
    const { file: chosen } = choose(file, kept);
    expect(chosen.head.placeText).toBe('西头井沿');
    expect(chosen.head.legalNote).toBe(head.legalNote);
    expect(chosen.petitioners[0]?.phone).toBe(person?.phone);
    expect(chosen.head.representatives).toEqual([
      ...new Set([...(head.representatives ?? []), '周桂芹']),
    ]);
    expect(openChoices(chosen)).toEqual([]);
    expect(flagsOf(chosen).conflictOpen).toBe(false);
    expect(choiceOf(chosen, chosen.conflicts.at(-1)!)).toContainEqual({
      ...{ field: 'placeText', keep: 'SECOND' },
    });
    expect(chosen.takings.map(({ payload }) => payload.head.placeText)).toEqual([
      head.placeText,
      '西头井沿',
    ]);
    expect(chosen.corrections.map(({ field, old }) => [field, old])).toContainEqual([
      'placeText',
      head.placeText ?? null,
    ]);
  });

  it('[ST80] a person who stands in the second version alone is added whole, once, when the agent answers', () => {
    const other = { ...person!, name: '周桂芹', phone: '13945678902', role: 'MEMBER' as const };
    const second = { ...EXAMPLES['case.taken'], petitioners: [person!, other] };
    const { file } = offer(fileOf(...SUBMITTED), ['case.taken', second, { id: 'other-tablet' }]);
    expect(file.petitioners).toHaveLength(1);
    // Her slip is out: she may ask before anybody has chosen.
    const asks = { code: '482135709648', name: '周桂芹' };
    expect(isOnSlip(asks, slipOf(file, [asks.code]))).toBe(true);
    const { file: chosen } = choose(file, {});
    expect(chosen.petitioners).toHaveLength(1);
    const [conflict] = openChoices(file);
    const answer = (to: CaseFile, id: string, change: object = {}) =>
      offer(to, [
        'case.supplemented',
        {
          text: undefined,
          changes: undefined,
          ...choicePayload(conflict!, () => 'BOTH'),
          ...change,
        },
        { id },
      ]).file;
    const both = answer(file, 'one');
    expect(both.petitioners).toEqual([person, other]);
    expect(both.corrections.map(({ field, old }) => [field, old])).toContainEqual([
      ...['petitioners.1.name', null],
    ]);
    expect(answer(both, 'again').petitioners).toEqual([person, other]);
    // Half a person is no petitioner: the office sees what was said of him.
    const { changes = [] } = choicePayload(conflict!, () => 'BOTH');
    const half = changes.filter(({ field }) => field.endsWith('.name'));
    const proposed = answer(file, 'half', { changes: half });
    expect(proposed.petitioners).toEqual([person]);
    expect(proposed.supplements.at(-1)).toMatchObject({ proposal: 'OPEN' });
  });

  it('[K06] chosen on two tablets that knew nothing of one another: the fields say the last choice', () => {
    const { file } = taken();
    const conflict = openChoices(file)[0]!;
    const answer = (to: CaseFile, kept: Keep, id: string) => {
      const payload = choicePayload(conflict, () => kept);
      return offer(to, [
        'case.supplemented',
        { text: undefined, changes: undefined, ...payload },
        { id },
      ]);
    };
    const kept = ['FIRST', 'SECOND', 'BOTH'] as const;
    const values = { FIRST: head.placeText, SECOND: '西头井沿', BOTH: head.placeText };
    for (const one of kept)
      for (const other of kept) {
        const first = answer(file, one, 'one').file;
        const last = answer(first, other, 'two').file;
        expect([one, other, last.head.placeText]).toEqual([one, other, values[other]]);
        const type = other === 'SECOND' ? 'NEIGHBOUR' : person?.phoneType;
        expect(last.petitioners[0]?.phoneType).toBe(type);
        expect(choiceOf(last, conflict)?.find(({ field }) => field === 'placeText')?.keep).toBe(
          other,
        );
        // A third flip goes the same way, and what was corrected since is nobody's to take back.
        expect(answer(last, one, 'three').file.head.placeText).toBe(values[one]);
      }
    const moved = answer(file, 'SECOND', 'one').file;
    const changes = [{ field: 'placeText', from: '西头井沿', to: '南头' }];
    const since = offer(moved, [
      'case.supplemented',
      { text: undefined, changes },
      { id: 'since' },
    ]);
    expect(answer(since.file, 'FIRST', 'two').file.head.placeText).toBe('南头');
    const none = { ...moved, numbers: { ...moved.numbers, caseNo: 'N' } } as CaseFile;
    const late = answer(none, 'FIRST', 'two');
    expect([late.file.head.placeText, late.file.supplements.at(-1)?.proposal]).toEqual([
      ...['西头井沿', 'OPEN'],
    ]);
    expect(rules(late.verdict)).toContain('K01');
  });

  it('[K06] both of two texts leaves the first in its field and the other beside it', () => {
    const { file } = choose(taken().file, { placeText: 'BOTH' });
    expect(file.head.placeText).toBe(head.placeText);
    expect(JSON.stringify(file.conflicts)).toContain('西头井沿');
    expect(isChoice({ field: 'placeText', from: '东头', to: '西头' })).toBe(true);
    expect(isChoice({ field: 'placeText', from: null, to: '西头' })).toBe(false);
    expect(isChoice({ field: 'claims', from: [{ text: '甲' }], to: [{ text: '乙' }] })).toBe(true);
  });

  it('[K06] after registration the choice is a proposal: the office decides on it', () => {
    const { file } = choose(taken(REGISTERED).file, { placeText: 'SECOND' });
    expect(file.head.placeText).toBe(head.placeText);
    expect(file.supplements.at(-1)?.proposal).toBe('OPEN');
    expect(file.conflicts.map(({ detected }) => detected.payload.rule)).toContain('K01');
    expect(openChoices(file)).toEqual([]);
  });

  it('[K06] what the second handing-in says otherwise is asked of the agent, not of the office', () => {
    const claims = [{ text: '另一台上说的要求' }];
    const { file: twice } = taken();
    const again = offer(twice, ['case.submitted', { head: { claims } }, { id: 'handed' }]);
    expect(rules(again.verdict)).toContain('K06');
    expect(rules(again.verdict)).not.toContain('K01');
    expect(openChoices(again.file)).toHaveLength(2);
    const conflict = openChoices(again.file)[1]!;
    const payload = choicePayload(conflict, () => 'SECOND');
    const line = { text: undefined, changes: undefined, ...payload };
    const { file } = offer(again.file, ['case.supplemented', line]);
    expect(file.head.claims).toEqual(claims);
    expect(file.supplements.map(({ proposal }) => proposal)).toEqual(['ADOPTED', 'APPLIED']);
  });
});
