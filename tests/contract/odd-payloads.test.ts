import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit } from '../../src/lib/domain/admit.ts';
import { PUBLISHED_CALENDAR } from '../../src/lib/domain/calendar.ts';
import type { CaseEvent as AnyEvent } from '../../src/lib/domain/case-event.ts';
import { emptyCaseFile, type CaseFile } from '../../src/lib/domain/case-file.ts';
import { clocksOf } from '../../src/lib/domain/clocks.ts';
import {
  missingAttachments,
  representation,
  serviceDates,
} from '../../src/lib/domain/conflict-cases.ts';
import { EVENT_SCHEMAS, type CaseEvent, type EventType } from '../../src/lib/domain/events.ts';
import { evolve } from '../../src/lib/domain/evolve.ts';
import { flagsOf } from '../../src/lib/domain/flags.ts';
import { matchCaseOf, proposeMatches } from '../../src/lib/domain/matching.ts';
import { sightOf, whyNot } from '../../src/lib/domain/permissions.ts';
import { villagerSentence } from '../../src/lib/domain/plain-words.ts';
import { publicView } from '../../src/lib/domain/public-view.ts';
import { DEFAULT_SETTINGS } from '../../src/lib/domain/settings.ts';
import { dailyActs } from '../../src/lib/domain/system-acts.ts';
import { at, caseId } from '../../src/lib/domain/testing/ids.ts';
import { context, subject } from '../../src/lib/domain/testing/offer.ts';
import { ALL_TYPES, BY_STATUS, next, told } from '../../src/lib/domain/testing/story.ts';
import * as row from '../../src/lib/server/desk/row.ts';
import { caseColumns } from '../../src/lib/server/store/columns.ts';
import { judgedCounty, sent } from './judged-county.ts';
import { valuesOf } from './schema-values.ts';

const now = at('2026-09-01T00:00:00Z');
const clockContext = { now, calendar: PUBLISHED_CALENDAR, settings: DEFAULT_SETTINGS };

/** Everything that a list, a page, a search or a clock asks of a case. */
function lookedAt(file: CaseFile, events: readonly AnyEvent<string>[]) {
  for (const value of Object.values(caseColumns(file)))
    expect(['string', 'boolean']).toContain(typeof (value ?? ''));
  whyNot(subject('A01'), 'case.view', { object: sightOf(file), now });
  const matter = matchCaseOf(file);
  const other = { ...matter, caseId: caseId('other'), channel: 'DL' as const };
  proposeMatches(other, [matter]);
  proposeMatches(matter, [other]);
  clocksOf(events as readonly CaseEvent[], clockContext);
  expect(villagerSentence(file).length).toBeGreaterThan(2);
  JSON.stringify(publicView(file, { on: null, provisional: false }));
  expect(JSON.parse(JSON.stringify(file))).toBeTypeOf('object');
  expect(`${row.titleOf(file)}${row.summaryOf(file)}${row.numberOf(file)}`).toBeTypeOf('string');
  expect(`${row.holderOf(file)}${row.shownName(file, true)}`).toBeTypeOf('string');
  row.rowBase({
    record: { file },
    sight: sightOf(file),
    time: { light: 'none', dueAt: null },
  } as never);
  flagsOf(file);
  serviceDates(file);
  representation(file);
  missingAttachments(file, now);
  dailyActs(file, now);
}

const TIMES = ['', '2026-02-31T00:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'];
const STARTS = Object.values(BY_STATUS);
const PAYLOADS = Object.fromEntries(
  ALL_TYPES.map((type) => [type, valuesOf(EVENT_SCHEMAS[type])]),
) as Record<EventType, fc.Arbitrary<unknown>>;
const ANY_EVENT = fc
  .constantFrom(...ALL_TYPES)
  .chain((type) => fc.tuple(fc.constant(type), PAYLOADS[type]));
// Most of the odd things come by these.
const USUAL_EVENT = fc
  .constantFrom(...(['case.supplemented', 'case.taken', 'case.submitted', 'case.drafted'] as const))
  .chain((type) => fc.tuple(fc.constant(type), PAYLOADS[type]));

/** A thousand stories take less than a second of processor; a full machine gives it late. */
const ODD_MILLISECONDS = 60_000;

describe('any payload that passes its schema', () => {
  it(
    '[ST30] folds, projects, summarises, clocks and lists on any file without throwing',
    () => {
      let parsed = 0;
      const types = new Set<string>();
      fc.assert(
        fc.property(
          fc.constantFrom(...STARTS),
          fc.array(
            fc.tuple(
              fc.oneof(ANY_EVENT, USUAL_EVENT),
              fc.constantFrom(...'ATODLVXS'),
              fc.constantFrom(...TIMES),
            ),
            {
              minLength: 1,
              maxLength: 5,
            },
          ),
          fc.boolean(),
          (start, steps, begun) => {
            const events: AnyEvent<string>[] = begun ? [...told(start)] : [];
            let file = events.reduce(evolve, emptyCaseFile(caseId('story'), 'salt'));
            for (const [i, [[type, payload], by, time]] of steps.entries()) {
              if (!EVENT_SCHEMAS[type].safeParse(payload).success) continue;
              const line = next(file, [
                type as 'visit.recorded',
                {},
                { by: by as 'A', id: `o${i}` },
              ]);
              const occurredAt = time === '' ? line.occurredAt : at(time);
              const event = { ...line, occurredAt, payload } as AnyEvent<string>;
              admit(file, event, context());
              file = evolve(file, event);
              expect(file.timeline.at(-1)?.effect, `${type} ${JSON.stringify(payload)}`).not.toBe(
                'UNKNOWN',
              );
              events.push(event);
              parsed += 1;
              types.add(type);
            }
            lookedAt(file, events);
          },
        ),
        { numRuns: Number(process.env['ODD_RUNS'] ?? 1_000) },
      );
      expect(parsed).toBeGreaterThan(2_000);
      expect(types.size).toBeGreaterThan(75);
    },
    ODD_MILLISECONDS,
  );
});

describe('an event that cannot be read', () => {
  it('[SY21] a number that JSON cannot write is kept aside, what comes behind flows', async () => {
    const county = await judgedCounty();
    const change = { note: JSON.parse('1e999') as unknown } as object;
    const { results, dsLast } = await county.push([
      sent('case.drafted'),
      sent('case.supplemented', change),
      sent('dictation.recorded'),
    ]);
    expect(results.map(({ s }) => s)).toEqual(['stored', 'rejected', 'stored']);
    expect([results[1], dsLast]).toMatchObject([{ code: 'MALFORMED' }, 3]);
    expect(county.aside()).toHaveLength(1);
  });

  it('[SY21] what the domain throws over is kept aside whole, what comes behind flows', async () => {
    const county = await judgedCounty();
    const { judge } = county.deps;
    const broken = {
      evolve: (file: CaseFile, event: AnyEvent<string>) => {
        if (event.type === 'visit.recorded') throw new Error('a fold that fails');
        return judge.evolve(file, event);
      },
      columns: (file: CaseFile) => {
        const columns = judge.columns(file);
        return file.mediations.length > 0 ? { ...columns, category: {} as never } : columns;
      },
    };
    Object.assign(county.deps, { judge: { ...judge, ...broken } });
    const push = [
      sent('case.drafted'),
      sent('visit.recorded'),
      sent('mediation.recorded'),
      sent('dictation.recorded'),
    ];
    const first = await county.push(push);
    expect(first.results.map(({ s }) => s)).toEqual(['stored', 'rejected', 'rejected', 'stored']);
    expect(first.results[1]).toMatchObject({ code: 'PAYLOAD' });
    expect(county.log().map(({ type }) => type)).toEqual([
      ...['case.drafted', 'event.quarantined', 'event.quarantined', 'dictation.recorded'],
    ]);
    expect(county.aside()[0]?.raw).toContain('visit.recorded');
    expect((await county.file()).mediations).toEqual([]);
    const again = await county.push(push);
    expect(again.results.map(({ s }) => s)).toEqual(['dup', 'rejected', 'rejected', 'dup']);
  });
});
