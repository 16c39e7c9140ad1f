/** 标志 (REFERENCE 4.1): facts beside the status; every one is read from the file. */
import type { CaseFile, UrgentState } from './case-file.ts';
import { secondsBetween } from './event-time.ts';
import { isSettled } from './intake-choice.ts';
import type { Instant } from './values.ts';

export interface CaseFlags {
  readonly urgent: UrgentState['level'];
  readonly sealed: boolean;
  readonly joint: boolean;
  readonly repeat: boolean;
  readonly skipLevel: boolean;
  readonly leaderCase: boolean;
  /** Highest level of an open supervision, 0 when none. */
  readonly supervised: number;
  /** 现场已处理，请核 (K02). */
  readonly fieldResolutionPending: boolean;
  readonly withdrawalAsked: boolean;
  readonly extended: boolean;
  /** 告知未达: an extension nobody has told the villager of (K14). */
  readonly noticeMissing: boolean;
  readonly conflictOpen: boolean;
  readonly quarantineOpen: boolean;
  readonly mandateMissing: boolean;
  readonly lane: string | null;
  /** 读回不符 or voided: read again (K27). */
  readonly readbackOpen: boolean;
  /** A promise was broken and the office has not reopened or explained (K22). */
  readonly promiseBroken: boolean;
}

const noticeMissing = (file: CaseFile): boolean =>
  file.handlings.some((h) => {
    const approved = h.extension.approved;
    if (!approved) return false;
    const id = approved.mark.eventId;
    const told = file.notices.some(
      (n) => n.payload.about === id || (!n.payload.about && n.payload.what.includes('延期')),
    );
    return !told && !file.deliveries.some((d) => d.payload.docKind === '延期告知书');
  });

/** 标志 of a folded case; `provisionalClock` is the clocks' own. */
export function flagsOf(file: CaseFile): CaseFlags {
  const open = file.supervisions.filter((s) => s.closed === null);
  const unitHasIt = ['TRANSFERRED', 'OBJECTED', 'ACCEPTED'].includes(file.status);
  const readback = file.readbacks.at(-1);
  return {
    urgent: file.urgent.level,
    sealed: file.sealed !== null || file.head.procedure === 'SEALED',
    joint: file.head.joint === true || (file.head.petitionerCount ?? 1) >= 2,
    repeat: file.head.repeat,
    skipLevel: file.head.skipLevel,
    leaderCase: file.leaderCase !== null,
    supervised: Math.max(0, ...open.map((s) => s.issued.payload.level)),
    fieldResolutionPending: unitHasIt && file.resolutions.some((r) => r.state === 'PENDING'),
    withdrawalAsked: file.withdrawals.some((w) => w.answer === 'OPEN'),
    extended: file.handlings.some((h) => h.extension.approved !== null),
    noticeMissing: noticeMissing(file),
    conflictOpen: file.conflicts.some((c) => !isSettled(file, c)),
    quarantineOpen: file.quarantined.some((q) => q.adopted === null),
    mandateMissing: file.mandateMissing !== null && file.mandates.length === 0,
    lane: file.head.lane ?? null,
    readbackOpen: readback !== undefined && ['MISMATCH', 'VOIDED'].includes(readback.state),
    promiseBroken: file.commitments.some((c) => c.status === 'BREACHED'),
  };
}

/** 补签委托 turns yellow after three days. */
export const MANDATE_WAIT_DAYS = 3;

export const isMandateOverdue = (file: CaseFile, now: Instant): boolean =>
  flagsOf(file).mandateMissing &&
  file.mandateMissing === '本人明天补签' &&
  file.moments.takenAt !== null &&
  secondsBetween(file.moments.takenAt, now) > MANDATE_WAIT_DAYS * 86_400;
