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

/** A new key of a tablet asks for a call for so long. */
export const KEY_CHANGED_DAYS = 30;

/** Somebody of the county looked into an alarm; it covers this much loss and no more. */
export interface AlarmSeen {
  readonly why: string;
  readonly lost: number;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}

export interface DeviceAlarm {
  /** The vault that told it, or that went silent. `COUNTY_BACK`: what was safe may be missing here. */
  readonly dv: string;
  readonly why: 'EVICTED' | 'CLONED' | 'RESTORED' | 'SILENT_LOSS' | 'COUNTY_BACK';
  /** Entries that never came to the county, as far as its figures tell. */
  readonly lost: number;
  /** Null while nobody wrote what became of it: an alarm never ends by itself. */
  readonly seen: AlarmSeen | null;
}

/** The county's devices with what was written to their alarms, by device id. */
interface Known {
  readonly devices: readonly DeviceRow[];
  readonly seen: ReadonlyMap<string, AlarmSeen>;
  readonly now: string;
}

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
  /** Whether what it sends is signed: by its first key, or by a later one, since when. */
  readonly signing: { readonly kind: 'none' | 'signed' | 'changed'; readonly at: string };
  /** Those that somebody marked as seen stay, and burn no more. */
  readonly alarms: readonly DeviceAlarm[];
  /** Higher burns more; rows come in this order. */
  readonly danger: number;
}

const hoursSince = (at: string, now: string): number =>
  (Date.parse(now) - Date.parse(at)) / HOUR_MS;

/** Numbers that a vault took and the county never got. */
const missing = ({ dsHi, lastDs }: DeviceRow): number => Math.max(0, dsHi - lastDs);

function seenOf(alarm: Omit<DeviceAlarm, 'seen'>, { seen }: Known): DeviceAlarm {
  const mark = seen.get(alarm.dv);
  const covers = mark !== undefined && mark.why === alarm.why && mark.lost >= alarm.lost;
  return { ...alarm, seen: covers ? mark : null };
}

/** The vault that this one stands for, when it told of one that is gone. */
function beforeOf(device: DeviceRow, { devices }: Known): DeviceRow | undefined {
  const { was } = reportOf(device);
  return was && devices.find((d) => d.dv === was.dv && d.personId === device.personId);
}

function toldBy(device: DeviceRow, known: Known): DeviceAlarm[] {
  const { was } = reportOf(device);
  if (was === undefined) return [];
  // Told under its own id: the county went back, the tablet did not.
  if (was.dv === device.dv)
    return [seenOf({ dv: device.dv, why: 'COUNTY_BACK', lost: was.unsent }, known)];
  const before = beforeOf(device, known);
  // A cloned vault goes on elsewhere: what it has not sent yet is not lost.
  const never = before === undefined || was.why === 'CLONED' ? 0 : missing(before);
  const lost = Math.max(was.unsent, never);
  return [seenOf({ dv: device.dv, why: was.why, lost }, known)];
}

/** What the vault told, and what the ones before it told: a tablet may lose its vault twice. */
function alarmsOf(device: DeviceRow, known: Known): DeviceAlarm[] {
  const chain: DeviceRow[] = [];
  for (let one: DeviceRow | undefined = device; one && !chain.includes(one);) {
    chain.push(one);
    one = reportOf(one).was?.why === 'CLONED' ? undefined : beforeOf(one, known);
  }
  const told = chain.flatMap((one) => toldBy(one, known));
  const { devices } = known;
  const named = devices.some((d) => reportOf(d).was?.dv === device.dv);
  const replaced = devices.some(
    (d) => d.personId === device.personId && d.enrolledAt > device.lastSeenAt,
  );
  // Another tablet of the same person began after this one had gone silent with work on it.
  const lost = !named && replaced ? missing(device) : 0;
  if (lost === 0 || reportOf(device).was !== undefined) return told;
  return [...told, seenOf({ dv: device.dv, why: 'SILENT_LOSS', lost }, known)];
}

function dangerOf(line: Omit<DeviceLine, 'danger'>): number {
  const open = line.alarms.filter(({ seen }) => seen === null);
  return (
    (open.some(({ lost }) => lost > 0) ? 32 : 0) +
    (line.overLimit ? 16 : 0) +
    (line.contact === 'late' ? 8 : 0) +
    (open.length > 0 ? 4 : 0) +
    (line.clockOff || line.roomLow || line.signing.kind === 'changed' ? 2 : 0) +
    (line.contact === 'soon' || line.unsent + line.unsentMedia > 0 ? 1 : 0)
  );
}

/** A change of key is told for a month; from then on it is simply its key. */
function signingOf({ key }: DeviceRow, now: string): DeviceLine['signing'] {
  if (key === undefined) return { kind: 'none', at: '' };
  const fresh = key.n > 1 && hoursSince(key.at, now) <= 24 * KEY_CHANGED_DAYS;
  return { kind: fresh ? 'changed' : 'signed', at: key.at };
}

function lineOf(device: DeviceRow, known: Known): DeviceLine {
  const { now } = known;
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
    signing: signingOf(device, now),
    alarms: alarmsOf(device, known),
  };
  return { ...line, danger: dangerOf(line) };
}

/** One line per vault that still matters, what burns first on top. */
export function deviceLines(
  devices: readonly DeviceRow[],
  now: string,
  seen: ReadonlyMap<string, AlarmSeen> = new Map(),
): DeviceLine[] {
  const known = { devices, seen, now };
  // A vault that its tablet gave up is told under the new name, by the same person's later one.
  const isGone = (old: DeviceRow): boolean =>
    devices.some((d) => {
      const { was } = reportOf(d);
      if (was?.dv !== old.dv || was.why === 'CLONED') return false;
      return d.personId === old.personId && d.enrolledAt > old.enrolledAt;
    });
  return devices
    .filter((d) => !isGone(d))
    .map((d) => lineOf(d, known))
    .sort((a, b) => b.danger - a.danger || (a.lastSeenAt < b.lastSeenAt ? -1 : 1));
}
