/**
 * Versions of the payload shapes and the lift from older ones. Pulls no schemas: whoever folds
 * events, the tablet's pages too, lifts them here.
 */
import type { EventType } from './events.ts';
import { LIFECYCLE } from './lifecycle-table.ts';
import { fail, ok, type Result } from './values.ts';

/** One step up from version n to n+1, keyed `type@n`. Pure; unknown fields must survive. */
export type Upcasters = Readonly<Record<string, (payload: unknown) => unknown>>;

/** What one build writes and how it reads what older builds wrote. */
export interface Shapes {
  /** Version in which a payload is written; 1 for every type that is not named here. */
  readonly current: Readonly<Partial<Record<EventType, number>>>;
  readonly upcasters: Upcasters;
}

/** The shapes of this build. */
export const SHAPES: Shapes = { current: {}, upcasters: {} };

/** Code of the line that says: what follows joined the log unread. */
export const OPAQUE = 'OPAQUE';

/** A type this build does not know, or one written by a newer build. Kept raw, read later (K23). */
export type UnknownShape = 'UNKNOWN_TYPE' | 'NEWER_VERSION';

export const isEventType = (type: string): type is EventType => Object.hasOwn(LIFECYCLE, type);

/** Version of the payload shape that this build writes. */
export const currentVersion = (type: EventType, shapes: Shapes = SHAPES): number =>
  shapes.current[type] ?? 1;

interface Shaped {
  readonly type: string;
  readonly v: number;
  readonly payload: unknown;
}

/** Lifts a payload to the current version; does not yet check its shape. */
export function upcast(
  event: Shaped,
  shapes: Shapes = SHAPES,
): Result<{ type: EventType; v: number; payload: unknown }, UnknownShape> {
  const { type } = event;
  if (!isEventType(type)) return fail('UNKNOWN_TYPE');
  const target = currentVersion(type, shapes);
  if (event.v > target) return fail('NEWER_VERSION');
  let { payload } = event;
  for (let { v } = event; v < target; v += 1) {
    const step = shapes.upcasters[`${type}@${v}`];
    if (!step) return fail('UNKNOWN_TYPE');
    payload = step(payload);
  }
  return ok({ type, v: target, payload });
}

/** The event as this build reads it; as it came, where it reads it not. */
export function lifted<E extends Shaped>(event: E, shapes: Shapes = SHAPES): E {
  const { type } = event;
  // Next to all: nothing to lift, nothing to copy.
  if (!isEventType(type) || event.v === currentVersion(type, shapes)) return event;
  try {
    const up = upcast(event, shapes);
    return up.ok ? { ...event, ...up.value } : event;
  } catch {
    return event;
  }
}

/** This build knows the type in this version. */
export const isOfToday = ({ type, v }: Shaped, shapes: Shapes = SHAPES): boolean =>
  isEventType(type) && v === currentVersion(type, shapes);
