/** What an exchange tells of the tablet itself: kept for the county's page of devices. */
import type { Instant } from '../../domain/values.ts';
import type { AuditRow, DeviceRow } from '../../ports/county-store.ts';
import type { ExchangeRequest } from '../../protocol/sync.ts';

/** A poll that changes nothing is written down as contact at most this often. */
const CONTACT_WRITTEN_EVERY_MS = 60_000;

/** The report as the county keeps it: counted after the push that came with it. */
export type KeptReport = NonNullable<ExchangeRequest['report']>;

export interface Contact {
  readonly request: ExchangeRequest;
  readonly device: DeviceRow;
  /** Highest ds with an outcome, after this exchange. */
  readonly lastDs: number;
  readonly now: Instant;
  readonly offsetSeconds: number;
}

export const reportOf = (device: Pick<DeviceRow, 'report'>): Partial<KeptReport> =>
  device.report !== null && typeof device.report === 'object'
    ? (device.report as Partial<KeptReport>)
    : {};

/** Its own time put right by what its clock was off when it spoke. */
function atCounty(at: string, offsetSeconds: number): string | null {
  const ms = Date.parse(at) + offsetSeconds * 1000;
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : null;
}

function keptReport({ request, device, lastDs, offsetSeconds }: Contact): unknown {
  const { report } = request;
  if (report === undefined) return device.report;
  const unsent = Math.max(0, request.dsHi - lastDs);
  const oldest = unsent > 0 ? report.oldestUnsentAt : null;
  return { ...report, unsent, oldestUnsentAt: oldest && atCounty(oldest, offsetSeconds) };
}

/** The device's row after an exchange; null when there is nothing new to write. */
export function afterContact(contact: Contact, fresh: boolean): DeviceRow | null {
  const { request, device, lastDs, now, offsetSeconds } = contact;
  const quiet = Date.parse(now) - Date.parse(device.lastSeenAt) < CONTACT_WRITTEN_EVERY_MS;
  const told = reportOf(device).was?.dv === request.report?.was?.dv;
  if (!fresh && quiet && told && lastDs === device.lastDs) return null;
  // A late copy of an old request never lowers what the tablet once said it had taken.
  const dsHi = Math.max(device.dsHi, request.dsHi);
  const report = keptReport(contact);
  return { ...device, lastDs, dsHi, build: request.build, report, offsetSeconds, lastSeenAt: now };
}

/** The line of the audit when a tablet first tells of a vault that it lost. */
export function lossNoted({ request, device, now }: Contact): AuditRow | null {
  const was = request.report?.was;
  if (was === undefined || reportOf(device).was?.dv === was.dv) return null;
  const note = `${was.why} ${was.dv.slice(0, 22)} ${was.unsent}`;
  const { personId } = device;
  return { at: now, personId, action: 'device.lost', caseId: null, note };
}
