/** Offering an agent's event to the county's door, with what the county adds behind it. */
import { admit, type AdmitContext, type Verdict } from '../admit.ts';
import type { CaseEvent as AnyEvent } from '../case-event.ts';
import type { CaseFile } from '../case-file.ts';
import type { EventType, Payload } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { Subject } from '../permissions.ts';
import { at, person, village } from './ids.ts';
import { next, type Told } from './story.ts';

/** An agent of the village, perhaps with an end to his grant. */
export const subject = (id: string, to: string | null = null): Subject => ({
  personId: person(id),
  name: id === 'A01' ? '王春生' : '李凤霞',
  grants: [
    {
      role: 'A',
      areaCode: village,
      unitId: null,
      from: at('2026-01-01T00:00:00Z'),
      to: to === null ? null : at(to),
    },
  ],
});
/** The county's side of an offer. */
export const context = (rest: Partial<AdmitContext> = {}): AdmitContext => ({
  subject: subject('A01'),
  now: at('2026-06-20T00:00:00Z'),
  county: '230278',
  ...rest,
});

/** Offers an agent's event and folds it with the county's own events behind it. */
export function offer<T extends EventType>(
  file: CaseFile,
  line: readonly [T, Partial<Payload<T>>?, Told?],
  rest: Partial<AdmitContext> = {},
): { verdict: Verdict; file: CaseFile; event: AnyEvent<string> } {
  const [type, change, how] = line;
  const event = next(file, [type, change, { by: type === 'rating.sealed' ? 'V' : 'A', ...how }]);
  const verdict = admit(file, event as AnyEvent<string>, context(rest));
  let after = verdict.kind === 'quarantined' ? file : evolve(file, event as AnyEvent<string>);
  for (const [i, act] of verdict.followUps.entries()) {
    const sys = next(after, [act.type, {}, { by: 'S', id: `sys-${file.timeline.length}-${i}` }]);
    after = evolve(after, { ...sys, payload: act.payload } as AnyEvent<string>);
  }
  return { verdict, file: after, event };
}
/** Rules an offer met, or what became of it without. */
export const rules = (verdict: Verdict) =>
  verdict.kind === 'applied_with_conflict' ? verdict.rules : [verdict.kind];
