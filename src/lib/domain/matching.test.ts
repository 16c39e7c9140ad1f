import { describe, expect, it } from 'vitest';
import {
  groupMarks,
  isSkipLevel,
  matchCaseOf,
  matchMatter,
  matchPerson,
  proposeMatches,
  type MatchCase,
  type MatchPerson,
} from './matching.ts';
import { foldCase } from './evolve.ts';
import { sampleCountyEvents } from './samples/adapter.ts';
import { sampleCaseId } from './samples/sample-ids.ts';
import { textSimilarity } from './similarity.ts';
import { assert, type AreaCode, type CaseId, type Instant, type LocalDate } from './values.ts';

const person = (more: Partial<MatchPerson> = {}): MatchPerson => ({
  idHash: null,
  name: '周桂芹',
  birthYear: 1957,
  phone: null,
  villageCode: '230278200201' as AreaCode,
  householdId: null,
  ...more,
});
const TEXT = '东院的牛粪堆在两家当间儿，离井七八步，一下雨黄汤子往这边淌，苍蝇蚊子多';
const matter = (id: string, more: Partial<MatchCase> = {}): MatchCase => ({
  caseId: id as CaseId,
  status: 'CLOSED',
  channel: 'DL',
  takenAt: '2026-06-08T01:30:00Z' as Instant,
  xfDate: '2026-06-08' as LocalDate,
  registeredAt: '2026-06-09T01:30:00Z' as Instant,
  persons: [person({ idHash: 'h' })],
  categoryL2: 'NY06',
  areaCode: '230278200201' as AreaCode,
  groupName: '三屯',
  respondent: '东邻养牛户',
  text: TEXT,
  ...more,
});
const later = (id: string, at: string, more: Partial<MatchCase> = {}) =>
  matter(id, { takenAt: at as Instant, xfDate: at.slice(0, 10) as LocalDate, ...more });

describe('persons', () => {
  it('[ID8] adds up name, village, birth year, telephone and household', () => {
    expect(matchPerson(person({ idHash: 'a' }), person({ idHash: 'a', name: '别名' }))).toEqual({
      score: 100,
      verdict: 'same',
      by: ['sameId'],
    });
    expect(matchPerson(person(), person({ birthYear: 1958 }))).toMatchObject({
      score: 80,
      verdict: 'same',
    });
    expect(matchPerson(person(), person({ birthYear: 1960 }))).toMatchObject({
      score: 60,
      verdict: 'maybe',
    });
    expect(matchPerson(person(), person({ birthYear: null, villageCode: null }))).toMatchObject({
      score: 40,
      verdict: 'other',
    });
    expect(
      matchPerson(
        person({ phone: '1', householdId: 'x' }),
        person({ phone: '1', householdId: 'x' }),
      ).score,
    ).toBe(100);
  });

  it('[ID8] two different sound ID numbers never make one person', () => {
    const both = { phone: '13904521234', householdId: 'x' };
    expect(
      matchPerson(person({ idHash: 'a', ...both }), person({ idHash: 'b', ...both })).verdict,
    ).toBe('maybe');
  });

  it('[ID8] nothing known is nothing in common', () => {
    const nobody = person({ name: null, birthYear: null, villageCode: null });
    expect(matchPerson(nobody, nobody)).toMatchObject({ score: 0, verdict: 'other' });
  });
});

describe('matters', () => {
  it('[ID9] weighs category, place, respondent and words', () => {
    expect(matchMatter(matter('a'), matter('b'))).toMatchObject({ score: 120, strong: true });
    const elsewhere = matter('b', {
      areaCode: '230278101203' as AreaCode,
      categoryL2: 'JT01',
      respondent: null,
    });
    expect(matchMatter(matter('a'), elsewhere)).toMatchObject({ score: 40, strong: false });
    expect(textSimilarity(TEXT, TEXT)).toBeCloseTo(1);
    expect(textSimilarity(TEXT, '进屯路翻浆，车进不来')).toBeLessThan(0.1);
    expect(textSimilarity('', '')).toBe(0);
  });
});

describe('proposals', () => {
  it('[ID9] same person and matter within seven days: a duplicate; later: a repeat', () => {
    const [near] = proposeMatches(later('b', '2026-06-14T02:00:00Z'), [matter('a')]);
    expect(near?.kinds).toEqual(['duplicate', 'repeat']);
    const [far] = proposeMatches(later('b', '2026-09-14T02:00:00Z'), [matter('a')]);
    expect(far?.kinds).toEqual(['repeat']);
    expect(proposeMatches(later('b', '2028-06-10T02:00:00Z'), [matter('a')])).toEqual([]);
    const [edge] = proposeMatches(later('b', '2028-06-09T02:00:00Z'), [matter('a')]);
    expect(edge?.kinds).toEqual(['repeat']);
  });

  it('[ID9] still in handling, and finished for good', () => {
    const fresh = later('b', '2026-09-14T02:00:00Z');
    const kinds = (status: MatchCase['status']) =>
      proposeMatches(fresh, [matter('a', { status })])[0]?.kinds;
    expect(kinds('ACCEPTED')).toEqual(['in_handling', 'repeat']);
    expect(kinds('TERMINATED')).toEqual(['finished', 'repeat']);
    expect(kinds('VOIDED')).toBeUndefined();
  });

  it('[ID9] the same day through another door is a duplicate', () => {
    const [found] = proposeMatches(matter('b', { channel: 'LD', takenAt: null }), [matter('a')]);
    expect(found?.kinds).toContain('duplicate');
  });

  it('[ID9] another person or another matter proposes nothing', () => {
    const other = later('b', '2026-06-10T02:00:00Z', {
      persons: [person({ name: '刘振海', birthYear: 1963 })],
    });
    expect(proposeMatches(other, [matter('a')])).toEqual([]);
    const road = later('b', '2026-06-10T02:00:00Z', {
      categoryL2: 'JT01',
      respondent: '县交通局',
      text: '进屯路翻浆，车进不来',
    });
    expect(proposeMatches(road, [matter('a')])).toEqual([]);
  });

  it('[ID9] finds the couple of the samples (S14, S15) through their household, and no others', () => {
    const county = sampleCountyEvents();
    const household = new Map([
      [sampleCaseId('S14'), 'house'],
      [sampleCaseId('S15'), 'house'],
    ]);
    const files = county.cases.map(({ caseId, salt, events }) => {
      const bodies = events.flatMap(({ event }) => event ?? []);
      // As it stood when the second case came in: before the merging.
      const known = bodies.filter(({ type }) => type !== 'case.merged');
      return matchCaseOf(foldCase(known, salt), [], household.get(caseId) ?? null);
    });
    const child = files.find(({ caseId }) => caseId === sampleCaseId('S14'));
    assert(child, 'S14 is there');
    const found = proposeMatches(child, files);
    expect(found.map(({ caseId }) => caseId)).toEqual([sampleCaseId('S15')]);
    expect(found[0]?.kinds).toEqual(['duplicate']);
  });
});

describe('marks', () => {
  it('[ID10] skip-level only for visits, two levels or more above', () => {
    const visit = { channel: 'LF', competent: 'COUNTY' } as const;
    expect(isSkipLevel({ ...visit, visited: 'CITY' })).toBe(false);
    expect(isSkipLevel({ ...visit, visited: 'PROVINCE' })).toBe(true);
    expect(isSkipLevel({ ...visit, visited: 'STATE', channel: 'LX' })).toBe(false);
  });

  it('[ID10] a group is five visiting, a joint petition two signing', () => {
    expect(groupMarks({ channel: 'LF', present: 5, signers: 1 })).toEqual({
      group: true,
      joint: false,
    });
    expect(groupMarks({ channel: 'LF', present: 4, signers: 2 })).toEqual({
      group: false,
      joint: true,
    });
    expect(groupMarks({ channel: 'DL', present: 32, signers: 32 }).group).toBe(false);
  });
});
