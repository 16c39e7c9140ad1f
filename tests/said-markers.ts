/** A mark of its own in every free text of a payload: whatever the schema would take in its place. */
import { EVENT_SCHEMAS, type EventType } from '../src/lib/domain/events.ts';

export interface Marks {
  /** Each mark with the event and the field that it stands in. */
  readonly placed: Map<string, string>;
  into(type: EventType, payload: unknown): Record<string, unknown>;
}

type Path = readonly (string | number)[];

function* texts(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === 'string') yield path;
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* texts(inner, [...path, key]);
}

function put(into: unknown, path: Path, text: string): void {
  const last = path.at(-1);
  const holder = path
    .slice(0, -1)
    .reduce((at, key) => (at as Record<string, unknown>)[key], into) as Record<string, unknown>;
  holder[String(last)] = text;
}

/** `word` makes the mark of a number: as people write, or all capitals, as codes are written. */
export function marksOf(word: (n: number) => string, keep: readonly string[] = []): Marks {
  const placed = new Map<string, string>();
  return {
    placed,
    into(type, payload) {
      let now = structuredClone(payload) as Record<string, unknown>;
      for (const path of texts(now)) {
        const field = `${type} ${path.join('.')}`;
        if (keep.some((one) => field.endsWith(one))) continue;
        const tried = structuredClone(now);
        const mark = word(placed.size + 1);
        put(tried, path, mark);
        if (!EVENT_SCHEMAS[type].safeParse(tried).success) continue;
        now = tried;
        placed.set(mark, field);
      }
      return now;
    },
  };
}
