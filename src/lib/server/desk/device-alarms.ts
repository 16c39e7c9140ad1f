/** 设备: what somebody of the county found out about an alarm, noted beside it with who and when. */
import * as z from 'zod';
import type { PersonId } from '../../domain/values.ts';
import { keep, lastKeptUnder } from '../settings/kept.ts';
import type { DeskDeps } from './deps.ts';
import type { AlarmSeen, DeviceLine } from './devices.ts';

const PREFIX = 'device_alarm.';
/** Characters of what somebody writes to an alarm. */
export const ALARM_REASON_MAX = 200;

const storedSchema = z.object({
  why: z.string(),
  lost: z.int().check(z.nonnegative()),
  reason: z.string(),
});

/** What was written to alarms, by the device that told it; the last word on each holds. */
export async function seenAlarms(deps: DeskDeps): Promise<ReadonlyMap<string, AlarmSeen>> {
  const seen = new Map<string, AlarmSeen>();
  for (const [dv, row] of await lastKeptUnder(deps, PREFIX)) {
    const read = storedSchema.safeParse(JSON.parse(row.value));
    // An unreadable word leaves the alarm burning.
    if (read.success) seen.set(dv, { ...read.data, at: row.changed_at, by: row.changed_by });
  }
  return seen;
}

/** An alarm as the person saw it on the page, and what became of it. */
export interface AlarmMark {
  readonly dv: string;
  readonly why: string;
  readonly lost: number;
  readonly reason: string;
}

/**
 * Marks an alarm as seen, with a line in the audit; false when `lines`, the person's own page, has
 * no such open alarm or no reason was written. It covers at most the loss that the page showed.
 */
export async function markAlarmSeen(
  deps: DeskDeps,
  { personId, lines }: { readonly personId: PersonId; readonly lines: readonly DeviceLine[] },
  mark: AlarmMark,
): Promise<boolean> {
  const reason = mark.reason.trim().slice(0, ALARM_REASON_MAX);
  const open = lines
    .flatMap(({ alarms }) => alarms)
    .find(({ dv, why, seen }) => dv === mark.dv && why === mark.why && seen === null);
  if (open === undefined || reason === '' || !(mark.lost >= 0)) return false;
  const { dv, why } = open;
  const lost = Math.min(Math.trunc(mark.lost), open.lost);
  const at = deps.now();
  // The audit first: a mark without its line would be a silent end.
  const note = JSON.stringify({ dv, why, lost, reason });
  const line = { at, personId, action: 'device.alarm_seen', caseId: null, note };
  await deps.store.transact(deps.county, (tx) => tx.write({ audit: [line] }));
  await keep(deps, { name: `${PREFIX}${dv}`, value: { why, lost, reason } }, { personId, at });
  return true;
}
