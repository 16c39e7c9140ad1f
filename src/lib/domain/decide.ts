/**
 * (file, command, context) → events or the first refusal.
 *
 *     expand to entries ─► per entry: recorded? shape? actor? status? content? ─► fold it ─► next
 *
 * All or nothing: one refused entry refuses the command. On the tablet the guards help; the county
 * asks again by `admit` and decides.
 */
import { PUBLISHED_CALENDAR, type Calendar } from './calendar.ts';
import type { Actor } from './case-event.ts';
import type { CaseFile } from './case-file.ts';
import { expand, type Command, type Entry } from './commands.ts';
import { DEFAULT_DELEGATION, type DelegationRule } from './delegation.ts';
import { currentVersion, isEventType } from './shapes.ts';
import { type CaseEvent, type EventBody } from './events.ts';
import { examine } from './examine.ts';
import { evolve, type FoldStep } from './evolve.ts';
import type { GuardContext } from './guards.ts';
import { LIMITS } from './limits.ts';
import { refusal, type Refusal } from './refusal.ts';
import { fail, ok, type EventId, type Instant, type Result } from './values.ts';

export type { Refusal, RefusalCode, Rung } from './refusal.ts';
export type { Command, Entry } from './commands.ts';
export { idsNeeded } from './commands.ts';

export interface DecideContext {
  readonly actor: Actor;
  readonly now: Instant;
  /** Fresh ids, `idsNeeded` of them. The same ids again mean the same act: nothing is doubled. */
  readonly ids: readonly EventId[];
  /** `tablet` may make only what the life cycle marks ⚡. */
  readonly place: 'tablet' | 'county';
  readonly county?: string;
  readonly calendar?: Calendar;
  readonly delegation?: DelegationRule;
}

/** The guards' part of a context, with defaults. */
export const guardContext = (
  context: Pick<DecideContext, 'county' | 'calendar' | 'delegation' | 'place'>,
): GuardContext => ({
  place: context.place,
  calendar: context.calendar ?? PUBLISHED_CALENDAR,
  county: context.county ?? null,
  delegation: context.delegation ?? DEFAULT_DELEGATION,
});

function stamped(entry: Entry, id: EventId, [file, context]: [CaseFile, DecideContext]): CaseEvent {
  const county = context.place === 'county';
  return {
    id,
    caseId: file.caseId,
    type: entry.type,
    v: isEventType(entry.type) ? currentVersion(entry.type) : 1,
    occurredAt: entry.occurredAt ?? context.now,
    payload: entry.payload,
    stamp: {
      seq: null,
      receivedAt: county ? context.now : null,
      actor: context.actor,
      clockOffsetSeconds: 0,
    },
  } as CaseEvent;
}

/** What of an event is made here; the rest is the county's stamp. */
export const bodyOf = ({ id, caseId, type, v, occurredAt, payload }: CaseEvent): EventBody =>
  ({ id, caseId, type, v, occurredAt, payload }) as EventBody;

/** An event of a command, between the file in front of it and the file with it. */
export interface DecidedStep extends FoldStep {
  readonly event: CaseEvent;
}

/** {@link decide} with the fold that it needs anyway: a longer fold may go on with these steps. */
export function decideSteps(
  file: CaseFile,
  command: Command,
  context: DecideContext,
): Result<readonly DecidedStep[], Refusal> {
  const entries = expand(file, command, context.ids);
  if (entries.length > LIMITS.eventsPerCommandMax) return fail(refusal('TOO_MANY_EVENTS', null));
  if (entries.length === 0) return fail(refusal('NO_CONFLICT', null));
  const guards = guardContext(context);
  const steps: DecidedStep[] = [];
  let before = file;
  for (const [i, entry] of entries.entries()) {
    const id = entry.id ?? context.ids[i];
    if (id === undefined) return fail(refusal('IDS_MISSING', entry.type));
    const event = stamped(entry, id, [before, context]);
    const refused = examine(before, event, guards);
    if (refused) return fail(refused);
    const after = evolve(before, event);
    steps.push({ before, event, after });
    before = after;
  }
  return ok(steps);
}

/** What the command becomes, in order, or why not. Never throws, changes nothing. */
export function decide(
  file: CaseFile,
  command: Command,
  context: DecideContext,
): Result<EventBody[], Refusal> {
  const decided = decideSteps(file, command, context);
  return decided.ok ? ok(decided.value.map(({ event }) => bodyOf(event))) : decided;
}
