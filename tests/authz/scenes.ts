/**
 * Persons and cases of the matrix: one person per role, one case per relation, as `can()` sees
 * them. The village lies in the township, the township in the county; the unit is 水务局.
 */
import type { CaseSight } from '../../src/lib/domain/case-sight.ts';
import type { Grant, Role, Subject } from '../../src/lib/domain/grants.ts';
import type { Instant } from '../../src/lib/domain/values.ts';

export const NOW = '2026-07-01T00:00:00Z' as Instant;
const VILLAGE = '230278200201';
const SISTER_VILLAGE = '230278200202';
const TOWNSHIP = '230278200000';
const OTHER_VILLAGE = '230278201202';
const COUNTY = '230278000000';
const FOREIGN_VILLAGE = '230229100001';
const UNIT = 'SWJ';

/** The fourteen of REFERENCE 5; a villager and the system have no account, so no grant. */
export const ALL_ROLES = [
  ...['A', 'T', 'O1', 'O2', 'O3', 'O4', 'O5', 'D', 'D2', 'L', 'X', 'ADMIN', 'V', 'S'],
] as const;

/** From and to of a grant in each state, at `NOW`. */
const TIMES: Readonly<Record<string, readonly [from: string, to: string | null]>> = {
  active: ['2026-01-01T00:00:00Z', null],
  revoked: ['2026-01-01T00:00:00Z', '2026-06-01T08:00:00Z'],
  expired: ['2026-01-01T00:00:00Z', NOW],
  'not-yet': ['2026-07-01T00:00:01Z', null],
};

const AREA: Readonly<Record<string, string>> = { A: VILLAGE, T: TOWNSHIP };

/** The person of a role, by a grant in that state; on the sealed list where the relation says so. */
export function personOf(role: string, state: string, relation: string): Subject {
  const [from, to] = TIMES[state] ?? TIMES['active'] ?? ['', null];
  const unitId = role === 'D' || role === 'D2' ? UNIT : null;
  const area = unitId !== null || role === 'ADMIN' ? null : (AREA[role] ?? COUNTY);
  const grant = { role: role as Role, areaCode: area, unitId, from, to };
  const sealedList = relation.startsWith('sealed-listed');
  const grants = role === 'V' || role === 'S' ? [] : [{ ...grant, sealedList } as Grant];
  return { personId: `person-${role}` as Subject['personId'], name: `${role}某`, grants };
}

const nobody = { name: '', level: 'NONE', areaCode: VILLAGE, unitId: '' };
const byVillage = { name: '村主任', level: 'VILLAGE', areaCode: VILLAGE, unitId: '' };
const byTown = { name: '乡政府', level: 'TOWNSHIP', areaCode: TOWNSHIP, unitId: TOWNSHIP };
const byUnit = { name: '水务局', level: 'COUNTY', areaCode: VILLAGE, unitId: UNIT };
/** As an agent writes it: no unit of the list, no level. */
const byWords = { name: '县水利局的人', level: 'NONE', areaCode: VILLAGE, unitId: '' };
const nobodyKnown = { name: '', level: 'UNKNOWN', areaCode: VILLAGE, unitId: '' };

type Rest = Readonly<Record<string, unknown>>;

/** The person's own case; every relation below says in what it differs. */
const ownCase = (me: string): Rest => ({
  caseId: 'case-of-the-matrix',
  status: 'ACCEPTED',
  areaCode: VILLAGE,
  agentIds: [me],
  formerAgentIds: [me],
  recusedIds: [],
  unitIds: [UNIT],
  sealed: false,
  guarded: false,
  respondent: nobody,
  identityToUnit: true,
  leaderId: me,
  leaderConcern: false,
});
const foreign = {
  agentIds: ['somebody'],
  formerAgentIds: ['somebody'],
  unitIds: [],
  leaderId: null,
};
const shy = { identityToUnit: false };

const spaced = (name: string): string => [...name].join('\u3000');

const RELATIONS: Readonly<Record<string, (me: Subject) => Rest | null>> = {
  own: () => ({}),
  'own-elsewhere': () => ({ areaCode: OTHER_VILLAGE }),
  'same-area': () => foreign,
  'same-township': () => ({ ...foreign, areaCode: SISTER_VILLAGE }),
  'other-area': () => ({ ...foreign, areaCode: OTHER_VILLAGE }),
  'foreign-county': () => ({ ...foreign, areaCode: FOREIGN_VILLAGE }),
  former: (me) => ({ ...foreign, areaCode: OTHER_VILLAGE, formerAgentIds: [me.personId] }),
  'as-unit': () => ({ ...foreign, areaCode: OTHER_VILLAGE, unitIds: [UNIT, TOWNSHIP] }),
  'as-unit-shy': () => ({
    ...{ ...foreign, ...shy, areaCode: OTHER_VILLAGE, unitIds: [UNIT, TOWNSHIP] },
  }),
  charge: () => ({ ...foreign, leaderConcern: true }),
  recused: (me) => ({ recusedIds: [me.personId] }),
  named: (me) => ({ respondent: { ...nobody, name: me.name } }),
  'named-written': (me) => ({ respondent: { ...nobody, name: `信访局的${spaced(me.name)}主任` } }),
  'accused-county-words': () => ({ guarded: true, respondent: byWords }),
  'accused-county': () => ({ guarded: true, respondent: byUnit }),
  'accused-village': () => ({ guarded: true, respondent: byVillage }),
  'accused-township': () => ({ guarded: true, respondent: byTown }),
  'accused-unknown': () => ({ guarded: true, respondent: nobodyKnown }),
  complained: () => ({ ...shy, respondent: byUnit }),
  'complained-words': () => ({ ...shy, respondent: byWords }),
  'complained-township': () => ({ ...shy, unitIds: [UNIT, TOWNSHIP], respondent: byTown }),
  closed: () => ({ status: 'CLOSED' }),
  sealed: () => ({ sealed: true }),
  'sealed-listed': () => ({ sealed: true }),
  'sealed-listed-named': (me) => ({ sealed: true, respondent: { ...nobody, name: me.name } }),
  'sealed-listed-alike': (me) => ({
    sealed: true,
    respondent: { ...nobody, name: `${me.name.slice(0, 1)}科长` },
  }),
  'sealed-listed-foreign': () => ({ ...foreign, sealed: true, areaCode: FOREIGN_VILLAGE }),
  new: () => ({ ...foreign, status: 'NONE', areaCode: OTHER_VILLAGE, agentIds: [] }),
  'area-own': () => null,
  'area-foreign': () => null,
  nothing: () => null,
};

export const ALL_RELATIONS = Object.keys(RELATIONS);

/** What the action is about, in that relation to the person. */
export function objectOf(me: Subject, relation: string): CaseSight | { areaCode: string } | null {
  if (relation === 'nothing') return null;
  if (relation === 'area-own') return { areaCode: VILLAGE };
  if (relation === 'area-foreign') return { areaCode: FOREIGN_VILLAGE };
  const rest = RELATIONS[relation];
  if (!rest) throw new Error(`no such relation: ${relation}`);
  return { ...ownCase(me.personId), ...rest(me) } as unknown as CaseSight;
}
