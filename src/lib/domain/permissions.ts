/**
 * 谁能看、谁能办: the one decision that feed, desk, search, counts, media and exports ask.
 *
 *     in force? → role may the action? → case in the role's scope? → not shut out?
 *
 * Shut out: sealed without the list; the accused unit and its people; the recused; a person named
 * in the case, however it is written (`accused.ts`). Source: REFERENCE 5, 条例 art. 28(3), 30, 46.
 */
import { isNamed, isUnitMeant, isWritten, isWrittenLater, mayMean } from './accused.ts';
import { isWithinArea, townshipOf } from './area.ts';
import type { Actor, ActorCode } from './case-event.ts';
import type { CaseSight } from './case-sight.ts';
import type { EventType } from './events.ts';
import { grantsAt, type Grant, type Role, type Subject } from './grants.ts';
import { mayAct } from './lifecycle.ts';
import { OFFICE_ACTS, ROLE_ACTIONS, type ViewAction } from './role-acts.ts';
import { TERMINAL } from './status.ts';
import type { AreaCode, Instant } from './values.ts';
import { isOnSlip, type Slip, type Villager } from './villager.ts';

export { ROLES, grantsAt, grantsPrint, isInForce } from './grants.ts';
export type { Grant, Role, Subject } from './grants.ts';
export { sightOf, type CaseSight } from './case-sight.ts';
export type { ViewAction } from './role-acts.ts';

export type Action = ViewAction | `record:${EventType}`;

/** What it is about: a case, its slip, an area (hazards, statistics), or nothing in particular. */
export interface Scene {
  readonly object: CaseSight | Slip | { readonly areaCode: string } | null;
  readonly now: Instant;
}

/** Why not, as a closed list; the screen says it in words, a foreigner only hears "not found". */
export type Denial =
  | 'NO_GRANT'
  | 'NOT_THIS_ROLE'
  | 'OUT_OF_SCOPE'
  | 'SEALED'
  | 'ACCUSED_UNIT'
  | 'RECUSED'
  | 'NAMED_IN_CASE'
  | 'IDENTITY_WITHHELD'
  | 'WORDS_WITHHELD'
  | 'P3_WITHHELD'
  | 'NOT_YET';

const CODE_OF: Readonly<Record<Role, ActorCode | null>> = {
  A: 'A',
  T: 'T',
  O1: 'O',
  O2: 'O',
  O3: 'O',
  O4: 'O',
  O5: 'O',
  D: 'D',
  D2: 'D',
  L: 'L',
  X: 'X',
  ADMIN: null,
};

const isCase = (object: Scene['object']): object is CaseSight =>
  object !== null && 'caseId' in object;

const isSlip = (object: Scene['object']): object is Slip => object !== null && 'codes' in object;

const within = (code: string, scope: AreaCode | null): boolean =>
  scope !== null && code !== '' && isWithinArea(code as AreaCode, scope);

/** Units a grant may act for: its own, and a township for itself. */
const unitsOf = (grant: Grant): readonly string[] =>
  [grant.unitId, grant.role === 'T' ? grant.areaCode : null].filter((u) => u !== null);

/** The case lies where this grant reaches. */
function inScope(subject: Subject, grant: Grant, sight: CaseSight): boolean {
  switch (grant.role) {
    case 'A':
      return sight.agentIds.includes(subject.personId);
    case 'T':
      return (
        within(sight.areaCode, grant.areaCode) ||
        sight.agentIds.includes(subject.personId) ||
        unitsOf(grant).some((unit) => sight.unitIds.includes(unit))
      );
    case 'D':
    case 'D2':
      return unitsOf(grant).some((unit) => sight.unitIds.includes(unit));
    case 'L':
      return (
        sight.leaderId === subject.personId ||
        (sight.leaderConcern && within(sight.areaCode, grant.areaCode))
      );
    case 'ADMIN':
      return false;
    case 'O3':
      return sight.sealed && within(sight.areaCode, grant.areaCode);
    default:
      return within(sight.areaCode, grant.areaCode);
  }
}

/** The accused side of a guarded case: its unit, for a cadre also village agents and township. */
function isAccusedSide(grant: Grant, sight: CaseSight): boolean {
  if (!sight.guarded) return false;
  const { respondent } = sight;
  if (unitsOf(grant).some((unit) => isUnitMeant(respondent, unit))) return true;
  const unknown = respondent.level === 'UNKNOWN' || respondent.level === 'NONE';
  if (grant.role === 'T') {
    return respondent.level === 'VILLAGE' || respondent.level === 'TOWNSHIP' || unknown;
  }
  if (grant.role !== 'A') return false;
  const accusedArea = respondent.areaCode as AreaCode;
  if (respondent.level === 'VILLAGE') return grant.areaCode === accusedArea;
  if (respondent.level !== 'TOWNSHIP' || respondent.areaCode === '') return false;
  return within(grant.areaCode ?? '', townshipOf(accusedArea));
}

/**
 * 本人被反映: by the office's answer, or while nobody answered by the words. A part of a name shuts
 * out everybody but the agent who wrote it down: he knows whom he meant. So does, in a sealed or
 * guarded case, his whole name wherever it stands in it; told after the answer, until the next one.
 */
function isNamedIn(subject: Subject, grant: Grant, sight: CaseSight): boolean {
  const { respondent } = sight;
  if (respondent.personIds?.includes(subject.personId) === true) return true;
  const settled = respondent.personsSettled === true;
  if (!settled && isNamed(respondent, subject.name)) return true;
  const field = grant.role === 'A' || grant.role === 'T';
  if (field && sight.agentIds.includes(subject.personId)) return false;
  const close = sight.guarded || sight.sealed;
  if (settled) return close && isWrittenLater(respondent, subject.name);
  if (close && isWritten(respondent, subject.name)) return true;
  return mayMean(respondent, subject.name, close);
}

/** Why this grant does not show the case; null when it does. */
function shutOut(subject: Subject, grant: Grant, sight: CaseSight): Denial | null {
  if (sight.recusedIds.includes(subject.personId)) return 'RECUSED';
  if (!inScope(subject, grant, sight)) return 'OUT_OF_SCOPE';
  const listed = CODE_OF[grant.role] === 'O' && grant.sealedList === true;
  if (sight.sealed && !listed) return 'SEALED';
  if (isAccusedSide(grant, sight)) return 'ACCUSED_UNIT';
  const named = isNamedIn(subject, grant, sight);
  return named ? 'NAMED_IN_CASE' : null;
}

/** P3 is the agent's own while the case is open; of a township only where it took the case itself. */
function keepsP3(subject: Subject, grant: Grant, sight: CaseSight): boolean {
  if (grant.role !== 'A' && grant.role !== 'T') return true;
  return sight.agentIds.includes(subject.personId) && !TERMINAL.some((s) => s === sight.status);
}

/** A unit looks: a department, the township that is meant, one that handles for another's village. */
function looksAsUnit(subject: Subject, grant: Grant, sight: CaseSight): boolean {
  if (grant.role === 'D' || grant.role === 'D2') return true;
  if (grant.role !== 'T') return false;
  const own = within(sight.areaCode, grant.areaCode) || sight.agentIds.includes(subject.personId);
  return !own || unitsOf(grant).some((unit) => isUnitMeant(sight.respondent, unit));
}

/** She let units know; the one that is meant only when she was asked about it. */
const isTold = (grant: Grant, sight: CaseSight): boolean =>
  sight.identityToUnit &&
  (sight.identitySaid !== false ||
    !unitsOf(grant).some((unit) => isUnitMeant(sight.respondent, unit)));

/** A unit looks at what is about itself. */
const looksAtItself = (subject: Subject, grant: Grant, sight: CaseSight): boolean =>
  looksAsUnit(subject, grant, sight) &&
  unitsOf(grant).some((unit) => isUnitMeant(sight.respondent, unit));

/** A handling unit learns who asks only when the petitioner agreed; the meant one not by her words either. */
function withheld(
  subject: Subject,
  grant: Grant,
  [action, sight]: readonly [Action, CaseSight],
): Denial | null {
  if (action === 'case.view_identity' || action === 'case.view_sensitive') {
    const asUnit = looksAsUnit(subject, grant, sight);
    return asUnit && !isTold(grant, sight) ? 'IDENTITY_WITHHELD' : null;
  }
  if (action === 'case.view_words') {
    const hidden = looksAtItself(subject, grant, sight) && !isTold(grant, sight);
    return hidden ? 'WORDS_WITHHELD' : null;
  }
  const ended = ['CLOSED', 'TERMINATED', 'NOT_ACCEPTED', 'DIVERTED'].includes(sight.status);
  const ownRole = grant.role === 'T' || grant.role === 'D' || grant.role === 'D2';
  return action === 'rating.view' && ownRole && !ended ? 'NOT_YET' : null;
}

/** The role may do it at all. */
function roleMay(role: Role, action: Action): boolean {
  if (!action.startsWith('record:')) return ROLE_ACTIONS[role].includes(action as ViewAction);
  const type = action.slice('record:'.length) as EventType;
  const code = CODE_OF[role];
  if (code === null || !mayAct(type, code)) return false;
  if (code === 'O') return OFFICE_ACTS[role as 'O1']?.has(type) ?? false;
  if (role === 'D' || role === 'D2') {
    const headOnly = type === 'extension.approved' || type === 'extension.rejected';
    return !headOnly || role === 'D2';
  }
  return true;
}

/** Events that begin a stream: any agent may take for any village of the county. */
const BEGINS: readonly Action[] = ['record:case.drafted', 'record:hazard.reported'];

function denialFor(subject: Subject, grant: Grant, [action, scene]: [Action, Scene]) {
  if (!roleMay(grant.role, action)) return 'NOT_THIS_ROLE';
  const { object } = scene;
  if (object === null) return null;
  if (isSlip(object)) return 'OUT_OF_SCOPE';
  if (!isCase(object)) return within(object.areaCode, grant.areaCode) ? null : 'OUT_OF_SCOPE';
  if (object.status === 'NONE' && (BEGINS.includes(action) || action.startsWith('record:'))) {
    return null;
  }
  const p3 = action !== 'case.view_sensitive' || keepsP3(subject, grant, object);
  return (
    shutOut(subject, grant, object) ??
    (p3 ? withheld(subject, grant, [action, object]) : 'P3_WITHHELD')
  );
}

/** Without an account: the public view of the case whose slip she holds. */
const villagerDenial = (villager: Villager, action: Action, { object }: Scene): Denial | null =>
  action === 'case.track' && isSlip(object) && isOnSlip(villager, object) ? null : 'NO_GRANT';

/** Null when allowed, else the reason nearest to being allowed. */
export function whyNot(who: Subject | Villager, action: Action, scene: Scene): Denial | null {
  if (!('grants' in who)) return villagerDenial(who, action, scene);
  const subject = who;
  const grants = grantsAt(subject, scene.now);
  if (grants.length === 0) return 'NO_GRANT';
  const denials = grants.map((grant) => denialFor(subject, grant, [action, scene]));
  if (denials.includes(null)) return null;
  return denials.find((d) => d !== 'NOT_THIS_ROLE' && d !== 'OUT_OF_SCOPE') ?? denials[0] ?? null;
}

/** The one decision. Pure; the server asks it for everything, a tablet only to help. */
export const can = (who: Subject | Villager, action: Action, scene: Scene): boolean =>
  whyNot(who, action, scene) === null;

/** 外村的事: taken outside the agent's own area; flagged for hand-over, never refused. */
export const isOutsideGrant = (subject: Subject, areaCode: string, now: Instant): boolean =>
  !grantsAt(subject, now).some((grant) => within(areaCode, grant.areaCode));

/** The grant that allows it; null when none does. */
export const grantFor = (subject: Subject, action: Action, scene: Scene): Grant | null =>
  grantsAt(subject, scene.now).find((g) => denialFor(subject, g, [action, scene]) === null) ?? null;

/** Who acts, as the county writes it into the stamp: from the grant, never from the body. */
export function actorUnder(subject: Subject, grant: Grant, type?: EventType): Actor {
  const own = CODE_OF[grant.role] ?? 'X';
  const code = type === 'rating.sealed' && (own === 'A' || own === 'T') ? 'V' : own;
  return {
    code,
    personId: subject.personId,
    name: subject.name,
    ...(grant.areaCode === null ? {} : { areaCode: grant.areaCode }),
    ...(grant.unitId === null ? {} : { unitId: grant.unitId }),
  };
}
