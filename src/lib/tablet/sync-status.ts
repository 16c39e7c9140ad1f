import type { CaseId, Instant } from '../domain/values.ts';
import type { MediaRecord, SyncRecord } from '../ports/tablet-store.ts';
import { alarmName, isCountyBack } from './county-back.ts';
import type { DayLine } from './day-line.ts';
import type { Findable } from './search.ts';
import { NO_JOB } from './send-job-types.ts';
import { noSignal } from './signal.ts';
import type { LoopStatus } from './sync-loop.ts';
import type { SyncStatus } from './workspace-types.ts';

export const QUIET_LOOP: LoopStatus = {
  ...{ phase: 'idle', reason: null, lastTriedAt: null, nextTryAt: null },
  ...{ signal: noSignal(0), progress: new Map(), filesTomorrow: false, outdated: false },
  ...{ job: NO_JOB, running: null },
};

export interface StatusInputs {
  readonly all: readonly Findable[];
  readonly media: readonly MediaRecord[];
  readonly unsentTextBytes: number;
  readonly sync: SyncRecord | null;
  /** The proof over rows and receipts; null while it is being made. */
  readonly line: DayLine | null;
  /** `alarmName` of the alarm that was read. */
  readonly alarmRead: string;
  readonly loop: LoopStatus;
  /** The clock was put right since the last answer found it wrong. */
  readonly clockMended: boolean;
}

/**
 * The figures of the strip. `allSent` is set only by the proof of day-line.ts, and only while the
 * list beside it shows nothing unsent either.
 */
export function syncStatus({ all, media, unsentTextBytes, ...rest }: StatusInputs): SyncStatus {
  const { sync, line, loop, alarmRead } = rest;
  const waiting = media.filter((m) => m.state === 'p');
  const rows = all.map((f) => f.row);
  const unsent = rows.filter((r) => r.unsentEvents + r.unsentMedia > 0);
  const refusedEvents = rows.reduce((sum, r) => sum + r.refusedEvents, 0);
  const lastReceiptAt = (sync?.lastReceiptAt || null) as Instant | null;
  const idle = unsent.length === 0 && refusedEvents === 0 && waiting.length === 0;
  return {
    ...{ phase: loop.phase, reason: loop.reason, signal: loop.signal },
    ...{ lastTriedAt: loop.lastTriedAt, nextTryAt: loop.nextTryAt, lastReceiptAt, refusedEvents },
    unsentEvents: rows.reduce((sum, r) => sum + r.unsentEvents, 0),
    ...{ unsentMedia: waiting.length, unsentCases: unsent.length, unsentTextBytes },
    unsentMediaBytes: waiting.reduce((sum, m) => sum + leftOf(m, loop), 0),
    proving: idle && line === null,
    doubt: idle && line && !line.clear ? line.doubt : null,
    allSent:
      idle && line?.clear
        ? { cases: rows.length, at: line.at, sentHere: (sync?.dsNext ?? 1) > 1 }
        : null,
    alarm: alarmOf(sync, alarmRead),
    nearestDue: nearest(unsent.map((r) => ({ caseId: r.caseId, dueAt: r.light.dueAt }))),
    clockOffsetSeconds: rest.clockMended ? 0 : (sync?.clockOffsetSeconds ?? 0),
    ...{ mediaProgress: loop.job.share, running: loop.running, outdated: loop.outdated },
  };
}

function alarmOf(sync: SyncRecord | null, read: string): SyncStatus['alarm'] {
  if (!sync?.was || alarmName(sync.was, sync) === read) return null;
  return isCountyBack(sync.was, sync) ? { ...sync.was, county: true } : sync.was;
}

function nearest(
  list: readonly { readonly caseId: CaseId; readonly dueAt: Instant | null }[],
): SyncStatus['nearestDue'] {
  let best: SyncStatus['nearestDue'] = null;
  for (const { caseId, dueAt } of list)
    if (dueAt && (!best || dueAt < best.dueAt)) best = { caseId, dueAt };
  return best;
}

/** Bytes of a file that still have to go: what lies at the county in part is not sent twice. */
const leftOf = ({ id, bytes }: MediaRecord, { job }: LoopStatus): number =>
  Math.max(0, bytes - (job.atCounty.get(id) ?? 0));
