/** Asking `decide` in one line. */
import type { ActorCode } from '../case-event.ts';
import type { CaseFile } from '../case-file.ts';
import { decide, type Command, type DecideContext, type Entry } from '../decide.ts';
import type { EventType, Payload } from '../events.ts';
import { actor, at, eventId } from './ids.ts';
import { EXAMPLES } from './story.ts';

/** Fresh ids for one command. */
const ids = Array.from({ length: 20 }, (_x, i) => eventId(`new-${i}`));
/** Who asks, where and when. */
export const context = (code: ActorCode, rest: Partial<DecideContext> = {}): DecideContext => ({
  actor: actor(code),
  now: at('2026-06-09T02:00:00Z'),
  ids,
  place: code === 'A' ? 'tablet' : 'county',
  county: '230278',
  ...rest,
});
/** One event by its example. */
export const recordOne = <T extends EventType>(type: T, change?: Partial<Payload<T>>): Command => ({
  kind: 'RecordEvents',
  entries: [{ type, payload: { ...EXAMPLES[type], ...change } } as Entry],
});

/** Code of the refusal, or the types of the events. */
export function answer(
  file: CaseFile,
  command: Command,
  how: DecideContext,
): string | readonly string[] {
  const decided = decide(file, command, how);
  return decided.ok ? decided.value.map((e) => e.type) : decided.error.code;
}
