import type { CaseFile } from '../../domain/case-file.ts';
import { mergePlan } from '../../domain/conflict-cases.ts';
import type { EventType } from '../../domain/events.ts';
import {
  type CaseSight,
  isOutsideGrant,
  type Role,
  type Subject,
} from '../../domain/permissions.ts';
import { OFFICE_ACTS } from '../../domain/role-acts.ts';
import type { Instant } from '../../domain/values.ts';
import { type ActContext, type NamedPerson, PERSON_GROUPS, type PersonGroup } from './acts/spec.ts';
import { handlingOf } from './acts/facts.ts';
import type { Colleague, DeskDeps } from './deps.ts';
import { areaName, unitName } from './names.ts';
import { listTitle, numberOf, titleOf } from './row.ts';
import { type SeenCase, seenCases, unitsOfPerson } from './see.ts';

/** Cases a merge may name; more than this and one searches by number in the ledger first. */
const MASTERS_MAX = 50;

const MERGEABLE = ['SUBMITTED', 'FIELD_RESOLVED', 'REGISTERED', 'TRANSFERRED', 'ACCEPTED'];

const OFFICE: Readonly<Partial<Record<Role, ReadonlySet<EventType>>>> = OFFICE_ACTS;
const mayVoid = (role: Role): boolean => OFFICE[role]?.has('case.voided') ?? false;

const named = (list: readonly Colleague[]) =>
  list.map((one) => ({ value: one.personId as string, word: one.name }));

const GROUPS: Readonly<Record<Role, PersonGroup>> = {
  ...{ O1: 'office', O2: 'office', O3: 'office', O4: 'office', O5: 'office' },
  ...{ A: 'agents', T: 'townships', D: 'units', D2: 'units' },
  ...{ L: 'others', X: 'others', ADMIN: 'others' },
};

/** Where somebody stands in the lists of 说的是谁 and 回避. */
function groupOf({ personId, roles, grants }: Colleague, sight: CaseSight): PersonGroup {
  const groups = roles.map((role) => GROUPS[role]);
  if (groups.includes('office')) return 'office';
  const units = grants.flatMap(
    (one) => one.unitId ?? (one.role === 'T' ? one.areaCode : null) ?? [],
  );
  const has = sight.agentIds.includes(personId) || units.some((u) => sight.unitIds.includes(u));
  return has ? 'case' : (groups[0] ?? 'others');
}

/** The office first, who has the case next, then the rest; each group by name as it is spoken. */
const byGroup = (a: NamedPerson, b: NamedPerson): number =>
  PERSON_GROUPS.indexOf(a.group) - PERSON_GROUPS.indexOf(b.group) ||
  a.name.localeCompare(b.name, 'zh-CN');

/** A person as 说的是谁 and 回避 choose him, with what tells namesakes apart. */
function personWithUnit(colleague: Colleague, sight: CaseSight): NamedPerson {
  const { personId, name, grants } = colleague;
  const grant = grants.find((one) => one.unitId !== null || one.role === 'T') ?? grants[0];
  const unitId = grant?.unitId ?? (grant?.role === 'T' ? grant.areaCode : null) ?? null;
  const group = groupOf(colleague, sight);
  const where = unitId === null ? areaName(grant?.areaCode ?? '') : unitName(unitId);
  // The group says it of the office; an account may carry its unit in its name.
  const isSaid = where === '' || group === 'office' || name.includes(where);
  return { value: personId, name, word: isSaid ? name : `${name}（${where}）`, unitId, group };
}

/** Agents to give a case to: first those whose villages have its place. */
function agentsFor(area: string | null, people: readonly Colleague[], now: Instant) {
  const outside = (one: Colleague) => Number(area !== null && isOutsideGrant(one, area, now));
  return people
    .filter(({ roles }) => roles.includes('A'))
    .toSorted((a, b) => outside(a) - outside(b));
}

/** Everything the acts of one case may look at. */
export async function actContext(
  deps: DeskDeps,
  person: Subject,
  seen: SeenCase,
): Promise<ActContext> {
  const { file } = seen.record;
  const units = unitsOfPerson(deps, person);
  const people = await deps.colleagues();
  const others = people.filter((one) => one.personId !== person.personId);
  const cases = MERGEABLE.includes(file.status) ? await seenCases(deps, person) : [];
  const masters = cases
    .filter(({ record }) => record.caseId !== file.caseId && MERGEABLE.includes(record.file.status))
    .sort((a, b) => near(file.head.areaCode, b) - near(file.head.areaCode, a))
    .slice(0, MASTERS_MAX)
    .map((one) => ({ value: one.record.caseId as string, word: masterWord(file, one) }));
  return {
    file,
    now: deps.now(),
    unitId: units.find((unit) => handlingOf(file, unit) !== null) ?? units[0] ?? null,
    personName: person.name,
    personId: person.personId,
    people: people.map((one) => personWithUnit(one, seen.sight)).sort(byGroup),
    masters,
    agents: named(agentsFor(file.head.areaCode, others, deps.now())),
    leaders: named(people.filter((one) => one.roles.includes('L'))),
    voiders: named(others.filter((one) => one.roles.some(mayVoid))),
  };
}

/** When it was taken, for one that has no number yet: `（11-23 16:58 接的）`. */
const takenWord = ({ moments }: CaseFile): string => {
  const at = new Date(Date.parse(moments.takenAt ?? '') + 8 * 3_600_000);
  return Number.isNaN(at.getTime())
    ? ''
    : `（${at.toISOString().slice(5, 16).replace('T', ' ')} 接的）`;
};

/** A case that another may be merged into; of a sealed one its number alone. */
const masterWord = (file: CaseFile, { record, sight }: SeenCase): string =>
  sight.sealed
    ? `${listTitle({ record, sight })}${numberOf(record.file) === '' ? takenWord(record.file) : ''}`
    : `${titleOf(record.file)} ${numberOf(record.file)}${ranks(file, record.file)}`;

/** K05: the case that was taken first goes on; the office is told which that is and decides. */
const ranks = (file: CaseFile, other: CaseFile): string =>
  mergePlan(file, other).master === other.caseId ? '（先接的，宜作主件）' : '（后接的）';

/** Digits of the place that two cases share: villages first. */
function near(area: string | null, { record, sight }: SeenCase): number {
  if (sight.sealed) return 0;
  const other = record.file.head.areaCode ?? '';
  let same = 0;
  while (same < 12 && area?.[same] === other[same]) same += 1;
  return same;
}
