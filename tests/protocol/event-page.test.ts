import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventPage } from '../../scripts/house/event-page.ts';
import { EVENT_SCHEMAS, EVENT_TYPES } from '../../src/lib/domain/events.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';

const page = readFileSync(new URL('../../docs/EVENTS.md', import.meta.url), 'utf8');

/** What the page says of one type. */
const partOf = (type: string): string =>
  page.split(`### \`${type}\` `)[1]?.split('\n### ')[0] ?? '';

/** Paths of all members of a payload, as the page writes them. */
function paths(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => paths(one, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return [path, ...paths(one, path)];
  });
}

describe('docs/EVENTS.md', () => {
  it('[SY170] is what the schemas say today: npm run -s docs:events makes it anew', () => {
    expect(page).toBe(eventPage());
  });

  it('[SY170] has all 84 types, and of each every member of its example', () => {
    expect(EVENT_TYPES).toHaveLength(84);
    for (const type of EVENT_TYPES) {
      const part = partOf(type);
      expect(part, type).toContain('v1 · by ');
      for (const path of paths(EXAMPLES[type])) {
        const isListed = part.includes(`- \`${path}\` `);
        const isOpen = /\b(to|from|old|new)\b|\./.test(path) && part.includes('anything');
        expect(isListed || isOpen, `${type} ${path}`).toBe(true);
      }
    }
  });

  it('[SY170] says which members must be there: without one of them the schema refuses', () => {
    let asked = 0;
    for (const type of EVENT_TYPES) {
      const must = [...partOf(type).matchAll(/^- `(\w+)` (?!.*, may lack)/gm)].map(([, m]) => m);
      for (const member of must) {
        const rest = Object.entries(EXAMPLES[type]).filter(([name]) => name !== member);
        expect(
          EVENT_SCHEMAS[type].safeParse(Object.fromEntries(rest)).success,
          `${type} ${String(member)}`,
        ).toBe(false);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(150);
  });
});
