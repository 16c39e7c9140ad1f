/**
 * Today's signal as it was measured: real exchanges and chunks, nothing assumed. Moving averages,
 * so that a walk from the yard to the village office shows within a few requests.
 */

/** One request that came back: bytes both ways, how long it took, what it delivered. */
export interface Measured {
  readonly kind: 'text' | 'file';
  /** Bytes on the wire, both ways. */
  readonly bytes: number;
  /** Stored bytes that it brought to the county. */
  readonly delivered: number;
  readonly ms: number;
}

export interface Signal {
  /** Days since 1970 in Asia/Shanghai; another day's figures say nothing about today. */
  readonly day: number;
  /** A request that carried next to nothing took so long; null before one did. */
  readonly latencyMs: number | null;
  /** Wire bytes per second. */
  readonly bytesPerSecond: number | null;
  /** Stored bytes of text per second: packing makes it larger than the wire's rate. */
  readonly textPerSecond: number | null;
}

export const noSignal = (day: number): Signal => ({
  ...{ day, latencyMs: null, bytesPerSecond: null, textPerSecond: null },
});

/** Weight of a measurement for each second that it took; one second at least. */
export const NEWEST_WEIGHT = 0.3;
/** Requests below this many bytes measure the way there and back, larger ones the rate. */
export const SMALL_BYTES = 2_000;
/** Below this rate a link counts as bad from the start. */
export const BAD_BYTES_PER_SECOND = 3_000;

const mixed = (before: number | null, now: number, ms: number): number => {
  if (before === null) return now;
  const weight = 1 - (1 - NEWEST_WEIGHT) ** Math.max(1, ms / 1000);
  return before + weight * (now - before);
};

/**
 * The signal as it shows while a request of so many bytes has been out for `ms`: the link is no
 * quicker than what that request has shown of it so far.
 */
export function withRunning(
  signal: Signal,
  { bytes, ms }: { readonly bytes: number; readonly ms: number },
): Signal {
  const carrying = (ms - (signal.latencyMs ?? 0)) / 1000;
  if (carrying <= 0) return signal;
  if (bytes < SMALL_BYTES) return { ...signal, latencyMs: ms };
  const most = bytes / carrying;
  const slower = (rate: number | null): number | null =>
    rate === null ? null : Math.min(rate, most);
  const { bytesPerSecond, textPerSecond } = signal;
  return {
    ...{ ...signal, bytesPerSecond: slower(bytesPerSecond), textPerSecond: slower(textPerSecond) },
  };
}

/** Takes one measurement in; one of another day begins anew. */
export function measured(before: Signal, one: Measured, day: number): Signal {
  const signal = before.day === day ? before : noSignal(day);
  if (one.ms <= 0) return signal;
  if (one.bytes < SMALL_BYTES) return { ...signal, latencyMs: mixed(signal.latencyMs, one.ms, 0) };
  // The way there and back is not the rate; at least a tenth of the time counts as carrying.
  const carrying = Math.max(one.ms - (signal.latencyMs ?? 0), one.ms / 10) / 1000;
  const bytesPerSecond = mixed(signal.bytesPerSecond, one.bytes / carrying, one.ms);
  const isText = one.kind === 'text' && one.delivered >= SMALL_BYTES;
  const textPerSecond = isText
    ? mixed(signal.textPerSecond, one.delivered / carrying, one.ms)
    : signal.textPerSecond;
  return { ...signal, bytesPerSecond, textPerSecond };
}

/** Seconds that so many stored bytes will take today; null while nothing was measured. */
export function secondsFor(
  signal: Signal,
  { text, files }: { readonly text: number; readonly files: number },
): number | null {
  const wire = signal.bytesPerSecond;
  const textRate = signal.textPerSecond ?? wire;
  if ((text > 0 && textRate === null) || (files > 0 && wire === null)) {
    // Next to nothing to send: the way there and back is all there is.
    const little = files === 0 && text <= SMALL_BYTES && signal.latencyMs !== null;
    return little ? signal.latencyMs / 1000 : null;
  }
  const carried = (text > 0 ? text / (textRate ?? 1) : 0) + (files > 0 ? files / (wire ?? 1) : 0);
  return carried + (text + files > 0 ? (signal.latencyMs ?? 0) / 1000 : 0);
}

/** What was kept, if it is a signal of today. */
export function signalFrom(kept: unknown, day: number): Signal {
  const signal = kept as Partial<Signal> | null | undefined;
  if (typeof signal !== 'object' || signal === null || signal.day !== day) return noSignal(day);
  const figure = (n: unknown): number | null =>
    typeof n === 'number' && Number.isFinite(n) && n > 0 ? n : null;
  return {
    ...{ day, latencyMs: figure(signal.latencyMs) },
    bytesPerSecond: figure(signal.bytesPerSecond),
    textPerSecond: figure(signal.textPerSecond),
  };
}
