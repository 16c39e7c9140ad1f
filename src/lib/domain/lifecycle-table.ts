/**
 * The life cycle as one table: event → who, from which status, to which, clocks, offline, class.
 *
 * A test proves it equal to data/state-machine.json; code, tests and docs share this one. Targets
 * that depend on the case are the four small functions of `lifecycle-targets.ts`.
 */
import type { ActorCode } from './case-event.ts';
import type { EventType } from './events.ts';
import {
  deliveryTarget,
  rejectionTarget,
  resolutionTarget,
  settlementTarget,
  type Target,
} from './lifecycle-targets.ts';
import { OPEN, STATUSES, type FileStatus } from './status.ts';

/** The 21 clocks of REFERENCE 4.3. */
export const CLOCK_CODES = [
  'C0',
  'C1',
  'C1b',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C8',
  'C9',
  'C10',
  'C11',
  'C12',
  'C13',
  'C14',
  'C15',
  'C16',
  'C17',
  'C18',
  'C19',
] as const;
export type ClockCode = (typeof CLOCK_CODES)[number];

/** 隐私级别 of an event's payload as a whole (REFERENCE 3.2). */
export type PrivacyClass = 'P2' | 'P3' | 'P4';

export interface LifecycleRow {
  readonly actors: readonly ActorCode[];
  readonly from: readonly FileStatus[];
  /** `=` leaves the status; a function decides by the case. */
  readonly to: FileStatus | '=' | Target;
  readonly starts: readonly ClockCode[];
  readonly stops: readonly ClockCode[];
  /** May be made without the county. */
  readonly offline: boolean;
  readonly privacy: PrivacyClass;
}

/** Every status except DRAFT. */
const ANY: readonly FileStatus[] = STATUSES.filter((s) => s !== 'DRAFT');
const ANY_OR_DRAFT: readonly FileStatus[] = STATUSES;

type Rest = Pick<LifecycleRow, 'to'> & Partial<LifecycleRow>;

const row = (actors: string, from: readonly FileStatus[], rest: Rest): LifecycleRow => ({
  starts: [],
  stops: [],
  offline: false,
  privacy: 'P2',
  ...rest,
  actors: [...actors] as ActorCode[],
  from,
});

/** 状态机, in the order of state-machine.json. */
export const LIFECYCLE: Readonly<Record<EventType, LifecycleRow>> = {
  'case.drafted': row('ATO', ['NONE'], { to: 'DRAFT', offline: true }),
  'dictation.recorded': row('ATO', ['DRAFT', 'TAKEN', 'SUBMITTED', 'RETURNED', 'REGISTERED'], {
    to: '=',
    offline: true,
    privacy: 'P3',
  }),
  'dictation.readback_confirmed': row(
    'ATO',
    ['DRAFT', 'TAKEN', 'SUBMITTED', 'RETURNED', 'REGISTERED'],
    { to: '=', offline: true, privacy: 'P3' },
  ),
  'consent.recorded': row('ATO', ['DRAFT', 'TAKEN', 'SUBMITTED', 'RETURNED', 'REGISTERED'], {
    to: '=',
    offline: true,
    privacy: 'P3',
  }),
  'mandate.granted': row(
    'AT',
    [
      'DRAFT',
      'TAKEN',
      'SUBMITTED',
      'RETURNED',
      'REGISTERED',
      'TRANSFERRED',
      'ACCEPTED',
      'DELIVERED',
      'CLOSED',
    ],
    { to: '=', offline: true, privacy: 'P3' },
  ),
  'mandate.revoked': row('ATO', ANY, { to: '=', offline: true }),
  'agent.recused': row('ATO', ANY_OR_DRAFT, { to: '=', offline: true }),
  'case.taken': row('ATO', ['DRAFT'], { to: 'TAKEN', starts: ['C0'], offline: true }),
  'case.submitted': row('ATO', ['TAKEN', 'RETURNED'], { to: 'SUBMITTED', offline: true }),
  'case.received': row('S', ['SUBMITTED', 'FIELD_RESOLVED'], {
    to: '=',
    starts: ['C1'],
    stops: ['C0'],
  }),
  'case.supplemented': row('ATVOD', ANY, { to: '=', stops: ['C14'], offline: true }),
  'attachment.added': row('ATOD', ANY_OR_DRAFT, { to: '=', offline: true, privacy: 'P3' }),
  'attachment.received': row('S', ANY, { to: '=' }),
  'visit.recorded': row('ATDO', ANY, { to: '=', offline: true }),
  'mediation.recorded': row(
    'ATD',
    ['TAKEN', 'FIELD_RESOLVED', 'SUBMITTED', 'RETURNED', 'REGISTERED', 'TRANSFERRED', 'ACCEPTED'],
    { to: '=', offline: true },
  ),
  'resolution.recorded': row(
    'AT',
    ['TAKEN', 'SUBMITTED', 'RETURNED', 'REGISTERED', 'TRANSFERRED', 'OBJECTED', 'ACCEPTED'],
    { to: resolutionTarget, starts: ['C16'], offline: true },
  ),
  'resolution.approved': row('OT', ['FIELD_RESOLVED'], {
    to: 'CLOSED',
    starts: ['C12'],
    stops: ['C1', 'C1b'],
  }),
  'resolution.rejected': row('OT', ['FIELD_RESOLVED'], { to: rejectionTarget }),
  'resolution.adopted': row('DT', ['ACCEPTED'], { to: '=' }),
  'commitment.due': row('S', ANY, { to: '=' }),
  'commitment.fulfilled': row('ATDO', ANY, { to: '=', stops: ['C16'], offline: true }),
  'commitment.breached': row('ATDOV', ANY, { to: '=', offline: true }),
  'urgent.reported': row('ATOD', ANY_OR_DRAFT, {
    to: '=',
    starts: ['C13'],
    offline: true,
    privacy: 'P3',
  }),
  'urgent.acknowledged': row('OL', ANY_OR_DRAFT, { to: '=', stops: ['C13'] }),
  'urgent.stood_down': row('OL', ANY_OR_DRAFT, { to: '=' }),
  'hazard.reported': row('AT', ['NONE'], { to: 'NONE', offline: true }),
  'case.returned': row('O', ['SUBMITTED'], { to: 'RETURNED', starts: ['C14'] }),
  'case.registered': row('OS', ['SUBMITTED', 'FIELD_RESOLVED'], {
    to: 'REGISTERED',
    starts: ['C1b'],
  }),
  'case.classified': row('OD', ['SUBMITTED', 'REGISTERED', 'TRANSFERRED', 'ACCEPTED'], { to: '=' }),
  'case.sealed': row('OSA', ANY_OR_DRAFT, { to: '=', offline: true, privacy: 'P4' }),
  'case.merged': row(
    'O',
    ['SUBMITTED', 'FIELD_RESOLVED', 'REGISTERED', 'TRANSFERRED', 'ACCEPTED'],
    { to: 'MERGED', stops: ['C1', 'C1b', 'C2', 'C3', 'C4', 'C6', 'C7'] },
  ),
  'case.unmerged': row('O', ['MERGED'], { to: 'REGISTERED' }),
  'case.corrected': row('O', ANY, { to: '=' }),
  'case.voided': row('ATO', ['DRAFT', 'SUBMITTED', 'REGISTERED'], { to: 'VOIDED' }),
  'case.transferred': row('O', ['REGISTERED'], {
    to: 'TRANSFERRED',
    starts: ['C2', 'C3', 'C6'],
    stops: ['C1', 'C1b'],
  }),
  'case.assigned': row('OL', ['REGISTERED'], {
    to: 'TRANSFERRED',
    starts: ['C2', 'C3', 'C6', 'C15'],
    stops: ['C1', 'C1b'],
  }),
  'case.replied_directly': row('O', ['REGISTERED'], { to: 'OPINION_ISSUED', stops: ['C1', 'C1b'] }),
  'case.not_accepted': row('OD', ['SUBMITTED', 'REGISTERED', 'TRANSFERRED'], {
    to: 'NOT_ACCEPTED',
    stops: ['C1', 'C1b', 'C2', 'C3'],
  }),
  'case.no_more_accepted': row('OD', ['SUBMITTED', 'REGISTERED', 'TRANSFERRED'], {
    to: 'NO_MORE',
    stops: ['C1', 'C1b', 'C2', 'C3'],
  }),
  'case.diverted': row('OD', ['SUBMITTED', 'REGISTERED', 'TRANSFERRED', 'ACCEPTED'], {
    to: 'DIVERTED',
    stops: ['C1', 'C1b', 'C2', 'C3', 'C4', 'C6', 'C7'],
  }),
  'transfer.received': row('DT', ['TRANSFERRED'], { to: '=' }),
  'objection.raised': row('DT', ['TRANSFERRED'], {
    to: 'OBJECTED',
    starts: ['C17'],
    stops: ['C3'],
  }),
  'objection.upheld': row('O', ['OBJECTED'], {
    to: 'REGISTERED',
    starts: ['C1b'],
    stops: ['C2', 'C17'],
  }),
  'objection.overruled': row('OL', ['OBJECTED'], { to: 'TRANSFERRED', stops: ['C17'] }),
  'case.accepted': row('DT', ['TRANSFERRED'], {
    to: 'ACCEPTED',
    starts: ['C4', 'C7'],
    stops: ['C2', 'C3', 'C6'],
  }),
  'progress.recorded': row('DTLO', ['ACCEPTED', 'TRANSFERRED', 'OPINION_ISSUED', 'DELIVERED'], {
    to: '=',
  }),
  'leader.assigned': row('OL', OPEN, { to: '=', starts: ['C18'] }),
  'leader.instructed': row('L', OPEN, { to: '=' }),
  'hearing.scheduled': row('DTO', ['ACCEPTED', 'REVIEWING', 'RECHECKING'], { to: '=' }),
  'hearing.held': row('DTO', ['ACCEPTED', 'REVIEWING', 'RECHECKING'], { to: '=' }),
  'extension.requested': row('DT', ['ACCEPTED'], { to: '=' }),
  'extension.approved': row('DL', ['ACCEPTED'], { to: '=', starts: ['C5'] }),
  'extension.rejected': row('DL', ['ACCEPTED'], { to: '=' }),
  'opinion.issued': row('DT', ['ACCEPTED'], { to: 'OPINION_ISSUED' }),
  'delivery.recorded': row(
    'ATDO',
    [
      'OPINION_ISSUED',
      'REVIEWED',
      'TRANSFERRED',
      'ACCEPTED',
      'NOT_ACCEPTED',
      'NO_MORE',
      'DIVERTED',
      'TERMINATED',
    ],
    {
      to: deliveryTarget,
      starts: ['C8', 'C10', 'C12'],
      stops: ['C4', 'C5', 'C7'],
      offline: true,
      privacy: 'P3',
    },
  ),
  'notice.told': row('ATO', ANY, { to: '=', offline: true }),
  'contact.attempted': row('ATOD', ANY, { to: '=', offline: true }),
  'rating.sealed': row(
    'V',
    [
      'FIELD_RESOLVED',
      'TRANSFERRED',
      'ACCEPTED',
      'OPINION_ISSUED',
      'DELIVERED',
      'CLOSED',
      'NOT_ACCEPTED',
      'DIVERTED',
    ],
    { to: '=', offline: true, privacy: 'P4' },
  ),
  'rating.accepted': row('S', ANY, { to: '=', stops: ['C12'] }),
  'rating.expired': row('S', ['CLOSED', 'DELIVERED'], { to: '=' }),
  'case.closed': row('ODS', ['DELIVERED'], { to: 'CLOSED', stops: ['C15', 'C18'] }),
  'case.reopened': row(
    'OL',
    ['CLOSED', 'WITHDRAWN', 'NOT_ACCEPTED', 'DIVERTED', 'VOIDED', 'MERGED'],
    { to: 'REGISTERED', starts: ['C1b'] },
  ),
  'followup.recorded': row('OAT', ANY, { to: '=', offline: true }),
  'withdrawal.requested': row(
    'VA',
    [
      'TAKEN',
      'FIELD_RESOLVED',
      'SUBMITTED',
      'RETURNED',
      'REGISTERED',
      'TRANSFERRED',
      'OBJECTED',
      'ACCEPTED',
    ],
    { to: '=', offline: true },
  ),
  'withdrawal.confirmed': row(
    'O',
    [
      'TAKEN',
      'FIELD_RESOLVED',
      'SUBMITTED',
      'RETURNED',
      'REGISTERED',
      'TRANSFERRED',
      'OBJECTED',
      'ACCEPTED',
    ],
    { to: 'WITHDRAWN', stops: ['C1', 'C1b', 'C2', 'C3', 'C4', 'C5', 'C7'] },
  ),
  'withdrawal.refused': row(
    'O',
    [
      'TAKEN',
      'FIELD_RESOLVED',
      'SUBMITTED',
      'RETURNED',
      'REGISTERED',
      'TRANSFERRED',
      'OBJECTED',
      'ACCEPTED',
    ],
    { to: '=' },
  ),
  'review.requested': row('VAT', ['DELIVERED', 'CLOSED'], {
    to: 'REVIEWING',
    starts: ['C9'],
    stops: ['C8'],
    offline: true,
  }),
  'review.decided': row('DO', ['REVIEWING'], { to: 'REVIEWED', stops: ['C9'] }),
  'review.settled': row('OS', ['REVIEWED'], {
    to: settlementTarget,
    starts: ['C4'],
    stops: ['C10'],
  }),
  'recheck.requested': row('VAT', ['REVIEWED'], {
    to: 'RECHECKING',
    starts: ['C11'],
    stops: ['C10'],
    offline: true,
  }),
  'recheck.decided': row('DO', ['RECHECKING'], { to: 'TERMINATED', stops: ['C11'] }),
  'relief.referred': row('ATOD', ANY, { to: '=', offline: true }),
  'supervision.issued': row('OL', [...OPEN, 'CLOSED', 'REVIEWING'], { to: '=', starts: ['C19'] }),
  'supervision.answered': row('DT', ANY, { to: '=', stops: ['C19'] }),
  'supervision.closed': row('OL', ANY, { to: '=' }),
  'case.handed_over': row('TO', ANY_OR_DRAFT, { to: '=' }),
  'doc.generated': row('SATOD', ANY_OR_DRAFT, { to: '=', offline: true }),
  'clock.changed': row('S', ANY_OR_DRAFT, { to: '=' }),
  'conflict.detected': row('S', ANY_OR_DRAFT, { to: '=' }),
  'conflict.resolved': row('OT', ANY_OR_DRAFT, { to: '=' }),
  'event.quarantined': row('S', ANY_OR_DRAFT, { to: '=' }),
  'event.adopted': row('O', ANY_OR_DRAFT, { to: '=' }),
  'view.logged': row('S', ANY_OR_DRAFT, { to: '=' }),
  'export.made': row('OXS', ANY, { to: '=' }),
};
