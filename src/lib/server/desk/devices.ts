/** 设备: every tablet by its danger, from what the exchange itself told. Pure over the rows. */
import type { PersonId } from '../../domain/values.ts';
import type { DeviceRow } from '../../ports/county-store.ts';
import { reportOf } from '../sync/contact.ts';

const HOUR_MS = 3_600_000;
/** What an agent took has to be at the county after so many hours (C0). */
export const UNSENT_LIMIT_HOURS = 24;
/** No word for so long: the row asks to be looked at. */
export const QUIET_HOURS = 20;
/** A tablet that sent nothing for so long is listed as silent. */
export const SILENT_HOURS = 72;
/** A clock that is off by more than this makes days wrong. */
export const CLOCK_OFF_SECONDS = 600;
/** Less room than this, as the browser guesses it, and photos may soon not fit. */
export const ROOM_BYTES_MIN = 200 * 1024 * 1024;
/** An alarm stands on top for so many days after the tablet came back under a new name. */
export const ALARM_DAYS = 14;

export type DeviceAlarm = {
  readonly why: 'EVICTED' | 'CLONED' | 'RESTORED' | 'SILENT_LOSS';
  /** Entries that never came to the county, as far as its figures tell. */
  readonly lost: number;
};

export interface DeviceLine {
  readonly key: string;
  readonly personId: PersonId;
  readonly letter: string;
  readonly build: string;
  readonly lastSeenAt: string;
  readonly contact: 'ok' | 'soon' | 'late';
  readonly unsent: number;
  readonly unsentMedia: number;
  /** By the county's clock; null when nothing waits. */
  readonly oldestUnsentAt: string | null;
  readonly overLimit: boolean;
  readonly offsetSeconds: number;
  readonly clockOff: boolean;
  readonly leftBytes: number | null;
  readonly roomLow: boolean;
  readonly persisted: boolean | null;
  readonly alarm: DeviceAlarm | null;
  /** Higher burns more; rows come in this order. */
  readonly danger: number;
}

const hoursSince = (at: string, now: string): number =>
  (Date.parse(now) - Date.parse(at)) / HOUR_MS;

/** Numbers that a vault took and the county never got. */
const missing = ({ dsHi, lastDs }: DeviceRow): number => Math.max(0, dsHi - lastDs);

function alarmOf(device: DeviceRow, all: readonly DeviceRow[], now: string): DeviceAlarm | null {
  const { was } = reportOf(device);
  if (was !== undefined) {
    if (hoursSince(device.enrolledAt, now) > ALARM_DAYS * 24) return null;
    const before = all.find((d) => d.dv === was.dv && d.personId === device.personId);
    // A cloned vault goes on elsewhere: what it has not sent yet is not lost.
    const never = before === undefined || was.why === 'CLONED' ? 0 : missing(before);
    return { why: was.why, lost: Math.max(was.unsent, never) };
  }
  const named = all.some((d) => reportOf(d).was?.dv === device.dv);
  const replaced = all.some(
    (d) => d.personId === device.personId && d.enrolledAt > device.lastSeenAt,
  );
  // Another tablet of the same person began after this one had gone silent with work on it.
  if (!named && replaced && missing(device) > 0)
    return { why: 'SILENT_LOSS', lost: missing(device) };
  return null;
}

const dangerOf = (line: Omit<DeviceLine, 'danger'>): number =>
  (line.alarm !== null && line.alarm.lost > 0 ? 32 : 0) +
  (line.overLimit ? 16 : 0) +
  (line.contact === 'late' ? 8 : 0) +
  (line.alarm !== null ? 4 : 0) +
  (line.clockOff || line.roomLow ? 2 : 0) +
  (line.contact === 'soon' || line.unsent > 0 ? 1 : 0);

function lineOf(device: DeviceRow, all: readonly DeviceRow[], now: string): DeviceLine {
  const report = reportOf(device);
  const silent = hoursSince(device.lastSeenAt, now);
  const unsent = report.unsent ?? missing(device);
  const oldest = unsent > 0 ? (report.oldestUnsentAt ?? null) : null;
  const leftBytes = report.storageLeftBytes ?? null;
  const line: Omit<DeviceLine, 'danger'> = {
    key: device.dv,
    personId: device.personId,
    letter: device.letter,
    build: device.build,
    lastSeenAt: device.lastSeenAt,
    contact: silent > SILENT_HOURS ? 'late' : silent > QUIET_HOURS ? 'soon' : 'ok',
    unsent,
    unsentMedia: report.unsentMedia ?? 0,
    oldestUnsentAt: oldest,
    overLimit: oldest !== null && hoursSince(oldest, now) > UNSENT_LIMIT_HOURS,
    offsetSeconds: device.offsetSeconds,
    clockOff: Math.abs(device.offsetSeconds) > CLOCK_OFF_SECONDS,
    leftBytes,
    roomLow: leftBytes !== null && leftBytes < ROOM_BYTES_MIN,
    persisted: report.persisted ?? null,
    alarm: alarmOf(device, all, now),
  };
  return { ...line, danger: dangerOf(line) };
}

/** One line per vault that still matters, what burns first on top. */
export function deviceLines(devices: readonly DeviceRow[], now: string): DeviceLine[] {
  // A vault that its tablet gave up is told under the new name.
  const gone = new Set(
    devices
      .flatMap((d) => [reportOf(d).was].flatMap((w) => (w ? [w] : [])))
      .filter((w) => w.why !== 'CLONED')
      .map((w) => w.dv),
  );
  return devices
    .filter((d) => !gone.has(d.dv))
    .map((d) => lineOf(d, devices, now))
    .sort((a, b) => b.danger - a.danger || (a.lastSeenAt < b.lastSeenAt ? -1 : 1));
}
