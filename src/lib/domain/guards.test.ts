import { describe, expect, it } from 'vitest';
import { emptyCaseFile, type CaseFile } from './case-file.ts';
import type { Command, DecideContext } from './decide.ts';
import type { EventType, Payload } from './events.ts';
import { evolve } from './evolve.ts';
import { answer, context, recordOne } from './testing/ask.ts';
import { at, caseId } from './testing/ids.ts';
import {
  ACCEPTED,
  CLOSED,
  DELIVERED,
  DRAFTED,
  EXAMPLES,
  fileOf,
  ISSUED,
  next,
  REGISTERED,
  RESOLVED,
  SUBMITTED,
  TAKEN,
  TRANSFERRED,
  type Line,
} from './testing/story.ts';

const urgentTaken = {
  head: { ...EXAMPLES['case.taken'].head, urgency: 'LIFE' },
} as Partial<Payload<'case.taken'>>;
const without = (type: EventType): Line[] => DRAFTED.filter(([t]) => t !== type);
const handled = (...more: Line[]): CaseFile => fileOf(...ACCEPTED, ...more);
const late = (now: string): Partial<DecideContext> => ({ now: at(now) });

type Case = [string, CaseFile, Command, DecideContext];
const refused: Case[] = [
  [
    'AREA_FOREIGN',
    emptyCaseFile(caseId('x')),
    recordOne('case.drafted', { areaCode: '230229203201' as never }),
    context('A'),
  ],
  ['CASE_UNKNOWN', emptyCaseFile(caseId('x')), recordOne('visit.recorded'), context('A')],
  [
    'WORDS_MISSING',
    fileOf(...without('dictation.recorded')),
    recordOne('case.taken'),
    context('A'),
  ],
  [
    'READBACK_MISSING',
    fileOf(...without('dictation.readback_confirmed')),
    recordOne('case.taken'),
    context('A'),
  ],
  [
    'READBACK_MISMATCH',
    fileOf(...without('dictation.readback_confirmed'), [
      'dictation.readback_confirmed',
      { claims: ['念的不是这句'] },
    ]),
    recordOne('case.taken'),
    context('A'),
  ],
  [
    'CONSENT_MISSING',
    fileOf(...without('consent.recorded')),
    recordOne('case.taken'),
    context('A'),
  ],
  ['MANDATE_MISSING', fileOf(...without('mandate.granted')), recordOne('case.taken'), context('A')],
  [
    'PETITIONER_MISSING',
    fileOf(...DRAFTED),
    recordOne('case.taken', { petitioners: [] }),
    context('A'),
  ],
  ['ANSWERS_MISSING', fileOf(...DRAFTED), recordOne('case.taken', { head: {} }), context('A')],
  ['URGENT_NOT_REPORTED', fileOf(...DRAFTED), recordOne('case.taken', urgentTaken), context('A')],
  [
    'QUERY_CODE',
    fileOf(...DRAFTED),
    recordOne('case.taken', { receipt: { how: 'PAPER', queryCode: '482160375512' } }),
    context('A'),
  ],
  ['RECUSED', fileOf(...SUBMITTED, ['agent.recused']), recordOne('visit.recorded'), context('A')],
  [
    'CLAIM_UNKNOWN',
    fileOf(...SUBMITTED),
    recordOne('resolution.recorded', { claims: [{ i: 7, result: 'DONE' }] }),
    context('A'),
  ],
  [
    'PROMISE_WITHOUT_DAY',
    fileOf(...SUBMITTED),
    recordOne('resolution.recorded', { claims: [{ i: 0, result: 'PROMISED' }] }),
    context('A'),
  ],
  ['NO_COMMITMENT', fileOf(...SUBMITTED), recordOne('commitment.fulfilled'), context('A')],
  [
    'CLAIMS_UNANSWERED',
    fileOf(...SUBMITTED, ['resolution.recorded', { claims: [{ i: 0, result: 'DONE' }] }]),
    recordOne('resolution.approved'),
    context('O'),
  ],
  [
    'CASE_NO_MISSING',
    fileOf(...RESOLVED),
    recordOne('resolution.approved', { caseNo: undefined }),
    context('O'),
  ],
  [
    'NOT_DELEGATED',
    fileOf(...RESOLVED, ['urgent.reported']),
    recordOne('resolution.approved'),
    context('T'),
  ],
  ['NO_RESOLUTION', fileOf(...ACCEPTED), recordOne('resolution.adopted'), context('D')],
  [
    'REPRESENTATIVES_TOO_MANY',
    fileOf(...TAKEN, [
      'case.submitted',
      { head: { representatives: ['甲', '乙', '丙', '丁', '戊', '己'] } },
    ]),
    recordOne('case.registered'),
    context('O'),
  ],
  [
    'KIND_OR_PROCEDURE',
    fileOf(...REGISTERED),
    recordOne('case.classified', { kind: undefined, procedure: undefined }),
    context('O'),
  ],
  [
    'ORIGINAL_WORDS',
    fileOf(...REGISTERED),
    recordOne('case.corrected', { field: 'dictations.0.verbatim' }),
    context('O'),
  ],
  ['STALE_VALUE', fileOf(...REGISTERED), recordOne('case.corrected', { old: 9 }), context('O')],
  [
    'SECOND_PERSON',
    fileOf(...REGISTERED),
    recordOne('case.voided', { secondPerson: undefined }),
    context('O'),
  ],
  [
    'OBJECTION_LATE',
    fileOf(...TRANSFERRED),
    recordOne('objection.raised'),
    context('D', late('2026-06-16T02:00:00Z')),
  ],
  ['EXTENSION_TOO_LONG', handled(), recordOne('extension.requested', { days: 31 }), context('D')],
  [
    'EXTENSION_TWICE',
    handled(['extension.requested'], ['extension.approved']),
    recordOne('extension.requested'),
    context('D'),
  ],
  [
    'EXTENSION_LATE',
    handled(),
    recordOne('extension.requested'),
    context('D', late('2026-08-08T02:00:00Z')),
  ],
  ['EXTENSION_NOT_ASKED', handled(), recordOne('extension.approved'), context('L')],
  [
    'CLAIMS_UNANSWERED',
    handled(),
    recordOne('opinion.issued', { claims: [{ i: 0, decision: 'SUPPORT' }] }),
    context('D'),
  ],
  ['NO_HANDLING', handled(), recordOne('opinion.issued', { unitId: 'JTJ' as never }), context('D')],
  ['FIVE_FIXED', handled(), recordOne('leader.assigned', { days: undefined }), context('O')],
  [
    'ACCUSED_UNIT',
    fileOf(
      ...TAKEN,
      [
        'case.submitted',
        { head: { kind: '检举控告', respondent: { type: 'UNIT', unitId: 'SWJ' } } },
      ],
      ['case.registered', { kind: '检举控告' }],
    ),
    recordOne('case.transferred'),
    context('O'),
  ],
  [
    'WITNESS_MISSING',
    fileOf(...ISSUED),
    recordOne('delivery.recorded', { refused: true }),
    context('A'),
  ],
  [
    'PROOF_MISSING',
    fileOf(...ISSUED),
    recordOne('delivery.recorded', { signedByVillager: undefined, proof: undefined }),
    context('A'),
  ],
  [
    'HELPER_IS_AGENT',
    fileOf(...DELIVERED),
    recordOne('rating.sealed', { mode: 'HELPER', helper: { name: '王春生' } }),
    context('A'),
  ],
  [
    'RATING_EXCLUDED',
    fileOf(...REGISTERED, ['case.diverted']),
    recordOne('rating.sealed'),
    context('A'),
  ],
  [
    'FOLLOWUP_BY_AGENT',
    fileOf(...CLOSED),
    recordOne('followup.recorded', { sampled: true }),
    context('A'),
  ],
  ['NO_WITHDRAWAL', fileOf(...REGISTERED), recordOne('withdrawal.confirmed'), context('O')],
  [
    'REVIEW_LATE',
    fileOf(...DELIVERED),
    recordOne('review.requested'),
    context('A', late('2026-07-09T16:00:00Z')),
  ],
  [
    'SETTLEMENT_MISMATCH',
    fileOf(...DELIVERED, ['review.requested'], ['review.decided', { result: 'REVOKE' }]),
    recordOne('review.settled'),
    context('O'),
  ],
  [
    'SAME_AGENT',
    fileOf(...REGISTERED),
    recordOne('case.handed_over', { to: { personId: 'A01' as never, name: '王春生' } }),
    context('T'),
  ],
  ['NO_SUPERVISION', handled(), recordOne('supervision.answered'), context('D')],
  ['NO_CONFLICT', fileOf(...REGISTERED), recordOne('conflict.resolved'), context('O')],
  ['NOT_QUARANTINED', fileOf(...REGISTERED), recordOne('event.adopted'), context('O')],
];

describe('content guards', () => {
  it.each(refused)('[ST8] refuses with %s', (code, ...[file, command, how]) => {
    expect(answer(file, command, how)).toBe(code);
  });
  it('[ST8] HANDLINGS_OPEN: it closes when every unit has answered and was served', () => {
    const two = fileOf(
      ...REGISTERED,
      ['case.transferred'],
      ['case.accepted'],
      ['case.accepted', { unitId: 'STJ' as never }],
      ['opinion.issued'],
      ['delivery.recorded'],
    );
    expect(two.status).toBe('DELIVERED');
    expect(answer(two, recordOne('case.closed'), context('O'))).toBe('HANDLINGS_OPEN');
    const answered = [
      next(two, ['opinion.issued', { unitId: 'STJ' as never, docNo: '环意1' }]),
    ].reduce(evolve, two);
    const served = evolve(
      answered,
      next(answered, ['delivery.recorded', { unitId: 'STJ' as never }]),
    );
    expect(answer(served, recordOne('case.closed'), context('O'))).toEqual(['case.closed']);
  });
  it('[ST8] a gap that is named is no refusal: 请县里定', () => {
    const file = fileOf(...TAKEN);
    const gaps = ['title', 'summary', 'claims', 'categoryL2', 'kind'];
    expect(answer(file, recordOne('case.submitted', { head: {}, gaps }), context('A'))).toEqual([
      'case.submitted',
    ]);
  });
  it('[ST8] the last day of the review window rolls over rest days', () => {
    const served = fileOf(...ISSUED, ['delivery.recorded', {}, { at: '2026-09-06T02:00:00Z' }]);
    const on = (now: string) =>
      answer(served, recordOne('review.requested'), context('A', late(now)));
    // 30 days end on 2026-10-06, a holiday; 10-08 is the first working day.
    expect(on('2026-10-08T10:00:00Z')).toEqual(['review.requested']);
    expect(on('2026-10-08T16:30:00Z')).toBe('REVIEW_LATE');
  });
});
