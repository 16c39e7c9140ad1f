/**
 * What a page says after an act: whether its person still sees the case, and whether an act of a
 * sealed case waits for another hand. Told to the one who pressed, to nobody else.
 */
import { recusedBy } from '../../domain/recusal.ts';
import type { EventType } from '../../domain/events.ts';
import { can, type Subject } from '../../domain/permissions.ts';
import type { DeskDeps } from './deps.ts';
import { seeCase, type SeenCase } from './see.ts';

/** `gone`: he sees the case no longer. `second`: the act `of` counts when one of these says the same. */
export type AfterAct =
  | { readonly kind: 'done' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'second'; readonly of: 'aside' | 'meant'; readonly names: readonly string[] };

/** Whom the act puts out when it counts; null: it counts already, or asks for one hand. */
function waitingFor(person: Subject, act: string, { record, sight }: SeenCase): string | null {
  const { file } = record;
  if (!sight.sealed) return null;
  if (act === 'meant' || act === 'register') {
    const isSettled = sight.respondent.later !== undefined;
    return isSettled ? null : (file.head.respondent?.personId ?? '');
  }
  if (act !== 'aside') return null;
  const own = file.recusals.findLast(({ mark }) => mark.actor.personId === person.personId);
  const who = own?.payload.agent?.personId;
  return own === undefined || who === undefined || recusedBy(file, own) !== null ? null : who;
}

/** Those of the list whose word would make it count. */
async function othersFor(
  deps: DeskDeps,
  person: Subject,
  about: { readonly seen: SeenCase; readonly type: EventType; readonly out: string },
): Promise<string[]> {
  const scene = { object: about.seen.sight, now: deps.now() };
  return (await deps.colleagues())
    .filter(({ personId }) => personId !== person.personId && personId !== about.out)
    .filter((one) => can(one, `record:${about.type}`, scene))
    .map(({ name }) => name);
}

export async function afterAct(
  deps: DeskDeps,
  person: Subject,
  done: { readonly caseId: string; readonly act: string },
): Promise<AfterAct> {
  const seen = await seeCase(deps, person, done.caseId);
  if (seen === null) return { kind: 'gone' };
  const out = waitingFor(person, done.act, seen);
  if (out === null) return { kind: 'done' };
  const of = done.act === 'aside' ? 'aside' : 'meant';
  const type = of === 'aside' ? 'agent.recused' : 'case.corrected';
  return { kind: 'second', of, names: await othersFor(deps, person, { seen, type, out }) };
}
