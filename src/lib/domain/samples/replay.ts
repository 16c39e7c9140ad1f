/**
 * Replays a sample file through the product's own rules and compares what comes out.
 *
 *     field act (A, V, T away from the desk) ──▶ admit ──▶ never quarantined
 *     act at the county (O, D, L, T)         ──▶ decide ──▶ never refused
 *     act of the county itself (S)           ──▶ must have been proposed by followUps or dailyActs
 *                     └── each ──▶ evolve ──▶ status as listed ──▶ clocks ──▶ statistics
 */
import { admit, dailyActs, followUps, type SystemAct } from '../admit.ts';
import { endOfDayShanghai, PUBLISHED_CALENDAR } from '../calendar.ts';
import { emptyCaseFile, type CaseFile } from '../case-file.ts';
import { clocksOf, type ClockContext, type ClockRecord } from '../clocks.ts';
import { decide } from '../decide.ts';
import { DEFAULT_DELEGATION } from '../delegation.ts';
import { parseEventBody } from '../event-body.ts';
import { type CaseEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { Role, Subject } from '../grants.ts';
import { LIFECYCLE } from '../lifecycle.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { summaryOf, type CaseSummary, type RatingValue } from '../statistics-summary.ts';
import { assert, type AreaCode, type Instant } from '../values.ts';
import {
  sampleCountyEvents,
  type AdaptedCase,
  type AdaptedEvent,
  type SampleCounty,
} from './adapter.ts';
import { compareClocks } from './compare-clocks.ts';
import { compareStats, STATS_PERIOD, type StatComparison } from './expected-stats.ts';
import type { SampleFile } from './sample-shape.ts';

const COUNTY = '230278000000' as AreaCode;
/** The sample county lets its townships also approve boundary matters (S02). */
const DELEGATION = {
  ...DEFAULT_DELEGATION,
  categories: [...DEFAULT_DELEGATION.categories, 'NY01'],
};
const LONG_AGO = '2020-01-01T00:00:00Z' as Instant;

/** What a replay found; every list is empty when the file and the rules agree. */
export interface ReplayReport {
  readonly cases: number;
  readonly events: number;
  readonly errors: readonly string[];
  readonly statusMismatches: readonly string[];
  readonly clockMismatches: readonly string[];
  readonly statsMismatches: readonly string[];
  readonly statusesCompared: number;
  readonly clocksCompared: number;
  readonly statsCompared: number;
}

function subjectOf(event: CaseEvent): Subject {
  const { actor } = event.stamp;
  const role: Role = actor.code === 'T' ? 'T' : 'A';
  const areaCode = actor.areaCode ?? COUNTY;
  const grant = { role, areaCode, unitId: null, from: LONG_AGO, to: null };
  return { personId: actor.personId, name: actor.name, grants: [grant] };
}

/** Proposals of the county's own hand that no listed event has answered yet. */
type Pending = SystemAct[];

function takeProposal(pending: Pending, event: CaseEvent): boolean {
  const at = pending.findIndex((act) => act.type === event.type);
  if (at < 0) return false;
  pending.splice(at, 1);
  return true;
}

const isFieldAct = ({ type, stamp }: CaseEvent): boolean =>
  LIFECYCLE[type].offline && ['A', 'V', 'T'].includes(stamp.actor.code);

function throughAdmit(file: CaseFile, event: CaseEvent, pending: Pending): string | null {
  const now = event.stamp.receivedAt ?? event.occurredAt;
  const verdict = admit(file, event, {
    subject: subjectOf(event),
    now,
    county: COUNTY.slice(0, 6),
  });
  pending.push(...verdict.followUps);
  return verdict.kind === 'quarantined' ? `quarantined ${verdict.code}` : null;
}

function throughDecide(file: CaseFile, event: CaseEvent, pending: Pending): string | null {
  const { id, type, payload, occurredAt, stamp } = event;
  const decided = decide(
    file,
    { kind: 'RecordEvents', entries: [{ type, payload, occurredAt, id }] },
    {
      actor: stamp.actor,
      now: stamp.receivedAt ?? occurredAt,
      ids: [id],
      place: 'county',
      county: COUNTY.slice(0, 6),
      delegation: DELEGATION,
    },
  );
  if (!decided.ok) return `refused ${decided.error.code} ${decided.error.details.join(', ')}`;
  pending.push(...followUps(evolve(file, event), event));
  return null;
}

function throughRules(file: CaseFile, event: CaseEvent, pending: Pending): string | null {
  const parsed = parseEventBody(event);
  if (!parsed.ok) return `payload ${parsed.error.details.join('; ')}`;
  if (isFieldAct(event)) return throughAdmit(file, event, pending);
  if (event.stamp.actor.code !== 'S' || event.type === 'case.closed') {
    return throughDecide(file, event, pending);
  }
  if (takeProposal(pending, event)) return null;
  const now = event.stamp.receivedAt ?? event.occurredAt;
  const daily = dailyActs(file, now);
  return takeProposal(daily, event) ? null : 'the county would not have done this by itself';
}

interface CaseReplay {
  readonly file: CaseFile;
  readonly events: readonly CaseEvent[];
  readonly errors: readonly string[];
  readonly statusMismatches: readonly string[];
}

/** The office's telephone entry that came before the case it speaks of (S18, K24). */
const cameFirst = (file: CaseFile, event: CaseEvent): boolean =>
  file.status === 'NONE' && event.type === 'urgent.acknowledged' && event.stamp.actor.code === 'O';

function replayCase(adapted: AdaptedCase): CaseReplay {
  let file = emptyCaseFile(adapted.caseId, adapted.salt);
  const events: CaseEvent[] = [];
  const errors = [...adapted.faults];
  const statusMismatches: string[] = [];
  const pending: Pending = [];
  for (const one of adapted.events) {
    const label = labelOf(one);
    if (one.event === null) {
      errors.push(`${label}: not a type the adapter knows`);
      continue;
    }
    if (!cameFirst(file, one.event)) {
      const wrong = throughRules(file, one.event, pending);
      if (wrong !== null) errors.push(`${label}: ${wrong}`);
    }
    file = evolve(file, one.event);
    events.push(one.event);
    if (file.status !== one.expectedStatus) {
      statusMismatches.push(`${label}: ${file.status}, listed ${one.expectedStatus}`);
    }
  }
  if (file.status !== adapted.sample.finalStatus) {
    statusMismatches.push(`${adapted.sample.id} ends ${file.status}`);
  }
  const { caseNo } = adapted.sample;
  if (file.numbers.caseNo !== caseNo) errors.push(`${adapted.sample.id}: number ${String(caseNo)}`);
  return { file, events, errors, statusMismatches };
}

const labelOf = ({ sample, listed }: AdaptedEvent): string =>
  `${sample}/${String(listed.seq)} ${listed.type}`;

function summarize(
  county: SampleCounty,
  file: CaseFile,
  clocks: readonly ClockRecord[],
): CaseSummary {
  const opened = county.ratings
    .filter((rating) => rating.caseId === file.caseId)
    .flatMap(({ ratingId, values, reason }) =>
      (['OFFICE', 'UNIT'] as const).flatMap((target) => {
        const value = values[target] as RatingValue | undefined;
        const reasons = value === '不满意' && reason !== null ? [reason] : [];
        return value === undefined ? [] : [{ ratingId, target, value, reasons }];
      }),
    );
  return summaryOf(file, clocks, opened);
}

function hazardsOf(county: SampleCounty) {
  return county.hazards.map((event) => {
    const { hazard } = evolve(emptyCaseFile(event.caseId), event);
    assert(hazard, 'a hazard event yields a hazard');
    return { foundOn: hazard.latest.foundOn, status: hazard.latest.status };
  });
}

/** Replays a sample file that was read by `readSampleFile`. */
export function replaySamples(source: SampleFile, withStats = true): ReplayReport {
  const county = sampleCountyEvents(source);
  const now = endOfDayShanghai(STATS_PERIOD.to);
  const context: ClockContext = { calendar: PUBLISHED_CALENDAR, settings: DEFAULT_SETTINGS, now };
  const clockMismatches: string[] = [];
  const summaries: CaseSummary[] = [];
  const replays = county.cases.map((adapted) => {
    const replay = replayCase(adapted);
    const clocks = clocksOf(replay.events, context);
    clockMismatches.push(...compareClocks(adapted.sample, clocks));
    summaries.push(summarize(county, replay.file, clocks));
    return replay;
  });
  const stats: StatComparison[] = withStats ? compareStats(summaries, hazardsOf(county), now) : [];
  const same = ({ expected, actual }: StatComparison) =>
    JSON.stringify(expected) === JSON.stringify(actual);
  return {
    cases: replays.length,
    events: county.events.length,
    errors: replays.flatMap(({ errors }) => errors),
    statusMismatches: replays.flatMap(({ statusMismatches }) => statusMismatches),
    clockMismatches,
    statsMismatches: stats
      .filter((one) => !same(one))
      .map(
        ({ name, expected, actual }) =>
          `${name}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`,
      ),
    statusesCompared: replays.reduce((sum, { events }) => sum + events.length, 0),
    clocksCompared: county.cases.reduce((sum, { sample }) => sum + sample.clocks.length, 0),
    statsCompared: stats.length,
  };
}
