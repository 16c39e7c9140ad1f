import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaseEvent as AnyEvent } from './case-event.ts';
import { emptyCaseFile } from './case-file.ts';
import type { EventType } from './events.ts';
import { evolve, foldCase, foldSteps, inServerOrder } from './evolve.ts';
import { OPEN, TERMINAL } from './status.ts';
import { actor, at, caseId, eventId } from './testing/ids.ts';
import {
  ACCEPTED,
  ALL_TYPES,
  BY_STATUS,
  CLOSED,
  DELIVERED,
  DRAFTED,
  EXAMPLES,
  fileOf,
  next,
  REGISTERED,
  RESOLVED,
  SUBMITTED,
  TAKEN,
  told,
  TRANSFERRED,
  type Line,
} from './testing/story.ts';

const codes = ['V', 'A', 'T', 'O', 'D', 'L', 'X', 'S'] as const;

/** As it comes out of JSON: that has no -0. */
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Any event: known or unknown type, good or strange payload, any actor, sent or unsent. */
const anyEvent = fc
  .record({
    n: fc.nat(10_000),
    type: fc.oneof(fc.constantFrom<string>(...ALL_TYPES), fc.constant('case.from_the_future')),
    code: fc.constantFrom(...codes),
    payload: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.jsonValue().map(asSent) },
      { weight: 1, arbitrary: fc.constant({ sealedBox: { keyId: 'k', box: 'b' } }) },
    ),
    hour: fc.nat(900),
    offset: fc.constantFrom(0, 0, 0, 700, -90_000),
    seq: fc.option(fc.nat(500)),
  })
  .map(({ n, type, code, payload, hour, offset, seq }): AnyEvent<string> => ({
    id: eventId(n),
    caseId: caseId('any'),
    type,
    v: 1,
    occurredAt: at(new Date(Date.UTC(2026, 5, 8, hour)).toISOString()),
    payload: payload === undefined ? (EXAMPLES[type as EventType] ?? {}) : payload,
    stamp: {
      seq,
      receivedAt: seq === null ? null : at('2026-07-01T00:00:00Z'),
      actor: actor(code),
      clockOffsetSeconds: offset,
    },
  }));

describe('the fold', () => {
  it('[ST10] is total: any event on any file adds one line and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(BY_STATUS)),
        fc.array(anyEvent, { maxLength: 12 }),
        (lines, events) => {
          let file = fileOf(...lines);
          for (const event of events) {
            const known = file.timeline.some((l) => l.eventId === event.id);
            const after = evolve(file, event);
            expect(after.timeline).toHaveLength(file.timeline.length + (known ? 0 : 1));
            file = after;
          }
          expect(JSON.parse(JSON.stringify(file))).toEqual(file);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('[ST10] is total on every type in every status, by example', () => {
    let tried = 0;
    for (const lines of [[], ...Object.values(BY_STATUS)] as Line[][]) {
      for (const type of ALL_TYPES) {
        const file = lines.length === 0 ? emptyCaseFile(caseId('story')) : fileOf(...lines);
        const after = evolve(file, next(file, [type]));
        expect(after.timeline.at(-1)?.effect, `${file.status} ${type}`).not.toBe('UNKNOWN');
        tried += 1;
      }
    }
    expect(tried).toBe(23 * 84);
  });

  it('[ST11] of a prefix and the rest is the fold of the whole', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 25 }), fc.nat(25), (events, cut) => {
        const ordered = inServerOrder(events);
        const prefix = ordered.slice(0, cut).reduce(evolve, emptyCaseFile(caseId('any')));
        const whole = ordered.slice(cut).reduce(evolve, prefix);
        expect({ ...whole, caseId: '' }).toEqual({ ...foldCase(events), caseId: '' });
        const steps = [...foldSteps(events)];
        expect(steps.at(-1)?.after.timeline ?? []).toEqual(foldCase(events).timeline);
      }),
      { numRuns: 300 },
    );
  });

  it('[ST12] runs in county order whatever the order of arrival, unsent last', () => {
    const events = told([...REGISTERED, ['visit.recorded', {}, { got: null }]]);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(foldCase(shuffled)).toEqual(foldCase(events));
      }),
      { numRuns: 100 },
    );
    expect(foldCase(events).timeline.at(-1)?.type).toBe('visit.recorded');
  });

  it('[ST12] the same event twice changes nothing', () => {
    const events = told(ACCEPTED);
    expect(foldCase([...events, ...events])).toEqual(foldCase(events));
  });

  it('[ST13] a late field event never undoes an office act that stands before it', () => {
    const field: EventType[] = ALL_TYPES.filter((t) => EXAMPLES[t] && !t.startsWith('rating.'));
    const settled = [
      'TRANSFERRED',
      'OBJECTED',
      'ACCEPTED',
      'OPINION_ISSUED',
      'NOT_ACCEPTED',
      'NO_MORE',
      'DIVERTED',
      'WITHDRAWN',
      'MERGED',
      'VOIDED',
      'TERMINATED',
    ];
    let tried = 0;
    for (const status of settled) {
      const file = fileOf(...(BY_STATUS[status] ?? []));
      for (const type of field) {
        const event = next(file, [type, {}, { by: 'A', at: '2026-06-08T05:00:00Z' }]);
        const after = evolve(file, event);
        // Handing over the answer is the agent's own part of the way.
        if (!(type === 'delivery.recorded' && status === 'OPINION_ISSUED')) {
          expect(after.status, `${status} ${type}`).toBe(status);
        }
        expect(after.numbers.caseNo).toBe(file.numbers.caseNo);
        expect(after.head.unit).toBe(file.head.unit);
        expect(after.handlings.length).toBe(file.handlings.length);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(800);
  });

  it('[ST13] nothing that was recorded is ever removed', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        let file = fileOf(...DELIVERED);
        for (const event of events) {
          const after = evolve(file, event);
          for (const [i, words] of file.dictations.entries()) {
            expect(after.dictations[i]?.verbatim).toBe(words.verbatim);
          }
          expect(after.timeline.length).toBeGreaterThanOrEqual(file.timeline.length);
          expect(after.attachments.length).toBeGreaterThanOrEqual(file.attachments.length);
          expect(after.corrections.length).toBeGreaterThanOrEqual(file.corrections.length);
          file = after;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('[ST14] an unknown type is kept for a newer build, a sealed payload moves the status only', () => {
    const future = { ...next(fileOf(...TAKEN), ['visit.recorded']), type: 'case.from_the_future' };
    const file = evolve(fileOf(...TAKEN), future);
    expect(file.unread).toEqual([future.id]);
    expect(file.status).toBe('TAKEN');
    const sealedBox = { sealedBox: { keyId: 'k', box: 'b' } };
    const sealed = { ...next(file, ['case.submitted']), payload: sealedBox } as AnyEvent;
    expect(evolve(file, sealed).status).toBe('SUBMITTED');
    expect(evolve(file, sealed).timeline.at(-1)?.effect).toBe('SEALED');
  });
});

describe('what the samples do not exercise', () => {
  it('[ST15] not accepted, with the way to the right body, and reopened', () => {
    const file = fileOf(...TRANSFERRED, ['case.not_accepted', {}, { by: 'D' }]);
    expect(file.status).toBe('NOT_ACCEPTED');
    expect(file.endings[0]?.payload).toMatchObject({ rightBody: '县劳动人事争议仲裁委员会' });
    expect(file.handlings[0]?.status).toBe('ENDED');
    const again = evolve(file, next(file, ['case.reopened']));
    expect([again.status, again.round]).toEqual(['REGISTERED', 2]);
    expect(again.moments.endedAt).toBe(file.moments.endedAt);
  });
  it('[ST15] voided: a registered number needs a second person and is kept', () => {
    const alone = fileOf(...REGISTERED, ['case.voided', { secondPerson: undefined }, { by: 'O' }]);
    expect(alone.status).toBe('REGISTERED');
    const both = fileOf(...REGISTERED, ['case.voided', {}, { by: 'O' }]);
    expect([both.status, both.numbers.caseNo]).toEqual(['VOIDED', 'DL230278202600009']);
    const byAgent = fileOf(...REGISTERED, ['case.voided', {}, { by: 'A' }]);
    expect(byAgent.status).toBe('REGISTERED');
    expect(fileOf(...DRAFTED, ['case.voided', {}, { by: 'A' }]).status).toBe('VOIDED');
  });
  it('[ST15] a rejected solution goes back, and the next one can be approved', () => {
    const back = fileOf(...RESOLVED, ['resolution.rejected']);
    expect([back.status, back.resolutions[0]?.state]).toEqual(['SUBMITTED', 'REJECTED']);
    const numbered = fileOf(...REGISTERED, ['resolution.recorded'], ['resolution.rejected']);
    expect(numbered.status).toBe('REGISTERED');
    const again = fileOf(
      ...RESOLVED,
      ['resolution.rejected'],
      ['resolution.recorded'],
      ['resolution.approved'],
    );
    expect([again.status, again.closeKind]).toEqual(['CLOSED', 'ONSITE']);
    expect(again.resolutions.map((r) => r.state)).toEqual(['REJECTED', 'APPROVED']);
    expect(again.numbers.caseNo).toBe('DL230278202600009');
  });
  it('[ST15] unmerged: back to REGISTERED with the received day untouched', () => {
    const merged = fileOf(...TRANSFERRED, ['case.merged']);
    expect(merged.mergedInto?.caseId).toBe(caseId('master'));
    const apart = evolve(merged, next(merged, ['case.unmerged']));
    expect([apart.status, apart.mergedInto]).toEqual(['REGISTERED', null]);
    expect(apart.moments.receivedAt).toBe(merged.moments.receivedAt);
  });
  it('[ST15] answered directly: served like an opinion', () => {
    const file = fileOf(
      ...REGISTERED,
      ['case.replied_directly'],
      ['delivery.recorded', { docKind: '答复' }],
    );
    expect(file.status).toBe('DELIVERED');
    expect(fileOf(...REGISTERED, ['case.replied_directly']).moments.opinionAt).not.toBeNull();
  });
  it('[ST15] a broken promise is a red mark in a closed case', () => {
    const file = fileOf(
      ...RESOLVED,
      ['resolution.approved'],
      ['commitment.breached', {}, { by: 'A' }],
    );
    expect([file.status, file.commitments[0]?.status]).toEqual(['CLOSED', 'BREACHED']);
  });
  it('[ST15] a refused withdrawal leaves the case where it is', () => {
    const file = fileOf(...ACCEPTED, ['withdrawal.requested'], ['withdrawal.refused']);
    expect([file.status, file.withdrawals[0]?.answer]).toEqual(['ACCEPTED', 'REFUSED']);
  });
  it('[ST15] an extension is refused, then granted once and never more than 30 days', () => {
    const file = fileOf(...ACCEPTED, ['extension.requested'], ['extension.rejected']);
    expect(file.handlings[0]?.extension.rejected).not.toBeNull();
    const long = fileOf(...ACCEPTED, ['extension.requested'], ['extension.approved', { days: 31 }]);
    expect(long.handlings[0]?.extension.approved).toBeNull();
    const twice = fileOf(
      ...ACCEPTED,
      ['extension.requested'],
      ['extension.approved'],
      ['extension.approved', { days: 10 }],
    );
    expect(twice.handlings[0]?.extension.approved?.payload.days).toBe(20);
  });
  it('[ST15] a review that changes the opinion opens a new round', () => {
    const file = fileOf(
      ...DELIVERED,
      ['review.requested'],
      ['review.decided', { result: 'CHANGE' }],
      ['review.settled', { result: 'NEW_ROUND' }],
    );
    expect([file.status, file.round]).toEqual(['ACCEPTED', 2]);
    expect(file.handlings.map((h) => h.status)).toEqual(['SERVED', 'ACCEPTED']);
  });
  it('[ST15] quarantined events are listed and adopted ones leave the list', () => {
    const file = fileOf(...REGISTERED, ['event.quarantined']);
    expect(file.quarantined[0]?.adopted).toBeNull();
    expect(evolve(file, next(file, ['event.adopted'])).quarantined[0]?.adopted).not.toBeNull();
  });
});

describe('words', () => {
  it('[ST16] the verbatim is frozen by the read-back; a new tidy text voids it', () => {
    const file = fileOf(...SUBMITTED);
    expect([file.dictations[0]?.frozen, file.readbacks[0]?.state]).toEqual([true, 'CONFIRMED']);
    const edit = next(file, [
      'dictation.recorded',
      { verbatim: undefined, tidy: '改过', tidyOf: eventId('words') },
    ]);
    const after = evolve(file, edit);
    expect(after.dictations).toHaveLength(1);
    expect(after.dictations[0]).toMatchObject({
      verbatim: file.dictations[0]?.verbatim,
      tidy: '改过',
    });
    expect(after.dictations[0]?.tidyBefore.map((t) => t.text)).toEqual([file.dictations[0]?.tidy]);
    expect(after.readbacks[0]?.state).toBe('VOIDED');
  });
  it('[ST16] no correction touches what was said', () => {
    const file = fileOf(...REGISTERED, [
      'case.corrected',
      { field: 'dictations.0.verbatim', new: '改' },
    ]);
    expect(file.dictations[0]?.verbatim).toContain('牛粪');
  });
  it('[ST17] a case ends once: the first ending keeps its time', () => {
    const file = fileOf(...CLOSED);
    expect(file.moments.endedAt).toBe(file.moments.deliveredAt);
    expect(TERMINAL).toContain(file.status);
    expect(OPEN).not.toContain(file.status);
  });
});
