import { grantsAt, type Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import type { AtRest } from './at-rest.ts';

/** Whether this person is to be told that sealed cases cannot be read here: those who read them, and who keeps the machine. */
export const isToldShut = (
  { atRest, clock }: { readonly atRest: AtRest; readonly clock: { now(): Instant } },
  person: Subject,
): boolean =>
  atRest.isShut() &&
  grantsAt(person, clock.now()).some(({ role, sealedList }) => {
    return sealedList === true || role === 'ADMIN';
  });
