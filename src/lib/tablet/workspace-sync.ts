/** What the screens know of delivery beyond the loop: proof, signal, slips, a lost vault. */
import { alarmName } from './county-back.ts';
import { browserClock, browserDigest } from './browser.ts';
import { coarseDay } from './coarse-day.ts';
import { DayProof } from './day-proof.ts';
import { writeSealed, type Engine } from './engine.ts';
import type { Marker } from './marker.ts';
import { metaPlace } from './places.ts';
import { META } from './settings.ts';
import { signalFrom, type Signal } from './signal.ts';

const today = (): number => coarseDay(browserClock.now());

const opened = async (engine: Engine, key: string): Promise<unknown> => {
  const body = await engine.store.meta(key);
  return body ? engine.vault.open(body, metaPlace(key)) : null;
};

export const dayProof = ({ store, vault }: Engine): DayProof =>
  new DayProof({ store, vault, digest: browserDigest, today });

/** What earlier windows of today measured, and how this one keeps its own. */
export async function keptSignal(
  engine: Engine,
): Promise<{ readonly signal: Signal; keepSignal(signal: Signal): void }> {
  return {
    signal: signalFrom(await opened(engine, META.signal), today()),
    // A figure for people: that it may get lost with a power cut costs nothing.
    keepSignal: (signal) => void writeSealed(engine, META.signal, signal).catch(() => undefined),
  };
}

/** Cases whose slip was given (④), by how. */
async function receipts(engine: Engine): Promise<Readonly<Record<string, string>>> {
  return ((await opened(engine, META.receipts)) ?? {}) as Readonly<Record<string, string>>;
}

export const receiptsGiven = async (engine: Engine): Promise<ReadonlySet<string>> =>
  new Set(Object.keys(await receipts(engine)));

/** ④ the receipt was given; kept sealed beside the settings, it is no event of the case. */
export async function noteReceipt(engine: Engine, caseId: string, how: string): Promise<void> {
  await writeSealed(engine, META.receipts, { ...(await receipts(engine)), [caseId]: how });
}

/** Writes down that the vault of the mark is gone; false when this is still the same vault. */
export async function noteLoss(engine: Engine, marker: Marker | null): Promise<boolean> {
  const sync = await engine.store.sync();
  const fresh = sync !== null && sync.dsNext === 1 && sync.lastReceiptAt === '';
  if (!marker || !fresh || marker.dv === sync.dv) return false;
  if (sync.was !== undefined || marker.dv === '') return true;
  const was = { ...marker, why: 'EVICTED', day: today() } as const;
  await engine.store.exchange({ ids: [], cases: [], own: false, all: false }, (view) => ({
    ...{ sync: { ...view.sync, was }, put: [], remove: [], touch: [], removeCases: [] },
    mediaAgain: false,
  }));
  return true;
}

/** `alarmName` of the alarm that the agent has read, else empty. */
export async function alarmRead(engine: Engine): Promise<string> {
  const read = await opened(engine, META.alarmRead);
  return typeof read === 'string' ? read : '';
}

export async function readAlarm(engine: Engine): Promise<void> {
  const sync = await engine.store.sync();
  if (sync?.was) await writeSealed(engine, META.alarmRead, alarmName(sync.was, sync));
}
