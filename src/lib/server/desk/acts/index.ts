import type { ActorCode } from '../../../domain/case-event.ts';
import type { CaseEvent } from '../../../domain/events.ts';
import { isInPlace } from '../../../domain/lifecycle.ts';
import { actorUnder, grantFor, sightOf, type Subject } from '../../../domain/permissions.ts';
import type { EventId } from '../../../domain/values.ts';
import { OFFICE_FIRST } from './office-first.ts';
import { MEANT_ACTS } from './meant.ts';
import { OFFICE_LATER } from './office-later.ts';
import type { ActContext, ActSpec } from './spec.ts';
import { UNIT_ACTS } from './unit.ts';

/** Every act of the desk, in the order in which buttons stand. */
export const ACTS: readonly ActSpec[] = [
  ...OFFICE_FIRST,
  ...UNIT_ACTS,
  ...OFFICE_LATER,
  ...MEANT_ACTS,
];

/** Acts of units and of the office that share an event but not a form. */
const UNIT_IDS = new Set(UNIT_ACTS.map((act) => act.id));
const BOTH = new Set(['deliver', 'close', 'progress', 'planHearing', 'holdHearing']);
/** What the office alone answers. */
const OFFICE_ONLY = new Set(MEANT_ACTS.map((act) => act.id));
/** Acts that a unit may do although they stand with the office's. */
const UNIT_MAY = new Set([
  'notAccept',
  'noMore',
  'divert',
  'classify',
  'relief',
  'decideReview',
  'decideRecheck',
]);

function isForSide(act: ActSpec, code: ActorCode): boolean {
  const unitSide = code === 'D' || code === 'T';
  if (OFFICE_ONLY.has(act.id)) return code === 'O';
  if (BOTH.has(act.id)) return true;
  if (UNIT_IDS.has(act.id)) return unitSide;
  return code !== 'D' || UNIT_MAY.has(act.id);
}

/** The event an act would make, with whatever payload is known so far. */
export function wouldBe(
  act: ActSpec,
  context: ActContext,
  about: { person: Subject; payload: Readonly<Record<string, unknown>>; id: EventId },
): CaseEvent | null {
  const { file, now } = context;
  const grant = grantFor(about.person, `record:${act.type}`, { object: sightOf(file), now });
  if (grant === null) return null;
  return {
    id: about.id,
    caseId: file.caseId,
    type: act.type,
    v: 1,
    occurredAt: now,
    payload: about.payload,
    stamp: {
      seq: file.seq + 1,
      receivedAt: now,
      actor: actorUnder(about.person, grant, act.type),
      clockOffsetSeconds: 0,
    },
  } as CaseEvent;
}

/** Acts that this person may do to this case as it stands now. */
export function actsFor(context: ActContext, person: Subject): ActSpec[] {
  return ACTS.filter((act) => {
    const payload = context.unitId === null ? {} : { unitId: context.unitId };
    const event = wouldBe(act, context, { person, payload, id: 'preview' as EventId });
    if (event === null || !isForSide(act, event.stamp.actor.code)) return false;
    if ((act.barred?.(context) ?? null) !== null) return false;
    return isInPlace(context.file, event) && (act.fits?.(context) ?? true);
  });
}

/** One key per act: the wanted letter, else the next free one; j and k move about the desk. */
export function withLetters(acts: readonly ActSpec[]): { act: ActSpec; letter: string }[] {
  const spare = 'abcdefghilmnopqrstuvwxyz123456789'.split('');
  const wanted = new Map<string, ActSpec>();
  for (const act of acts) if (!wanted.has(act.letter)) wanted.set(act.letter, act);
  const taken = new Set([...wanted.keys(), 'j', 'k']);
  return acts.map((act) => {
    if (wanted.get(act.letter) === act && !['j', 'k'].includes(act.letter))
      return { act, letter: act.letter };
    const letter = spare.find((one) => !taken.has(one)) ?? '';
    taken.add(letter);
    return { act, letter };
  });
}
