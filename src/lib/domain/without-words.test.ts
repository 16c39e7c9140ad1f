import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventType } from './events.ts';
import { foldCase } from './evolve.ts';
import { emptyCaseFile } from './case-file.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { DELIVERED, fileOf, type Line, told, TRANSFERRED } from './testing/story.ts';
import { AGENT_ZH, withoutWords, WORDS_WITHHELD_ZH } from './without-words.ts';

/** Closed lists, places and names of offices: not something that was said. */
const CLOSED = new Set([
  ...['kind', 'categoryL2', 'areaCode', 'addressCode', 'unitId', 'coUnits', 'caseNo', 'sha256'],
  ...['docKind', 'form', 'hash', 'textHash', 'channel', 'purpose'],
]);
const SAID = /\p{Script=Han}|\d{7,}/u;

/** Every free text of a payload becomes a mark of its own. */
function marked(value: unknown, marks: string[]): unknown {
  if (typeof value === 'string') {
    if (!SAID.test(value) || /^\d{4}-\d\d-\d\d/.test(value)) return value;
    marks.push(`记号${marks.length}号`);
    return marks.at(-1);
  }
  if (Array.isArray(value)) return value.map((one) => marked(one, marks));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, CLOSED.has(key) ? one : marked(one, marks)]),
  );
}

/** What only the county says to a unit, or a unit says. */
const UNITS_OWN: readonly EventType[] = ['case.transferred', 'case.assigned'];
const isOurs = (type: EventType): boolean => {
  const by = LIFECYCLE[type].actors[0];
  return !UNITS_OWN.includes(type) && by !== 'D' && !type.startsWith('supervision.');
};

/** A case in which everything that can be told was told, each word of it a mark. */
function spoken() {
  const marks: string[] = [];
  const more = EVENT_TYPES.filter(
    (type) => isOurs(type) && !/^(case\.(drafted|taken|sealed|voided|merged)|hazard)/.test(type),
  );
  const lines: Line[] = [...TRANSFERRED, ...more.map((type) => [type] as unknown as Line)];
  const events = told(lines).map((event) =>
    isOurs(event.type)
      ? { ...event, payload: marked(event.payload, marks) }
      : { ...event, payload: { ...event.payload, note: '水渠该谁修' } },
  );
  return { file: foldCase(events as Parameters<typeof foldCase>[0], 'salt'), marks };
}

describe('the case for who may not read what was said', () => {
  it('[AU445] holds none of the words, names, numbers and places that field and office told', () => {
    const { file, marks } = spoken();
    const whole = JSON.stringify(file);
    const kept = JSON.stringify(withoutWords(file));
    const inWhole = marks.filter((mark) => whole.includes(`"${mark}"`));
    expect(inWhole.length).toBeGreaterThanOrEqual(100);
    expect(inWhole.filter((mark) => kept.includes(`"${mark}"`))).toEqual([]);
    expect(kept).not.toContain('王春生');
  });

  it('[AU445] says what the office wrote for units, how many claims there are, and where it stands', () => {
    const { file } = spoken();
    const copy = withoutWords(file);
    expect(copy.head.title).toBe('水渠该谁修');
    expect(copy.head.summary).toBe('水渠该谁修');
    expect(copy.head.claims).toHaveLength(file.head.claims?.length ?? -1);
    expect([copy.status, copy.handlings.length, copy.agent?.name]).toEqual([
      ...[file.status, file.handlings.length, AGENT_ZH],
    ]);
    const bare = withoutWords(
      fileOf(...TRANSFERRED.slice(0, -1), [
        'case.transferred',
        { note: undefined, coUnits: undefined },
      ]),
    );
    expect(bare.head.title).toBe(WORDS_WITHHELD_ZH);
  });

  it('[AU445] what a unit promised stands there; what the agent saw of it does not', () => {
    const seen = '东院墙根的水渠通了';
    const file = fileOf(...DELIVERED, ['commitment.fulfilled', { evidence: seen }, { by: 'A' }]);
    expect(file.commitments.map(({ evidence }) => evidence)).toContain(seen);
    const kept = withoutWords(file).commitments;
    expect(kept.map(({ text, status }) => [text, status])).toEqual(
      file.commitments.map(({ text, status }) => [text, status]),
    );
    expect(JSON.stringify(kept)).not.toContain(seen);
  });

  it('[AU445] a member that a later version adds is blank by itself', () => {
    const file = { ...emptyCaseFile('c' as never), later: [{ words: '东院墙根', code: 'CODE_1' }] };
    const copy = withoutWords(file) as typeof file;
    expect(copy.later).toEqual([{ words: '', code: 'CODE_1' }]);
  });
});
