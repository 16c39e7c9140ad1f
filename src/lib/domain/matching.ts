/**
 * 重复、越级、集体: proposals only. The machine proposes, a person decides and says why
 * (REFERENCE 6.4). No proposal is ever a reason to refuse, to delay or to punish.
 */
import { daysBetween, toLocalDate } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import type { Channel } from './case.ts';
import { plainText, textSimilarity } from './similarity.ts';
import { OPEN, type FileStatus } from './status.ts';
import type { AreaCode, CaseId, Instant, LocalDate } from './values.ts';

/** 当事人 as far as matching needs him. Equality of ID numbers goes by the county's HMAC alone. */
export interface MatchPerson {
  readonly idHash: string | null;
  readonly name: string | null;
  readonly birthYear: number | null;
  readonly phone: string | null;
  readonly villageCode: AreaCode | null;
  readonly householdId: string | null;
}

/** 事项 as far as matching needs it. */
export interface MatchCase {
  readonly caseId: CaseId;
  readonly status: FileStatus;
  readonly channel: Channel;
  readonly takenAt: Instant | null;
  readonly xfDate: LocalDate | null;
  readonly registeredAt: Instant | null;
  readonly persons: readonly MatchPerson[];
  readonly categoryL2: string | null;
  readonly areaCode: AreaCode | null;
  readonly groupName: string | null;
  readonly respondent: string | null;
  /** Facts and claims together. */
  readonly text: string;
}

/** Weights in hundredths, so that sums compare exactly. */
const PERSON = { sameId: 100, name: 40, village: 20, birth: 20, phone: 30, household: 30 } as const;
const MATTER = { category: 30, village: 20, group: 30, respondent: 20, text: 40 } as const;
const SAME_FROM = 80;
const MAYBE_FROM = 50;
const STRONG_FROM = 60;
const RESPONDENT_SIMILAR_FROM = 0.6;
const DUPLICATE_DAYS = 7;
const REPEAT_MONTHS = 24;

/** How far two records speak of one person: score in hundredths and what it means. */
export interface PersonMatch {
  readonly score: number;
  readonly verdict: 'same' | 'maybe' | 'other';
  readonly by: readonly (keyof typeof PERSON)[];
}

const verdictOf = (score: number): PersonMatch['verdict'] =>
  score >= SAME_FROM ? 'same' : score >= MAYBE_FROM ? 'maybe' : 'other';

const equal = <T>(a: T | null, b: T | null): boolean => a !== null && a === b;

/**
 * 人员比对 of two persons. Two different sound ID numbers never make one person, whatever else
 * agrees: father and son of one name share a village and a telephone.
 */
export function matchPerson(a: MatchPerson, b: MatchPerson): PersonMatch {
  if (equal(a.idHash, b.idHash)) return { score: PERSON.sameId, verdict: 'same', by: ['sameId'] };
  const by: (keyof typeof PERSON)[] = [];
  if (a.name !== null && b.name !== null && plainText(a.name) === plainText(b.name))
    by.push('name');
  if (equal(a.villageCode, b.villageCode)) by.push('village');
  if (a.birthYear !== null && b.birthYear !== null && Math.abs(a.birthYear - b.birthYear) <= 1) {
    by.push('birth');
  }
  if (equal(a.phone, b.phone)) by.push('phone');
  if (equal(a.householdId, b.householdId)) by.push('household');
  const sum = Math.min(
    PERSON.sameId,
    by.reduce((total, key) => total + PERSON[key], 0),
  );
  const differ = a.idHash !== null && b.idHash !== null;
  const score = differ ? Math.min(sum, SAME_FROM - 1) : sum;
  return { score, verdict: verdictOf(score), by };
}

/** The best agreement between any two persons of two cases. */
export function matchPersons(
  left: readonly MatchPerson[],
  right: readonly MatchPerson[],
): PersonMatch {
  let best: PersonMatch = { score: 0, verdict: 'other', by: [] };
  for (const a of left) {
    for (const b of right) {
      const found = matchPerson(a, b);
      if (found.score > best.score) best = found;
    }
  }
  return best;
}

/** How far two cases speak of one matter. */
export interface MatterMatch {
  readonly score: number;
  readonly strong: boolean;
  /** Cosine of character pairs, 0 to 1. */
  readonly textSimilarity: number;
  readonly by: readonly ('category' | 'village' | 'group' | 'respondent' | 'text')[];
}

function respondentsSimilar(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  const [left, right] = [plainText(a), plainText(b)];
  if (left.length < 2 || right.length < 2) return false;
  return (
    left.includes(right) || right.includes(left) || textSimilarity(a, b) >= RESPONDENT_SIMILAR_FROM
  );
}

/** 事项比对: category, place, respondent and words. */
export function matchMatter(a: MatchCase, b: MatchCase): MatterMatch {
  const by: MatterMatch['by'][number][] = [];
  if (equal(a.categoryL2, b.categoryL2)) by.push('category');
  if (equal(a.areaCode, b.areaCode)) by.push(equal(a.groupName, b.groupName) ? 'group' : 'village');
  if (respondentsSimilar(a.respondent, b.respondent)) by.push('respondent');
  const similarity = textSimilarity(a.text, b.text);
  const words = Math.round(similarity * MATTER.text);
  const score = by.reduce((total, key) => total + MATTER[key], words);
  if (similarity >= RESPONDENT_SIMILAR_FROM) by.push('text');
  return { score, strong: score >= STRONG_FROM, textSimilarity: similarity, by };
}

/**
 * What is proposed. `duplicate`: merge. `repeat`: register, link, not counted as first.
 * `in_handling` (条例 art. 19(3)): tell the date, add as supplement. `finished` (art. 36(3)): 不再受理.
 */
export type ProposalKind = 'duplicate' | 'repeat' | 'in_handling' | 'finished';

/** 比对建议: why this earlier case is shown beside the new one. */
export interface Proposal {
  readonly caseId: CaseId;
  readonly kinds: readonly ProposalKind[];
  readonly person: PersonMatch;
  readonly matter: MatterMatch;
}

function isWithinMonths(earlier: LocalDate, later: LocalDate, months: number): boolean {
  const count = (date: LocalDate) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const apart = count(later) - count(earlier);
  return apart < months || (apart === months && later.slice(8) <= earlier.slice(8));
}

const dayOf = (matter: MatchCase): LocalDate | null =>
  matter.takenAt === null ? matter.xfDate : toLocalDate(matter.takenAt);

function kindsOf(fresh: MatchCase, known: MatchCase, person: PersonMatch): ProposalKind[] {
  const kinds: ProposalKind[] = [];
  const [freshDay, knownDay] = [dayOf(fresh), dayOf(known)];
  const near =
    freshDay !== null &&
    knownDay !== null &&
    Math.abs(daysBetween(knownDay, freshDay)) <= DUPLICATE_DAYS;
  const otherDoor = known.channel !== fresh.channel && equal(known.xfDate, fresh.xfDate);
  if (near || otherDoor) kinds.push('duplicate');
  if (person.verdict !== 'same') return kinds;
  const earlier = freshDay === null || knownDay === null || knownDay <= freshDay;
  if (!earlier || known.registeredAt === null) return kinds;
  const registeredOn = toLocalDate(known.registeredAt);
  if (known.status === 'TERMINATED') kinds.push('finished');
  if (OPEN.includes(known.status)) kinds.push('in_handling');
  if (freshDay !== null && isWithinMonths(registeredOn, freshDay, REPEAT_MONTHS)) {
    kinds.push('repeat');
  }
  return kinds;
}

const NOT_COMPARED: readonly FileStatus[] = ['NONE', 'DRAFT', 'VOIDED', 'MERGED'];

/** 重复件建议 for a new case among those the looker may see, best first. */
export function proposeMatches(fresh: MatchCase, known: Iterable<MatchCase>): Proposal[] {
  const proposals: Proposal[] = [];
  for (const other of known) {
    if (other.caseId === fresh.caseId || NOT_COMPARED.includes(other.status)) continue;
    const person = matchPersons(fresh.persons, other.persons);
    if (person.verdict === 'other') continue;
    const matter = matchMatter(fresh, other);
    if (!matter.strong) continue;
    const kinds = kindsOf(fresh, other, person);
    if (kinds.length > 0) proposals.push({ caseId: other.caseId, kinds, person, matter });
  }
  return proposals.sort(
    (a, b) => b.person.score + b.matter.score - a.person.score - a.matter.score,
  );
}

/** Levels of bodies, lowest first. */
export const BODY_LEVELS = ['VILLAGE', 'TOWNSHIP', 'COUNTY', 'CITY', 'PROVINCE', 'STATE'] as const;
/** 层级. */
export type BodyLevel = (typeof BODY_LEVELS)[number];

/** 越级走访 (条例 art. 20): a visit above "this level or one level up"; only visits, only a flag. */
export function isSkipLevel(visit: {
  readonly channel: Channel;
  readonly visited: BodyLevel;
  readonly competent: BodyLevel;
}): boolean {
  const above = BODY_LEVELS.indexOf(visit.visited) - BODY_LEVELS.indexOf(visit.competent);
  return visit.channel === 'LF' && above > 1;
}

const GROUP_FROM = 5;
const JOINT_FROM = 2;

/** 集体访 (five or more visiting) and 联名 (two or more signers). */
export function groupMarks(about: {
  readonly channel: Channel;
  readonly present: number;
  readonly signers: number;
}): { readonly group: boolean; readonly joint: boolean } {
  return {
    group: about.channel === 'LF' && about.present >= GROUP_FROM,
    joint: about.signers >= JOINT_FROM,
  };
}

/** What matching needs of a case file; ID hashes come from the county, by petitioner position. */
export function matchCaseOf(
  file: CaseFile,
  idHashes: readonly (string | null)[] = [],
  householdId: string | null = null,
): MatchCase {
  const { head } = file;
  const claims = (head.claims ?? []).map((claim) => claim.text);
  const facts = file.dictations.map((piece) => piece.tidy ?? piece.verbatim ?? '');
  return {
    caseId: file.caseId,
    status: file.status,
    channel: head.channel,
    takenAt: file.moments.takenAt,
    xfDate: head.xfDate,
    registeredAt: file.moments.registeredAt,
    persons: file.petitioners.map((person, i) => ({
      idHash: idHashes[i] ?? null,
      name: person.name ?? null,
      birthYear: person.birthDate === undefined ? null : Number(person.birthDate.slice(0, 4)),
      phone: person.phone ?? null,
      villageCode: person.addressCode ?? null,
      householdId,
    })),
    categoryL2: head.categoryL2 ?? null,
    areaCode: head.areaCode,
    groupName: head.groupName ?? null,
    respondent: head.respondent?.name ?? null,
    text: [head.summary ?? '', ...facts, ...claims].join('\n'),
  };
}
