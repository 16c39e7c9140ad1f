/**
 * People and cases of the small county that the check attacks: every role once, some in several
 * states, and cases in every relation to them. Facts only; what follows from them is `relation.ts`.
 */
export const PASSPHRASE = 'authz-only-for-this-run';
export const VILLAGE = '230278200201';
export const SISTER_VILLAGE = '230278200202';
export const TOWNSHIP = '230278200000';
export const OTHER_VILLAGE = '230278201202';
const OTHER_TOWNSHIP = '230278201000';
const COUNTY = '230278000000';
/** Two people of one name: the one who is accused, and whoever bears his name in the county. */
export const NAMESAKE = '同名人';

export interface Person {
  readonly user: string;
  readonly name: string;
  /** A role, or for those without one in force the state of all their grants. */
  readonly role: string;
  readonly state: 'active' | 'revoked' | 'expired' | 'not-yet';
  readonly area: string | null;
  readonly unit: string | null;
  readonly listed: boolean;
}

export const active = (role: string, user: string, rest: Partial<Person> = {}): Person => ({
  ...{ user, role, name: `${user}名`, state: 'active', unit: null, listed: false },
  area: COUNTY,
  ...rest,
});

export const PEOPLE: readonly Person[] = [
  active('A', 'agent', { area: VILLAGE }),
  active('A', 'sister', { area: VILLAGE }),
  active('A', 'faraway', { area: OTHER_VILLAGE }),
  active('T', 'town', { area: TOWNSHIP }),
  active('T', 'othertown', { area: OTHER_TOWNSHIP }),
  active('T', 'townnamed', { area: TOWNSHIP, name: NAMESAKE }),
  active('O1', 'registrar'),
  active('O2', 'reviewer'),
  active('O2', 'reviewernamed', { name: NAMESAKE }),
  active('O3', 'sealeddesk', { listed: true }),
  active('O3', 'notlisted'),
  active('O4', 'supervisor'),
  active('O5', 'director'),
  active('O5', 'directorlisted', { listed: true }),
  active('O5', 'listednamed', { listed: true, name: NAMESAKE }),
  active('D', 'clerk', { area: null, unit: 'SWJ' }),
  active('D', 'otherclerk', { area: null, unit: 'JTJ' }),
  active('D', 'clerknamed', { area: null, unit: 'SWJ', name: NAMESAKE }),
  active('D2', 'head', { area: null, unit: 'SWJ' }),
  active('L', 'leader'),
  active('X', 'auditor'),
  active('ADMIN', 'admin', { area: null }),
  { ...active('all', 'revoked'), state: 'revoked' },
  { ...active('all', 'expired'), state: 'expired' },
  { ...active('all', 'notyet'), state: 'not-yet' },
];

/** Who the accused is: his level, his unit or nothing. */
export type Accused = 'none' | 'VILLAGE' | 'TOWNSHIP' | 'COUNTY' | 'UNKNOWN';

export interface CaseFacts {
  readonly name: string;
  readonly area: string;
  readonly agent: string;
  readonly former: string | null;
  /** The unit it was sent to, if any. */
  readonly unit: string | null;
  readonly leader: string | null;
  readonly sealed: boolean;
  readonly guarded: boolean;
  readonly accused: Accused;
  readonly accusedName: string;
  /** What the agent typed for it, where that is not the name itself. */
  readonly writtenAs: string;
  /** The office answered that it is about 水务局. */
  readonly answered: boolean;
  readonly recused: boolean;
  readonly identityToUnit: boolean;
  /** Nobody asked whether a unit may know: the notice alone stands. */
  readonly byNotice: boolean;
  readonly closed: boolean;
  /** Units beside the first. */
  readonly coUnits?: readonly string[];
  /** So urgent that it is every leader's concern. */
  readonly concern?: boolean;
}

export const facts = (name: string, rest: Partial<CaseFacts> = {}): CaseFacts => ({
  ...{ name, area: VILLAGE, agent: 'agent', former: null, unit: 'SWJ', leader: 'leader' },
  ...{ sealed: false, guarded: false, accused: 'none', accusedName: '', recused: false },
  ...{ writtenAs: '', answered: false, identityToUnit: true, byNotice: false, closed: false },
  ...rest,
});

export const CASES: readonly CaseFacts[] = [
  facts('plain'),
  facts('bysister', { agent: 'sister', unit: null, leader: null }),
  facts('nextvillage', { area: SISTER_VILLAGE, agent: 'sister', unit: null, leader: null }),
  facts('elsewhere', { area: OTHER_VILLAGE, agent: 'faraway', unit: null, leader: null }),
  facts('ownelsewhere', { area: OTHER_VILLAGE }),
  facts('handedover', {
    area: OTHER_VILLAGE,
    agent: 'faraway',
    former: 'agent',
    unit: null,
    leader: null,
  }),
  facts('townasunit', { area: OTHER_VILLAGE, agent: 'faraway', unit: TOWNSHIP, leader: null }),
  facts('bytown', { agent: 'town' }),
  facts('recused', { recused: true }),
  facts('named', {
    accusedName: NAMESAKE,
    writtenAs: `信访局的${[...NAMESAKE].join('\u3000')}主任`,
  }),
  facts('accusedunit', { guarded: true, accused: 'COUNTY' }),
  facts('accusedvillage', { guarded: true, accused: 'VILLAGE' }),
  facts('accusedtown', { guarded: true, accused: 'TOWNSHIP' }),
  facts('accusedunknown', { guarded: true, accused: 'UNKNOWN' }),
  facts('shy', { accused: 'COUNTY', identityToUnit: false }),
  facts('closed', { closed: true }),
  facts('bynotice', { byNotice: true }),
  facts('accusedanswered', { guarded: true, accused: 'COUNTY', answered: true }),
  facts('sealedalike', { sealed: true, accusedName: NAMESAKE, writtenAs: '姓同的科长' }),
  facts('sealed', { sealed: true }),
  facts('sealednamed', { sealed: true, accusedName: NAMESAKE }),
  facts('sealedelsewhere', { sealed: true, area: OTHER_VILLAGE, agent: 'faraway' }),
];

/** Five digits that no two cases of a cast share (a test looks). */
const numbered = (name: string): number =>
  10_000 + [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 89_989, 7);

/** Words that stand in one case and nowhere else, by what may be read of them. */
export const marksOf = ({ name }: CaseFacts) => ({
  words: `原话记号${name}甲`,
  petitioner: `群众${name}乙`,
  idNo: `2302781957031${String(numbered(name))}`,
  followup: `回访记号${name}丙`,
  caseId: `authz-${name}`.padEnd(22, '_').slice(0, 22),
});
