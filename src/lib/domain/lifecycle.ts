/**
 * What an event does to a status: the one table, read for one case.
 *
 *     standing = status of the case, or of the unit's own handling when the event names a co-unit
 *     row.from contains standing, the actor may, the firm guard holds → next status, else null
 */
import type { ActorCode } from './case-event.ts';
import type { CaseFile } from './case-file.ts';
import type { CaseEvent, EventType } from './events.ts';
import type { Handling, HandlingStatus } from './handling.ts';
import { LIFECYCLE } from './lifecycle-table.ts';
import type { Target } from './lifecycle-targets.ts';
import { LIMITS } from './limits.ts';
import type { FileStatus } from './status.ts';
import type { UnitId } from './values.ts';

export { CLOCK_CODES, LIFECYCLE } from './lifecycle-table.ts';
export type { ClockCode, LifecycleRow, PrivacyClass } from './lifecycle-table.ts';

/** Events of one unit about its own handling. */
const UNIT_EVENTS: ReadonlySet<EventType> = new Set<EventType>([
  'transfer.received',
  'objection.raised',
  'objection.upheld',
  'objection.overruled',
  'case.accepted',
  'resolution.adopted',
  'extension.requested',
  'extension.approved',
  'extension.rejected',
  'opinion.issued',
]);
/** Events that may name a unit but also exist without one. */
const MAY_NAME_UNIT: ReadonlySet<EventType> = new Set<EventType>([
  'delivery.recorded',
  'progress.recorded',
  'hearing.scheduled',
  'hearing.held',
  'case.not_accepted',
  'case.no_more_accepted',
  'case.diverted',
]);

const STANDING: Readonly<Record<HandlingStatus, FileStatus | null>> = {
  SENT: 'TRANSFERRED',
  OBJECTED: 'OBJECTED',
  ACCEPTED: 'ACCEPTED',
  ANSWERED: 'OPINION_ISSUED',
  SERVED: 'DELIVERED',
  RETRACTED: null,
  ENDED: null,
};

const isLive = (h: Handling): boolean => h.status !== 'RETRACTED' && h.status !== 'ENDED';

/** The unit's live handling, else its latest, else null. */
export function handlingOf(file: CaseFile, unitId: string): Handling | null {
  const own = file.handlings.filter((h) => h.unitId === unitId);
  return own.findLast(isLive) ?? own.at(-1) ?? null;
}

/** 主办: the live lead handling, else the latest lead, else null. */
export function leadHandling(file: CaseFile): Handling | null {
  const leads = file.handlings.filter((h) => h.lead);
  return leads.findLast(isLive) ?? leads.at(-1) ?? null;
}

/** The handling an event is about: named by unit, else the lead. */
export function handlingFor(file: CaseFile, event: CaseEvent): Handling | null {
  if (!UNIT_EVENTS.has(event.type) && !MAY_NAME_UNIT.has(event.type)) return null;
  const { unitId } = event.payload as { unitId?: UnitId };
  return unitId ? handlingOf(file, unitId) : leadHandling(file);
}

/** A villager's act always comes through a device that an agent or the township holds. */
export function mayAct(type: EventType, code: ActorCode): boolean {
  // A newer build's type comes in by the wire: nobody's act here, and no reason to fall over (K23).
  if (!Object.hasOwn(LIFECYCLE, type)) return false;
  const { actors } = LIFECYCLE[type];
  return actors.includes(code) || (actors.includes('V') && (code === 'A' || code === 'T'));
}

/** Rules that no setting changes and that the fold itself keeps. */
export function firmGuard(file: CaseFile, event: CaseEvent): boolean {
  switch (event.type) {
    case 'case.voided': {
      const { actor } = event.stamp;
      if (actor.code !== 'O') return file.numbers.caseNo === null;
      const second = event.payload.secondPerson?.personId;
      return file.status !== 'REGISTERED' || (second !== undefined && second !== actor.personId);
    }
    case 'extension.approved': {
      const handling = handlingFor(file, event);
      return event.payload.days <= LIMITS.extensionDaysMax && handling?.extension.approved === null;
    }
    case 'case.merged':
      return event.payload.masterCaseId !== file.caseId;
    default:
      return true;
  }
}

interface Place {
  /** Status of the case, or of the co-unit's own handling. */
  readonly standing: FileStatus;
  readonly ofCoUnit: boolean;
}

/** Where the event meets the case; null when its status or handling is not one to start from. */
function placeOf(file: CaseFile, event: CaseEvent): Place | null {
  const handling = handlingFor(file, event);
  if (!handling && UNIT_EVENTS.has(event.type)) return null;
  const ofCoUnit = handling !== null && !handling.lead;
  const standing = ofCoUnit ? STANDING[handling.status] : file.status;
  if (standing === null || !LIFECYCLE[event.type].from.includes(standing)) return null;
  return { standing, ofCoUnit };
}

/** The event may start from where the case stands; actor and firm guards are asked apart. */
export const isInPlace = (file: CaseFile, event: CaseEvent): boolean =>
  placeOf(file, event) !== null;

/**
 * Status of the case after the event, or null when the event is out of place: then its facts are
 * kept and the status stands. A co-unit's acts move its own handling and leave the case.
 */
export function nextStatus(file: CaseFile, event: CaseEvent): FileStatus | null {
  if (!mayAct(event.type, event.stamp.actor.code)) return null;
  const place = placeOf(file, event);
  if (!place || !firmGuard(file, event)) return null;
  const { to } = LIFECYCLE[event.type];
  const facts = {
    from: place.standing,
    hasCaseNo: file.numbers.caseNo !== null,
    payload: event.payload as Parameters<Target>[0]['payload'],
  };
  const next = typeof to === 'function' ? to(facts) : to;
  return next === '=' || place.ofCoUnit ? file.status : next;
}
