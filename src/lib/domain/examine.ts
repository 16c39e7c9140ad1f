/**
 * The ladder that tablet, desk and county share: already recorded, shape, actor, status, content.
 *
 * `decide` turns its answer into a refusal; `admit` turns it into a proposal or a conflict.
 */
import { isUsableDay } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import type { CaseEvent } from './events.ts';
import { EVENT_SCHEMAS, sealedPayloadSchema } from './events.ts';
import type { Finding, Guard, GuardContext } from './guards.ts';
import { fieldGuards } from './guards-field.ts';
import { officeGuards } from './guards-office.ts';
import { firmGuard, handlingFor, isInPlace, LIFECYCLE, mayAct } from './lifecycle.ts';
import { recusedBy } from './recusal.ts';
import { refusal, type Refusal } from './refusal.ts';

const GUARDS = { ...fieldGuards, ...officeGuards } as Readonly<
  Record<string, Guard<CaseEvent['type']> | undefined>
>;

/** Only what names a box is asked for its shape: a shape that fails costs more than all guards. */
const isSealed = ({ payload }: { readonly payload: unknown }): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  Object.hasOwn(payload, 'sealedBox') &&
  sealedPayloadSchema.safeParse(payload).success;

function shapeRefusal(event: CaseEvent): Refusal | null {
  const schema = EVENT_SCHEMAS[event.type];
  if (schema === undefined) return refusal('UNKNOWN_TYPE', null, [event.type]);
  if (isSealed(event)) return null;
  const parsed = schema.safeParse(event.payload);
  if (parsed.success) return null;
  const details = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  return refusal('PAYLOAD', event.type, details);
}

function actorRefusal(file: CaseFile, event: CaseEvent, context: GuardContext): Refusal | null {
  const { code, personId } = event.stamp.actor;
  if (!mayAct(event.type, code)) return refusal('NOT_THIS_ACTOR', event.type, [code]);
  if (context.place === 'tablet' && !LIFECYCLE[event.type].offline) {
    return refusal('NEEDS_COUNTY', event.type);
  }
  const recused = file.recusals.some((r) => recusedBy(file, r) === personId);
  return recused && code === 'A' && event.type !== 'agent.recused'
    ? refusal('RECUSED', event.type)
    : null;
}

function statusRefusal(file: CaseFile, event: CaseEvent): Refusal | null {
  if (isInPlace(file, event)) return null;
  if (file.status === 'NONE') return refusal('CASE_UNKNOWN', event.type);
  const { unitId } = event.payload as { unitId?: string };
  const noHandling =
    unitId !== undefined &&
    handlingFor(file, event) === null &&
    LIFECYCLE[event.type].from.includes(file.status);
  return noHandling
    ? refusal('NO_HANDLING', event.type, [unitId])
    : refusal('STATUS', event.type, [file.status]);
}

/** Where the payloads of office and units name a day; what only tells of a day is not among them. */
const DAY_FIELDS = ['xfDate', 'feedbackOn', 'due', 'dueOn', 'answerBy', 'issuedOn', 'receivedOn'];

/** An act must not rest on a day that cannot be; a field event is kept with it and never refused. */
function dayRefusal(event: CaseEvent): Refusal | null {
  if (isSealed(event)) return null;
  const { claims = [], ...payload } = event.payload as { claims?: readonly unknown[] };
  const parts = [payload, ...claims] as Readonly<Record<string, unknown>>[];
  const odd = DAY_FIELDS.find((name) =>
    parts.some((part) => typeof part[name] === 'string' && !isUsableDay(part[name])),
  );
  return odd === undefined ? null : refusal('PAYLOAD', event.type, [odd]);
}

function contentRefusal(file: CaseFile, event: CaseEvent, context: GuardContext): Refusal | null {
  if (isSealed(event)) return null;
  const guard = GUARDS[event.type];
  const finding: Finding = guard ? guard(file, event as never, context) : null;
  if (finding) return refusal(finding[0], event.type, finding.slice(1));
  return firmGuard(file, event) ? null : refusal('STATUS', event.type, [file.status]);
}

/** The first refusal of the ladder, or null when the event may be recorded as it is. */
export function examine(file: CaseFile, event: CaseEvent, context: GuardContext): Refusal | null {
  if (file.timeline.some((line) => line.eventId === event.id)) {
    return refusal('ALREADY_RECORDED', event.type);
  }
  return (
    shapeRefusal(event) ??
    (context.place === 'county' ? dayRefusal(event) : null) ??
    actorRefusal(file, event, context) ??
    statusRefusal(file, event) ??
    contentRefusal(file, event, context)
  );
}
