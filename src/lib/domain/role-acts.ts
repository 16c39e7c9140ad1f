/** 职权: which role may see what and which office role may record which event (REFERENCE 5). */
import type { EventType } from './events.ts';
import type { Role } from './grants.ts';

/** What may be asked for, besides recording an event. */
export type ViewAction =
  | 'case.view'
  /** 查信儿, the public view: no role's, only of who holds a slip of the case (`villager.ts`). */
  | 'case.track'
  /** What the villager said, where it is, who took it: not for the unit it is about. */
  | 'case.view_words'
  /** Name, address, phone of the petitioner (P2) for a handling unit. */
  | 'case.view_identity'
  /** ID number, signature, photos with faces, health (P3). */
  | 'case.view_sensitive'
  | 'rating.view'
  | 'followup.view'
  | 'hazard.view'
  | 'stats.view'
  | 'device.view'
  | 'audit.view'
  | 'export'
  /** 含敏感: wants a second approver. */
  | 'export.sensitive'
  | 'users.manage'
  | 'settings.manage';

const CASE: readonly ViewAction[] = ['case.view', 'case.view_words', 'case.view_identity'];
const FULL: readonly ViewAction[] = [...CASE, 'case.view_sensitive'];

/** 查看权 per role; scope and exclusions come on top. */
export const ROLE_ACTIONS: Readonly<Record<Role, readonly ViewAction[]>> = {
  A: [...FULL, 'hazard.view'],
  T: [...FULL, 'hazard.view', 'rating.view', 'stats.view'],
  O1: [...FULL, 'hazard.view', 'stats.view', 'device.view', 'export'],
  O2: [...FULL, 'hazard.view', 'stats.view', 'device.view', 'export', 'export.sensitive'],
  O3: [...FULL, 'followup.view', 'export', 'export.sensitive'],
  O4: [...CASE, 'rating.view', 'followup.view', 'hazard.view', 'stats.view', 'export'],
  O5: [
    ...FULL,
    'rating.view',
    'followup.view',
    'hazard.view',
    'stats.view',
    'device.view',
    'audit.view',
    'export',
    'export.sensitive',
  ],
  D: [...CASE, 'rating.view'],
  D2: [...CASE, 'rating.view', 'stats.view'],
  L: [...CASE, 'hazard.view', 'stats.view'],
  X: ['case.view', 'hazard.view', 'stats.view', 'audit.view', 'export'],
  ADMIN: ['users.manage', 'settings.manage', 'device.view'],
};

/** What any clerk of the office may record about a case he sees. */
const ANY_CLERK: readonly EventType[] = [
  'case.drafted',
  'dictation.recorded',
  'dictation.readback_confirmed',
  'consent.recorded',
  'mandate.revoked',
  'agent.recused',
  'case.taken',
  'case.submitted',
  'case.supplemented',
  'attachment.added',
  'visit.recorded',
  'urgent.reported',
  'urgent.acknowledged',
  'notice.told',
  'contact.attempted',
  'relief.referred',
  'delivery.recorded',
  'progress.recorded',
  'commitment.fulfilled',
  'commitment.breached',
  'case.sealed',
  'doc.generated',
  'export.made',
  'case.handed_over',
];

/** O1 登记员. */
const REGISTRAR: readonly EventType[] = [
  'case.registered',
  'case.classified',
  'case.transferred',
  'case.assigned',
  'case.returned',
  'case.not_accepted',
  'case.no_more_accepted',
  'case.diverted',
  'case.replied_directly',
];

/** O2 审核员: reviews, ends, and what changes a record. */
const REVIEWER: readonly EventType[] = [
  'resolution.approved',
  'resolution.rejected',
  'case.classified',
  'case.closed',
  'case.reopened',
  'case.merged',
  'case.unmerged',
  'case.corrected',
  'case.voided',
  'objection.upheld',
  'objection.overruled',
  'withdrawal.confirmed',
  'withdrawal.refused',
  'review.decided',
  'review.settled',
  'recheck.decided',
  'hearing.scheduled',
  'hearing.held',
  'conflict.resolved',
  'event.adopted',
];

/** O4 督查员、回访员. */
const SUPERVISOR: readonly EventType[] = [
  'supervision.issued',
  'supervision.closed',
  'followup.recorded',
  'leader.assigned',
];

const DIRECTOR: readonly EventType[] = [
  ...REVIEWER,
  ...SUPERVISOR,
  'urgent.stood_down',
  'leader.assigned',
];

/** Office events per office role; nobody of the office issues an opinion (条例 art. 14). */
export const OFFICE_ACTS: Readonly<
  Record<'O1' | 'O2' | 'O3' | 'O4' | 'O5', ReadonlySet<EventType>>
> = {
  O1: new Set([...ANY_CLERK, ...REGISTRAR]),
  O2: new Set([...ANY_CLERK, ...REVIEWER]),
  O3: new Set([...ANY_CLERK, ...REGISTRAR, ...DIRECTOR]),
  O4: new Set([...ANY_CLERK, ...SUPERVISOR]),
  O5: new Set([...ANY_CLERK, ...DIRECTOR]),
};
