import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { usableInstant } from './calendar.ts';
import { serviceDates } from './conflict-cases.ts';
import { EVENT_SCHEMAS } from './events.ts';
import { DAY_MEMBERS, oddDays } from './odd-days.ts';
import { EXAMPLES, fileOf, SUBMITTED } from './testing/story.ts';
import type { Instant } from './values.ts';

/** Members whose schema is a day or a moment, over all payloads. */
function dayMembers(): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties } = schema as { properties?: Record<string, { pattern?: string }> };
    for (const [name, one] of Object.entries(properties ?? {}))
      if (one.pattern?.startsWith('^\\d{4}-') || one.pattern?.startsWith('^\\d{4}(-'))
        found.add(name);
    Object.values(schema).forEach(walk);
  };
  for (const schema of Object.values(EVENT_SCHEMAS))
    walk(z.toJSONSchema(schema, { unrepresentable: 'any' }));
  return found;
}

describe('days that cannot be', () => {
  it('[ST82] every member of a payload that is a day or a moment is looked at', () => {
    expect([...DAY_MEMBERS].toSorted()).toEqual([...dayMembers()].toSorted());
  });

  it('[ST82] are named as they were said, wherever they stand; real ones and words never', () => {
    const odd = {
      claims: [{ due: '2026-02-30' }, { due: '2026-02-28' }],
      calls: [{ at: '2026-02-30T08:00:00Z' }, { at: '2026-02-28T08:00:00.5Z' }],
      foundOn: '0000-00-00',
      to: '9999-12-31',
      birthDate: '1950',
      text: '2026-02-30',
      changes: [{ field: 'xfDate', from: null, to: ['2026-13-01'] }],
    };
    expect(oddDays(odd)).toEqual([
      ...['2026-02-30', '2026-02-30T08:00:00Z', '0000-00-00', '9999-12-31', '2026-13-01'],
    ]);
    for (const payload of Object.values(EXAMPLES)) expect(oddDays(payload)).toEqual([]);
    for (const nothing of [null, 7, 'x', [], { due: { due: 5 } }])
      expect(oddDays(nothing)).toEqual([]);
  });

  it('[ST82] a moment on such a day is no moment: what happened then counts by its own time', () => {
    for (const odd of [undefined, '2026-02-30T00:00:00Z', '9999-12-31T00:00:00Z', '2026-06-01'])
      expect(usableInstant(odd)).toBeNull();
    expect(usableInstant('2026-06-01T00:00:00Z')).toBe('2026-06-01T00:00:00Z');
    const dates = (sentAt?: string) =>
      serviceDates(
        fileOf(...SUBMITTED, [
          'delivery.recorded',
          { docKind: '处理意见书', ...(sentAt && { sentAt: sentAt as Instant }) },
        ]),
      )?.forUnit;
    expect(dates('9999-12-31T00:00:00Z')).toBe(dates());
    expect(dates('2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00Z');
  });
});
