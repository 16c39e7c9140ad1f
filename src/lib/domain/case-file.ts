/**
 * 案卷: a case folded from its events. Plain JSON, so that a store may keep it as one text.
 *
 * Lists hold facts in the order of the fold (county `seq`, then unsent). Nothing is ever removed.
 */
import type { CaseEvent as AnyEvent } from './case-event.ts';
import type { CaseHead, CaseMoments, CaseNumbers, Urgency } from './case.ts';
import type { Dictation, Readback } from './dictation.ts';
import type { EventType, Payload } from './events.ts';
import type { Attachment, Commitment, Handling } from './handling.ts';
import type { AgentTerm, AgentRef, Mandate, SuspendedAct } from './mandate.ts';
import type { Mark, Noted } from './noted.ts';
import type { Petitioner } from './petitioner.ts';
import type { FileStatus } from './status.ts';
import type { CaseId, EventId, Instant } from './values.ts';

/**
 * What the fold did with an event. APPLIED: the life cycle allowed it here. NOTED: out of place,
 * its fact is kept, the status stands. SUSPENDED: done without power (K09). SEALED: only its
 * envelope could be read. UNKNOWN: a type of a newer build.
 */
export type EventEffect = 'APPLIED' | 'NOTED' | 'SUSPENDED' | 'SEALED' | 'UNKNOWN';

/** One line of the history, in fold order; sort by `occurredAt` for people to read. */
export interface TimelineEntry extends Mark {
  readonly type: EventType;
  readonly v: number;
  readonly effect: EventEffect;
  /** Status after this event. */
  readonly status: FileStatus;
}

/** 补充: an addition; after registration its changes are a proposal (K01). */
export interface Supplement extends Noted<'case.supplemented'> {
  readonly proposal: 'NONE' | 'APPLIED' | 'OPEN' | 'ADOPTED' | 'DECLINED';
  readonly decision: Mark | null;
}

/** 更正: what a field was and became; original words are never among them. */
export interface Correction {
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly reason: string | null;
  readonly mark: Mark;
}

/** 评价: that it was made, never what it says. */
export interface SealedRatingRecord extends Noted<'rating.sealed'> {
  /** PENDING until the county decides; REPEAT is shown beside the first, LATE is not counted. */
  readonly state: 'PENDING' | 'ACCEPTED' | 'REPEAT' | 'LATE';
  /** Targets that count from this rating: the first valid one per target. */
  readonly counted: readonly Payload<'rating.sealed'>['targets'][number][];
}

/** 督办. */
export interface Supervision {
  readonly issued: Noted<'supervision.issued'>;
  readonly answered: Noted<'supervision.answered'> | null;
  readonly closed: Noted<'supervision.closed'> | null;
}

/** 复查、复核. */
export interface Relief<Asked extends EventType, Decided extends EventType> {
  readonly requested: Noted<Asked>;
  readonly decided: Noted<Decided> | null;
  readonly settled: Noted<'review.settled'> | null;
}

/** 冲突箱. */
export interface Conflict {
  readonly detected: Noted<'conflict.detected'>;
  readonly resolved: Noted<'conflict.resolved'> | null;
}

/** 暂存事件: kept raw beside the log. */
export interface Quarantined {
  readonly noted: Noted<'event.quarantined'>;
  readonly adopted: Mark | null;
}

/**
 * 看不懂的记录: an event of a newer build that joined the log unread; the county's line before it
 * says so. `event` is kept as it came until `event.adopted` lets it count.
 */
export interface OpaqueAct {
  readonly eventId: EventId;
  readonly noted: Mark;
  readonly event: AnyEvent<string> | null;
}

/** 撤回申请. */
export interface Withdrawal {
  readonly requested: Noted<'withdrawal.requested'>;
  readonly answer: 'OPEN' | 'CONFIRMED' | 'REFUSED';
  readonly decision: Mark | null;
}

/** 紧急: only ever rises until a person stands it down (K16). */
export interface UrgentState {
  readonly level: Exclude<Urgency, 'NORMAL'> | null;
  readonly reports: readonly Noted<'urgent.reported'>[];
  readonly acknowledged: Noted<'urgent.acknowledged'> | null;
  readonly stoodDown: Noted<'urgent.stood_down'> | null;
}

/** 隐患: the newest state of a hazard's stream. */
export interface Hazard {
  readonly latest: Payload<'hazard.reported'>;
  readonly mark: Mark;
  /** First link to a case on the county's log wins (K26). */
  readonly toCase: CaseId | null;
}

/** 并案关系: a child that this case took in. */
export interface AbsorbedChild {
  readonly caseId: CaseId;
  readonly mark: Mark;
  readonly payload: NonNullable<Payload<'case.supplemented'>['absorbs']>;
}

/** 就地化解 as recorded by the agent, and what became of it. */
export interface Resolution extends Noted<'resolution.recorded'> {
  readonly state: 'PENDING' | 'APPROVED' | 'REJECTED' | 'ADOPTED';
  readonly decision: Mark | null;
  readonly reason: string | null;
}

export interface CaseFile {
  readonly caseId: CaseId;
  /** 128 random bits, one per case: what `h` is salted with. Empty when this reader lacks it. */
  readonly salt: string;
  readonly status: FileStatus;
  /** The event that last moved the status. */
  readonly statusSince: Mark | null;
  /** 1, and one more for every reopening and every new round after a review. */
  readonly round: number;
  readonly closeKind: 'ONSITE' | 'ANSWERED' | null;
  readonly numbers: CaseNumbers;
  readonly moments: CaseMoments;
  readonly head: CaseHead;
  readonly petitioners: readonly Petitioner[];
  /** Optional answers named as missing; in `case.submitted` they mean 请县里定. */
  readonly gaps: readonly string[];
  readonly receipt: Payload<'case.taken'>['receipt'] | null;
  readonly mandateMissing: string | null;
  readonly takings: readonly Noted<'case.taken'>[];
  readonly submissions: readonly Noted<'case.submitted'>[];

  readonly agent: AgentRef | null;
  readonly agents: readonly AgentTerm[];
  readonly recusals: readonly Noted<'agent.recused'>[];
  readonly handOvers: readonly Noted<'case.handed_over'>[];
  readonly mandates: readonly Mandate[];
  readonly suspended: readonly SuspendedAct[];

  readonly dictations: readonly Dictation[];
  readonly readbacks: readonly Readback[];
  readonly consents: readonly Noted<'consent.recorded'>[];
  readonly attachments: readonly Attachment[];
  readonly supplements: readonly Supplement[];
  /** Lists of representatives named after 接单, each device's own; > 5 together is 待定 (K20). */
  readonly representativeLists: readonly {
    readonly names: readonly string[];
    readonly mark: Mark;
  }[];
  readonly corrections: readonly Correction[];
  readonly visits: readonly Noted<'visit.recorded'>[];
  readonly mediations: readonly Noted<'mediation.recorded'>[];
  readonly resolutions: readonly Resolution[];
  readonly commitments: readonly Commitment[];
  readonly notices: readonly Noted<'notice.told'>[];
  readonly contacts: readonly Noted<'contact.attempted'>[];
  readonly followups: readonly Noted<'followup.recorded'>[];
  readonly reliefs: readonly Noted<'relief.referred'>[];

  readonly returns: readonly Noted<'case.returned'>[];
  readonly handlings: readonly Handling[];
  readonly progress: readonly Noted<'progress.recorded'>[];
  readonly replies: readonly Noted<'case.replied_directly'>[];
  readonly deliveries: readonly Noted<'delivery.recorded'>[];
  readonly hearings: readonly (Noted<'hearing.scheduled'> | Noted<'hearing.held'>)[];
  readonly leaderCase: Noted<'leader.assigned'> | null;
  readonly instructions: readonly Noted<'leader.instructed'>[];
  readonly supervisions: readonly Supervision[];

  readonly ratings: readonly SealedRatingRecord[];
  readonly ratingExpired: readonly Noted<'rating.expired'>[];
  readonly withdrawals: readonly Withdrawal[];
  readonly reviews: readonly Relief<'review.requested', 'review.decided'>[];
  readonly rechecks: readonly Relief<'recheck.requested', 'recheck.decided'>[];

  readonly urgent: UrgentState;
  readonly sealed: Noted<'case.sealed'> | null;
  /** Set while MERGED. */
  readonly mergedInto: { readonly caseId: CaseId; readonly mark: Mark } | null;
  readonly statusBeforeMerge: FileStatus | null;
  readonly children: readonly AbsorbedChild[];
  /** Ends that carry words: not accepted, no more, diverted, voided, reopened. */
  readonly endings: readonly (
    | Noted<'case.not_accepted'>
    | Noted<'case.no_more_accepted'>
    | Noted<'case.diverted'>
    | Noted<'case.voided'>
  )[];
  readonly reopenings: readonly Noted<'case.reopened'>[];

  readonly conflicts: readonly Conflict[];
  readonly quarantined: readonly Quarantined[];
  /** Absent where there was never one. */
  readonly opaque?: readonly OpaqueAct[];
  readonly docs: readonly Noted<'doc.generated'>[];
  readonly hazard: Hazard | null;
  readonly timeline: readonly TimelineEntry[];
  /** Types this build could not read, kept so that a newer one can fold again. */
  readonly unread: readonly EventId[];
  /** Latest `occurredAt` and highest `seq` folded. */
  readonly lastActAt: Instant | null;
  readonly seq: number;
}

const EMPTY_HEAD: CaseHead = {
  areaCode: null,
  channel: 'DL',
  xfDate: null,
  form: null,
  procedure: null,
  route: null,
  firstLocal: null,
  firstNational: null,
  repeat: false,
  repeatOf: null,
  group: false,
  skipLevel: false,
  xfReason: null,
  officeFlags: [],
  firstUnit: null,
  unit: null,
  coUnits: [],
};

const EMPTY_NUMBERS: CaseNumbers = {
  temporaryNo: null,
  caseNo: null,
  queryCode: null,
  querySuffix: null,
  nationalNo: null,
  outsideNo: null,
};

const EMPTY_MOMENTS: CaseMoments = {
  draftedAt: null,
  takenAt: null,
  submittedAt: null,
  receivedAt: null,
  registeredAt: null,
  transferredAt: null,
  acceptedAt: null,
  opinionAt: null,
  deliveredAt: null,
  endedAt: null,
};

/** A case nobody has recorded anything about yet. */
export function emptyCaseFile(caseId: CaseId, salt = ''): CaseFile {
  const none: readonly never[] = [];
  return {
    caseId,
    salt,
    status: 'NONE',
    statusSince: null,
    round: 1,
    closeKind: null,
    numbers: EMPTY_NUMBERS,
    moments: EMPTY_MOMENTS,
    head: EMPTY_HEAD,
    petitioners: none,
    gaps: none,
    receipt: null,
    mandateMissing: null,
    takings: none,
    submissions: none,
    agent: null,
    agents: none,
    recusals: none,
    handOvers: none,
    mandates: none,
    suspended: none,
    dictations: none,
    readbacks: none,
    consents: none,
    attachments: none,
    supplements: none,
    representativeLists: none,
    corrections: none,
    visits: none,
    mediations: none,
    resolutions: none,
    commitments: none,
    notices: none,
    contacts: none,
    followups: none,
    reliefs: none,
    returns: none,
    handlings: none,
    progress: none,
    replies: none,
    deliveries: none,
    hearings: none,
    leaderCase: null,
    instructions: none,
    supervisions: none,
    ratings: none,
    ratingExpired: none,
    withdrawals: none,
    reviews: none,
    rechecks: none,
    urgent: { level: null, reports: none, acknowledged: null, stoodDown: null },
    sealed: null,
    mergedInto: null,
    statusBeforeMerge: null,
    children: none,
    endings: none,
    reopenings: none,
    conflicts: none,
    quarantined: none,
    docs: none,
    hazard: null,
    timeline: none,
    unread: none,
    lastActAt: null,
    seq: 0,
  };
}
