import { instantFromIso } from '../calendar.ts';
import type { Actor } from '../case-event.ts';
import type { EventType, Payload } from '../events.ts';
import { assert, type EventId, type Instant, type LocalDate, type UnitId } from '../values.ts';
import { sampleEventId } from './sample-ids.ts';
import type { SampleAgent } from './sample-people.ts';
import type { SampleCase, SampleEvent } from './sample-shape.ts';

/** Everything a payload builder may look at. */
export interface PayloadFrame {
  readonly sample: SampleCase;
  readonly event: SampleEvent;
  /** Shorthand of the event; empty for the 95 events that carry none. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  /** Agent of the case at that moment. */
  readonly agent: SampleAgent;
  readonly agents: ReadonlyMap<string, SampleAgent>;
  /** Lead unit at that moment; null before the transfer. */
  readonly unitId: UnitId | null;
}

/** Builds the typed payload of one event type from shorthand. */
export type PayloadBuilders<T extends EventType> = {
  readonly [K in T]: (frame: PayloadFrame) => Payload<K>;
};

/** A text of the shorthand; undefined when absent or empty. */
export function textIn(frame: PayloadFrame, key: string): string | undefined {
  const value = frame.data[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number of the shorthand. */
export function numberIn(frame: PayloadFrame, key: string): number | undefined {
  const value = frame.data[key];
  return typeof value === 'number' ? value : undefined;
}

/** A list of texts of the shorthand; empty when absent. */
export function textsIn(frame: PayloadFrame, key: string): string[] {
  const value = frame.data[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** An instant of the file (`+08:00`) in UTC. */
export function instantIn(text: string): Instant {
  const instant = instantFromIso(text);
  assert(instant, `sample time ${text} cannot be read`);
  return instant;
}

/** When the event happened. */
export const occurred = (frame: PayloadFrame): Instant => instantIn(frame.event.occurredAt);

/** Id of the latest listed event of a type, before this one; undefined when there is none. */
export function idOfLast(frame: PayloadFrame, type: EventType): EventId | undefined {
  const found = frame.sample.events.findLast(
    (other) => other.type === type && other.seq < frame.event.seq,
  );
  return found && sampleEventId(frame.sample.id, found.seq);
}

/** Ids of all listed events of a type before this one. */
export function idsOfAll(frame: PayloadFrame, type: EventType): EventId[] {
  return frame.sample.events
    .filter((other) => other.type === type && other.seq < frame.event.seq)
    .map((other) => sampleEventId(frame.sample.id, other.seq));
}

/** Drops keys without a value, so that a payload never says `undefined`. */
export function known<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The lead unit; in an altered file without a transfer the office itself, which may not act. */
export const leadUnit = (frame: PayloadFrame): UnitId => frame.unitId ?? ('XFJ' as UnitId);

/** A day of the file. */
export const dayIn = (text: string): LocalDate => text.slice(0, 10) as LocalDate;
