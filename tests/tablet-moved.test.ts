import { describe, expect, it } from 'vitest';
import type { Instant } from '../src/lib/domain/values.ts';
import type { ExchangeReply } from '../src/lib/protocol/sync.ts';
import { MovedLook } from '../src/lib/tablet/moved.ts';

const answer = (...rows: unknown[]) => ({ kind: 'exchange', feed: { rows } }) as ExchangeReply;
const leave = { k: 'leave', seq: 9, caseId: 'c', reason: 'NOT_YOURS' };
const at = (since: string | undefined, now: string) => ({
  ...{ since: since as Instant | undefined, now: now as Instant },
});

describe('who the agent is to the county by now', () => {
  it('[AU304] is asked once a day, and at once when a case went away', () => {
    const look = new MovedLook();
    const [yesterday, today] = ['2026-06-08T23:00:00.000Z', '2026-06-09T01:00:00.000Z'];
    expect(look.isDue(answer(), at(undefined, today))).toBe(false);
    expect(look.isDue(answer(), at(today, today))).toBe(false);
    expect(look.isDue(answer(leave), at(today, today))).toBe(true);
    const fresh = new MovedLook();
    expect(fresh.isDue(answer(), at(yesterday, today))).toBe(true);
    // Whatever came of it, not with every exchange of the day.
    expect(fresh.isDue(answer(), at(yesterday, today))).toBe(false);
    expect(fresh.isDue(answer(leave), at(yesterday, today))).toBe(true);
    expect(fresh.isDue(answer(), at(yesterday, '2026-06-10T01:00:00.000Z'))).toBe(true);
  });
});
