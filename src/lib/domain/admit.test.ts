import { describe, expect, it } from 'vitest';
import { admit, dailyActs } from './admit.ts';
import type { CaseEvent as AnyEvent } from './case-event.ts';
import { emptyCaseFile } from './case-file.ts';
import type { CaseEvent, EventType } from './events.ts';
import { evolve } from './evolve.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { followUps } from './system-acts.ts';
import { at, caseId } from './testing/ids.ts';
import { context, offer, rules, subject } from './testing/offer.ts';
import {
  ALL_TYPES,
  BY_STATUS,
  CLOSED,
  DELIVERED,
  EXAMPLES,
  fileOf,
  next,
  REGISTERED,
  RESOLVED,
  SUBMITTED,
  TAKEN,
} from './testing/story.ts';

const agentTypes = ALL_TYPES.filter(
  (t) => LIFECYCLE[t].offline && (LIFECYCLE[t].actors.includes('A') || t === 'rating.sealed'),
);

describe("the county's door", () => {
  it("[ST23] never refuses a field event of one's own case, in no status", () => {
    let tried = 0;
    for (const [status, lines] of Object.entries(BY_STATUS)) {
      const before = fileOf(...lines);
      for (const type of agentTypes) {
        const { verdict, file } = offer(before, [type as 'visit.recorded']);
        expect(verdict.kind, `${status} ${type}`).not.toBe('quarantined');
        expect(file.timeline.length).toBeGreaterThan(before.timeline.length);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(22 * 25);
  });

  it('[ST23] an act of the office sent by an agent is kept aside and shown', () => {
    let tried = 0;
    for (const type of ALL_TYPES.filter((t) => !agentTypes.includes(t))) {
      const { verdict, file } = offer(fileOf(...SUBMITTED), [type as 'case.registered']);
      expect(verdict, type).toMatchObject({ kind: 'quarantined', code: 'ACTOR' });
      expect(file.status).toBe('SUBMITTED');
      expect(file.quarantined).toHaveLength(1);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(45);
  });

  it('[ST24] receives once: the first submission or on-the-spot solution starts the 15 days', () => {
    const first = offer(fileOf(...TAKEN), ['case.submitted']);
    expect(first.verdict.followUps.map((a) => a.type)).toEqual(['case.received']);
    expect(first.file.moments.receivedAt).not.toBeNull();
    const again = offer(evolve(first.file, next(first.file, ['case.returned'])), [
      'case.submitted',
    ]);
    expect(again.verdict.followUps).toEqual([]);
    const solved = offer(fileOf(...TAKEN), ['resolution.recorded']);
    expect(solved.verdict.followUps.map((a) => a.type)).toEqual(['case.received']);
  });

  it('[ST70] an accusation, or the case of who is afraid, is sealed by the county as it arrives', () => {
    const head = EXAMPLES['case.submitted'].head;
    const arrives = (more: object) =>
      offer(fileOf(...TAKEN), ['case.submitted', { head: { ...head, ...more } }]);
    for (const [more, reason] of [
      [{ kind: '检举控告' }, 'ACCUSATION'],
      [{ kind: '检举控告', secret: true }, 'ACCUSATION'],
      [{ secret: true }, 'VILLAGER_WISH'],
    ] as const) {
      const { verdict, file } = arrives(more);
      expect(verdict.followUps.map(({ type }) => type)).toEqual(['case.received', 'case.sealed']);
      expect(file.sealed?.payload.reason).toBe(reason);
      // Its own agent's words that were on their way are taken without a conflict.
      expect(rules(offer(file, ['visit.recorded']).verdict)).toEqual(['applied']);
      const later = offer(file, ['case.submitted']).verdict.followUps;
      expect(later.map(({ type }) => type)).not.toContain('case.sealed');
    }
    expect(arrives({}).file.sealed).toBeNull();
    // Put right after the arrival, by the agent who had not marked it: sealed then.
    const changes = [{ field: 'kind', from: '求决', to: '检举控告' }];
    const right = offer(fileOf(...SUBMITTED), ['case.supplemented', { changes }]);
    expect(right.verdict.followUps.map(({ type }) => type)).toEqual(['case.sealed']);
    expect([right.file.head.kind, right.file.sealed?.payload.reason]).toEqual([
      ...['检举控告', 'ACCUSATION'],
    ]);
    const place = [{ field: 'placeText', from: null, to: '井沿' }];
    const other = offer(fileOf(...SUBMITTED), ['case.supplemented', { changes: place }]);
    expect(other.verdict.followUps).toEqual([]);
    // Registered, it is a proposal of the agent: nothing is an accusation before the office says so.
    const late = offer(fileOf(...REGISTERED), ['case.supplemented', { changes }]);
    expect(late.verdict.followUps.map(({ type }) => type)).not.toContain('case.sealed');
    // The office says so: whichever of its acts it was.
    const kind = '检举控告' as const;
    for (const [type, change] of [
      ['case.corrected', { field: 'kind', new: kind }],
      ['case.classified', { kind }],
    ] as const) {
      const before = fileOf(...REGISTERED);
      const event = next(before, [type, change, { by: 'O' }]) as CaseEvent;
      const after = evolve(before, event);
      expect(after.head.kind, type).toBe(kind);
      expect(followUps(after, event).map((act) => act.type)).toEqual(['case.sealed']);
      const place = next(before, ['case.corrected', { field: 'placeText', new: '井沿' }]);
      expect(followUps(evolve(before, place as CaseEvent), place as CaseEvent)).toEqual([]);
    }
    const own = fileOf(...TAKEN, ['case.sealed', {}, { by: 'A' }]);
    const sealed = offer(own, ['case.submitted', { head: { ...head, kind: '检举控告' } }]);
    expect(sealed.verdict.followUps.map(({ type }) => type)).toEqual(['case.received']);
  });

  it("[ST25] keeps aside what has no beginning, is of another county, or of nobody's case", () => {
    const nothing = emptyCaseFile(caseId('story'));
    expect(offer(nothing, ['visit.recorded']).verdict).toMatchObject({ code: 'UNKNOWN_CASE' });
    const foreign = { areaCode: '230229203201' as never };
    expect(offer(nothing, ['case.drafted', foreign]).verdict).toMatchObject({
      code: 'NOT_THIS_COUNTY',
      followUps: [],
    });
    const other = { subject: subject('A02') };
    expect(
      offer(fileOf(...TAKEN), ['visit.recorded', {}, { who: 'A02' }], other).verdict,
    ).toMatchObject({ code: 'ACTOR' });
    expect(rules(offer(nothing, ['case.drafted']).verdict)).toEqual(['applied']);
  });

  it('[ST25] a broken payload is kept raw with its reason, the rest of the case goes on', () => {
    const file = fileOf(...TAKEN);
    const event = { ...next(file, ['visit.recorded', {}, { by: 'A' }]), payload: { at: '昨天' } };
    expect(admit(file, event as AnyEvent<string>, context())).toMatchObject({
      kind: 'quarantined',
      code: 'PAYLOAD',
      followUps: [{ type: 'event.quarantined' }],
    });
    const badId = { ...event, id: 'short' } as unknown as AnyEvent<string>;
    expect(admit(file, badId, context())).toMatchObject({ code: 'PAYLOAD' });
  });

  it("[ST25] the recused agent only has the villager's request taken", () => {
    const recused = fileOf(...REGISTERED, ['agent.recused', {}, { by: 'A' }]);
    expect(offer(recused, ['visit.recorded']).verdict).toMatchObject({ code: 'ACTOR' });
    const earlier = { at: '2026-06-08T08:30:00Z' };
    expect(rules(offer(recused, ['visit.recorded', {}, earlier]).verdict)).toEqual(['applied']);
    expect(offer(recused, ['urgent.reported']).verdict.kind).not.toBe('quarantined');
  });
});

describe('by the day', () => {
  const types = (acts: readonly { type: EventType }[]) => acts.map((a) => a.type);
  it('[ST26] reminds seven days and one day before a promise, once a day', () => {
    const file = fileOf(...RESOLVED, ['resolution.approved']);
    expect(types(dailyActs(file, at('2026-06-17T00:00:00Z')))).toEqual(['commitment.due']);
    expect(types(dailyActs(file, at('2026-06-23T00:00:00Z')))).toEqual(['commitment.due']);
    expect(types(dailyActs(file, at('2026-06-20T00:00:00Z')))).toEqual([]);
    const reminded = evolve(
      file,
      next(file, ['commitment.due', {}, { at: '2026-06-17T00:00:00Z' }]),
    );
    expect(types(dailyActs(reminded, at('2026-06-17T09:00:00Z')))).toEqual([]);
  });
  it('[ST26] says 超期未评价 after the window, for the targets that did not rate', () => {
    const file = fileOf(...CLOSED);
    expect(types(dailyActs(file, at('2026-07-08T15:59:59Z')))).toEqual([]);
    const acts = dailyActs(file, at('2026-07-09T16:00:01Z'));
    expect(acts).toMatchObject([
      { type: 'rating.expired', payload: { targets: ['OFFICE', 'UNIT'] } },
    ]);
    const rated = offer(file, ['rating.sealed', { targets: ['UNIT'] }]).file;
    expect(dailyActs(rated, at('2026-07-09T16:00:01Z'))).toMatchObject([
      { payload: { targets: ['OFFICE'] } },
    ]);
  });
  it('[ST26] settles a review: maintained and lapsed, or a new round', () => {
    const asked = [...DELIVERED, ['review.requested'] as const];
    const changed = fileOf(...asked, ['review.decided', { result: 'CHANGE' }]);
    expect(dailyActs(changed, at('2026-06-10T00:00:00Z'))).toMatchObject([
      { type: 'review.settled', payload: { result: 'NEW_ROUND' } },
    ]);
    const kept = fileOf(
      ...asked,
      ['review.decided'],
      ['delivery.recorded', { docKind: '复查意见书' }],
    );
    expect(types(dailyActs(kept, at('2026-07-20T00:00:00Z')))).not.toContain('review.settled');
    expect(types(dailyActs(kept, at('2026-07-28T00:00:00Z')))).toContain('review.settled');
  });
});
