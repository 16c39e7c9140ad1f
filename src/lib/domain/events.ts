/**
 * Every event of a case: one schema per type, its TypeScript type, its version, and the lift from
 * older shapes.
 *
 * This file pulls zod; code that only folds events imports its types alone.
 */
import * as z from 'zod/mini';
import type { CaseEvent as Enveloped, EventBody as Body } from './case-event.ts';
import * as field from './events/field.ts';
import * as intake from './events/intake.ts';
import * as office from './events/office.ts';
import * as audit from './events/record.ts';
import * as unit from './events/unit.ts';
import * as villager from './events/villager.ts';

/** One schema per event type, in the order of state-machine.json. */
export const EVENT_SCHEMAS = {
  'case.drafted': intake.caseDrafted,
  'dictation.recorded': intake.dictationRecorded,
  'dictation.readback_confirmed': intake.dictationReadbackConfirmed,
  'consent.recorded': intake.consentRecorded,
  'mandate.granted': intake.mandateGranted,
  'mandate.revoked': intake.mandateRevoked,
  'agent.recused': intake.agentRecused,
  'case.taken': intake.caseTaken,
  'case.submitted': intake.caseSubmitted,
  'case.received': intake.caseReceived,
  'case.supplemented': intake.caseSupplemented,
  'attachment.added': field.attachmentAdded,
  'attachment.received': field.attachmentReceived,
  'visit.recorded': field.visitRecorded,
  'mediation.recorded': field.mediationRecorded,
  'resolution.recorded': field.resolutionRecorded,
  'resolution.approved': field.resolutionApproved,
  'resolution.rejected': field.resolutionRejected,
  'resolution.adopted': field.resolutionAdopted,
  'commitment.due': field.commitmentDue,
  'commitment.fulfilled': field.commitmentFulfilled,
  'commitment.breached': field.commitmentBreached,
  'urgent.reported': field.urgentReported,
  'urgent.acknowledged': field.urgentAcknowledged,
  'urgent.stood_down': field.urgentStoodDown,
  'hazard.reported': field.hazardReported,
  'case.returned': office.caseReturned,
  'case.registered': office.caseRegistered,
  'case.classified': office.caseClassified,
  'case.sealed': office.caseSealed,
  'case.merged': office.caseMerged,
  'case.unmerged': office.caseUnmerged,
  'case.corrected': office.caseCorrected,
  'case.voided': office.caseVoided,
  'case.transferred': office.caseTransferred,
  'case.assigned': office.caseAssigned,
  'case.replied_directly': office.caseRepliedDirectly,
  'case.not_accepted': office.caseNotAccepted,
  'case.no_more_accepted': office.caseNoMoreAccepted,
  'case.diverted': office.caseDiverted,
  'transfer.received': unit.transferReceived,
  'objection.raised': unit.objectionRaised,
  'objection.upheld': unit.objectionUpheld,
  'objection.overruled': unit.objectionOverruled,
  'case.accepted': unit.caseAccepted,
  'progress.recorded': unit.progressRecorded,
  'leader.assigned': unit.leaderAssigned,
  'leader.instructed': unit.leaderInstructed,
  'hearing.scheduled': unit.hearingScheduled,
  'hearing.held': unit.hearingHeld,
  'extension.requested': unit.extensionRequested,
  'extension.approved': unit.extensionApproved,
  'extension.rejected': unit.extensionRejected,
  'opinion.issued': unit.opinionIssued,
  'delivery.recorded': unit.deliveryRecorded,
  'notice.told': field.noticeTold,
  'contact.attempted': field.contactAttempted,
  'rating.sealed': villager.ratingSealed,
  'rating.accepted': villager.ratingAccepted,
  'rating.expired': villager.ratingExpired,
  'case.closed': office.caseClosed,
  'case.reopened': office.caseReopened,
  'followup.recorded': field.followupRecorded,
  'withdrawal.requested': villager.withdrawalRequested,
  'withdrawal.confirmed': villager.withdrawalConfirmed,
  'withdrawal.refused': villager.withdrawalRefused,
  'review.requested': villager.reviewRequested,
  'review.decided': villager.reviewDecided,
  'review.settled': villager.reviewSettled,
  'recheck.requested': villager.recheckRequested,
  'recheck.decided': villager.recheckDecided,
  'relief.referred': field.reliefReferred,
  'supervision.issued': unit.supervisionIssued,
  'supervision.answered': unit.supervisionAnswered,
  'supervision.closed': unit.supervisionClosed,
  'case.handed_over': office.caseHandedOver,
  'doc.generated': audit.docGenerated,
  'clock.changed': audit.clockChanged,
  'conflict.detected': audit.conflictDetected,
  'conflict.resolved': audit.conflictResolved,
  'event.quarantined': audit.eventQuarantined,
  'event.adopted': audit.eventAdopted,
  'view.logged': audit.viewLogged,
  'export.made': audit.exportMade,
} as const;

/** The 84 event types. */
export type EventType = keyof typeof EVENT_SCHEMAS;

/** Payload of a type, e.g. `Payload<'case.taken'>`. */
export type Payload<T extends EventType> = z.infer<(typeof EVENT_SCHEMAS)[T]>;

/** Any event that this build knows, with its place in the world. Narrow it by `type`. */
export type CaseEvent = { [T in EventType]: Enveloped<T, Payload<T>> }[EventType];

/** The event of one type, e.g. `EventOf<'case.taken'>`. */
export type EventOf<T extends EventType> = Enveloped<T, Payload<T>>;

/** Any event body that this build knows: what a person recorded, before the county's stamp. */
export type EventBody = { [T in EventType]: Body<T, Payload<T>> }[EventType];

/** All types in the order of state-machine.json. */
export const EVENT_TYPES = Object.keys(EVENT_SCHEMAS) as EventType[];

/**
 * Content of a sealed case (P4): encrypted on the device to the county's sealing key, so that only
 * its envelope can be folded. Any payload may be replaced by it.
 */
export const sealedPayloadSchema = z.looseObject({
  sealedBox: z.object({ keyId: z.string(), box: z.string() }),
});
