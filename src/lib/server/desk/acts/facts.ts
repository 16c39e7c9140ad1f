import type { CaseFile } from '../../../domain/case-file.ts';
import type { Handling } from '../../../domain/handling.ts';
import { isSettled } from '../../../domain/intake-choice.ts';
import type { EventId, UnitId } from '../../../domain/values.ts';

/** The petitioner's claims as texts, in order. */
export const claimsOf = (file: CaseFile): readonly string[] =>
  (file.head.claims ?? []).map((claim) => claim.text);

/** Persons who petition: as counted, else as listed, at least one. */
export const personsOf = (file: CaseFile): number =>
  file.head.petitionerCount ?? Math.max(1, file.petitioners.length);

/** Handlings of the live round that were not taken back. */
export const liveHandlings = (file: CaseFile): readonly Handling[] =>
  file.handlings.filter((one) => one.round === file.round && one.status !== 'RETRACTED');

/** The handling of this unit in the live round. */
export const handlingOf = (file: CaseFile, unitId: string | null): Handling | null =>
  liveHandlings(file).find((one) => one.unitId === unitId) ?? null;

/** The unit whose objection waits for a ruling; the lead unit when there is none. */
export const objectingUnit = (file: CaseFile): UnitId | null =>
  liveHandlings(file).find((one) => one.objection !== null && one.objection.ruling === null)
    ?.unitId ?? file.head.unit;

/** Whether this unit asked for more time and nobody has answered. */
export function hasOpenExtension(file: CaseFile, unitId: string | null): boolean {
  const asked = handlingOf(file, unitId)?.extension;
  return asked !== undefined && asked.requested !== null && !asked.approved && !asked.rejected;
}

/** Supervisions that nobody has closed. */
export const hasOpenSupervision = (file: CaseFile): boolean =>
  file.supervisions.some((one) => one.closed === null);

/** Whether a supervision waits for its answer. */
export const hasUnanswered = (file: CaseFile): boolean =>
  file.supervisions.some((one) => one.answered === null && one.closed === null);

/** A resolution on the spot that the unit has yet to confirm (K02). */
export const pendingResolution = (file: CaseFile): EventId | null =>
  file.resolutions.findLast((one) => one.state === 'PENDING')?.mark.eventId ?? null;

/** 紧急接报 is missing. */
export const hasUnacknowledged = (file: CaseFile): boolean =>
  file.urgent.level !== null &&
  file.urgent.reports.length > 0 &&
  file.urgent.acknowledged === null &&
  file.urgent.stoodDown === null;

/** A request to withdraw waits for the office's own talk with the villager. */
export const openWithdrawal = (file: CaseFile): boolean =>
  file.withdrawals.some((one) => one.answer === 'OPEN');

/** Conflicts that nobody has decided: neither the office nor, on his own two versions, the agent. */
export const openConflicts = (file: CaseFile): CaseFile['conflicts'] =>
  file.conflicts.filter((one) => !isSettled(file, one));

/** Events kept aside that nobody has adopted. */
export const openQuarantine = (file: CaseFile): CaseFile['quarantined'] =>
  file.quarantined.filter((one) => one.adopted === null);
