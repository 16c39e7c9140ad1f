/** Days in payloads that cannot be: kept as said, counted by nobody, and told beside the entry. */
import { isUsableDay } from './calendar.ts';

/** Members of payloads that say a day or a moment; a test compares them with the schemas. */
export const DAY_MEMBERS: ReadonlySet<string> = new Set([
  ...['xfDate', 'on', 'from', 'to', 'due', 'dueOn', 'feedbackOn', 'answerBy', 'issuedOn'],
  ...['receivedOn', 'foundOn', 'resolvedOn', 'happenedFrom', 'happenedTo', 'birthDate', 'at'],
  ...['capturedAt', 'startedAt', 'endedAt', 'effectiveAt', 'takenAt', 'receivedAt', 'sentAt'],
  'occurredAt',
]);

/** A day, or a moment that begins with one. */
const SAYS_A_DAY = /^\d{4}-\d\d-\d\d(T|$)/;
/** Deeper than any payload is read. */
const DEPTH_MAX = 32;
/** More than a person reads of one entry. */
const ODD_DAYS_MAX = 8;

/** What was said for days that no calendar has, or that nobody can have meant; each once. */
export function oddDays(payload: unknown): readonly string[] {
  const found = new Set<string>();
  look(payload, { depth: 0, isDay: false, found });
  return [...found].slice(0, ODD_DAYS_MAX);
}

interface Look {
  readonly depth: number;
  readonly isDay: boolean;
  readonly found: Set<string>;
}

function look(value: unknown, { depth, isDay, found }: Look): void {
  if (typeof value === 'string') {
    const odd = isDay && SAYS_A_DAY.test(value) && !isUsableDay(value.slice(0, 10));
    if (odd) found.add(value.slice(0, 24));
    return;
  }
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
  for (const [key, one] of Object.entries(value))
    look(one, {
      ...{ depth: depth + 1, found },
      isDay: Array.isArray(value) ? isDay : DAY_MEMBERS.has(key),
    });
}
