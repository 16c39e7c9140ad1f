import type { ClockRecord } from '../clocks.ts';
import type { Instant } from '../values.ts';
import { instantIn } from './payload-frame.ts';
import type { SampleCase, SampleClock } from './sample-shape.ts';

/** The fields in which a listed clock and ours must agree. */
interface ClockFace {
  readonly code: string;
  readonly startedAt: Instant;
  readonly due: Instant;
  readonly stoppedAt: Instant | null;
  readonly outcome: string;
  readonly onTime: boolean | null;
  readonly provisional: boolean;
  readonly extendedTo: Instant | null;
}

const onTimeOf = (outcome: string): boolean | null =>
  outcome === 'MET' || outcome === 'USED' ? true : outcome === 'MISSED' ? false : null;

const instantOrNull = (text: string | null | undefined): Instant | null =>
  text === null || text === undefined ? null : instantIn(text);

const listedFace = (clock: SampleClock): ClockFace => ({
  code: clock.code,
  startedAt: instantIn(clock.startedAt),
  due: instantIn(clock.due),
  stoppedAt: instantOrNull(clock.stoppedAt),
  outcome: clock.outcome,
  onTime: clock.onTime ?? null,
  provisional: clock.provisional,
  extendedTo: instantOrNull(clock.extendedTo),
});

const ourFace = (clock: ClockRecord): ClockFace => ({
  code: clock.code,
  startedAt: clock.startedAt,
  due: clock.due,
  stoppedAt: clock.stoppedAt,
  outcome: clock.outcome,
  onTime: onTimeOf(clock.outcome),
  provisional: clock.provisional,
  extendedTo: clock.extendedTo,
});

/** Clocks that a file lists and ours differ from, and ours that it does not list; both ways. */
export function compareClocks(sample: SampleCase, ours: readonly ClockRecord[]): string[] {
  const left = ours.map((clock) => JSON.stringify(ourFace(clock)));
  const mismatches: string[] = [];
  for (const clock of sample.clocks) {
    const listed = JSON.stringify(listedFace(clock));
    const at = left.indexOf(listed);
    if (at >= 0) left.splice(at, 1);
    else mismatches.push(`${sample.id} listed but not ours: ${listed}`);
  }
  return [...mismatches, ...left.map((face) => `${sample.id} ours but not listed: ${face}`)];
}
