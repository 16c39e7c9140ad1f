import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, dailyActs } from './admit.ts';
import type { CaseEvent as AnyEvent } from './case-event.ts';
import { emptyCaseFile } from './case-file.ts';
import { missingAttachments, representation, serviceDates } from './conflict-cases.ts';
import { evolve } from './evolve.ts';
import { flagsOf, isMandateOverdue } from './flags.ts';
import { can, sightOf } from './permissions.ts';
import { villagerSentence } from './plain-words.ts';
import { publicView } from './public-view.ts';
import { at, caseId } from './testing/ids.ts';
import { context, subject } from './testing/offer.ts';
import { ALL_TYPES, EXAMPLES, fileOf, next, TAKEN } from './testing/story.ts';

const now = at('2026-09-01T00:00:00Z');

describe('what is read from a file', () => {
  it('[ST27] holds over any history of well-formed events', () => {
    let tried = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...ALL_TYPES), fc.constantFrom(...'ATODLVS')), {
          maxLength: 40,
          size: 'max',
        }),
        (steps) => {
          let file = emptyCaseFile(caseId('story'), 'salt');
          for (const [i, [type, by]] of [['case.drafted', 'A'] as const, ...steps].entries()) {
            const event = next(file, [type as 'visit.recorded', {}, { by: by as 'A', id: `${i}` }]);
            const own = { ...event, payload: EXAMPLES[type] } as AnyEvent<string>;
            const verdict = admit(file, own, context());
            expect(['applied', 'applied_with_conflict', 'quarantined']).toContain(verdict.kind);
            file = evolve(file, own);
            tried += 1;
          }
          flagsOf(file);
          isMandateOverdue(file, now);
          serviceDates(file);
          missingAttachments(file, now);
          representation(file);
          dailyActs(file, now);
          can(subject('A01'), 'case.view', { object: sightOf(file), now });
          expect(villagerSentence(file).length).toBeGreaterThan(2);
          expect(JSON.stringify(publicView(file, { on: null, provisional: false }))).not.toContain(
            '周桂芹',
          );
        },
      ),
      { numRuns: 300 },
    );
    expect(tried).toBeGreaterThan(2_000);
  });

  it('[ST28] keeps the suffix of a query code whatever the status', () => {
    const file = fileOf(...TAKEN, ['case.received', { querySuffix: '2' }]);
    expect(file.numbers.querySuffix).toBe('2');
    expect(file.moments.receivedAt).toBeNull();
  });
});
