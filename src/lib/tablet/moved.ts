import type { Instant } from '../domain/values.ts';
import type { ExchangeReply } from '../protocol/sync.ts';

/**
 * 换村: asks once a day, and whenever a case went away, who the agent is to the county by now. His
 * villages and the numbers for danger are told at an enrolment only, which may be months old.
 */
export class MovedLook {
  /** Day of the last question of this window. */
  private asked = '';

  /** `since`: when the county last told; undefined while nobody is signed in. */
  isDue(reply: ExchangeReply, { since, now }: { since: Instant | undefined; now: Instant }) {
    if (since === undefined || reply.kind !== 'exchange') return false;
    const today = now.slice(0, DAY_CHARS);
    const left = reply.feed.rows.some(({ k }) => k === 'leave');
    if (!left && (today === since.slice(0, DAY_CHARS) || today === this.asked)) return false;
    this.asked = today;
    return true;
  }
}

/** The day of an instant. */
const DAY_CHARS = 10;
