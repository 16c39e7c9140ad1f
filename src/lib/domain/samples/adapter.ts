/**
 * From sample shorthand to real events, in the order the county received them.
 *
 *     sample file ──read──▶ mend ──▶ per case: sort by receivedAt ──▶ typed payload per event
 *                                                     └──▶ all cases merged by receivedAt: seq 1…n
 *
 * What the shorthand leaves out is filled with the plainest true thing (payloads-*.ts); ids, salts,
 * query codes and temporary numbers come from the sample's own id, so every run is the same.
 */
import { compareInstants, endOfDayShanghai, startOfDayShanghai } from '../calendar.ts';
import type { Stamp } from '../case-event.ts';
import sampleCases from '../data/sample-cases.json' with { type: 'json' };
import { currentVersion, isEventType } from '../shapes.ts';
import { type CaseEvent, type EventOf, type EventType } from '../events.ts';
import { LIFECYCLE } from '../lifecycle.ts';
import {
  assert,
  fail,
  ok,
  type AreaCode,
  type CaseId,
  type EventId,
  type Instant,
  type LocalDate,
  type PersonId,
  type Result,
  type UnitId,
} from '../values.ts';
import { mendSamples } from './mend.ts';
import { instantIn, type PayloadBuilders, type PayloadFrame } from './payload-frame.ts';
import { FIELD_PAYLOADS } from './payloads-field.ts';
import { INTAKE_PAYLOADS } from './payloads-intake.ts';
import { OFFICE_PAYLOADS } from './payloads-office.ts';
import { UNIT_PAYLOADS } from './payloads-unit.ts';
import { sampleCaseId, sampleEventId, sampleId, sampleSalt } from './sample-ids.ts';
import { sampleActor, sampleAgents, type SampleAgent } from './sample-people.ts';
import {
  sampleFileSchema,
  type SampleCase,
  type SampleEvent,
  type SampleFile,
  type SampleHazard,
} from './sample-shape.ts';

const BUILDERS = {
  ...INTAKE_PAYLOADS,
  ...FIELD_PAYLOADS,
  ...OFFICE_PAYLOADS,
  ...UNIT_PAYLOADS,
} as Partial<PayloadBuilders<EventType>>;

/** One event of a sample made real, and what the file says about it. */
export interface AdaptedEvent {
  readonly sample: string;
  readonly listed: SampleEvent;
  /** Null when the shorthand is of a type the adapter cannot read. */
  readonly event: CaseEvent | null;
  /** Status the file expects after it, read in county order. */
  readonly expectedStatus: string;
}

/** One sample case made real. */
export interface AdaptedCase {
  readonly sample: SampleCase;
  readonly caseId: CaseId;
  readonly salt: string;
  readonly events: readonly AdaptedEvent[];
  /** Contradictions of the file with itself, in words. */
  readonly faults: readonly string[];
}

/** Reads a sample file; the error says where its shape is wrong. */
export function readSampleFile(value: unknown): Result<SampleFile, string> {
  const parsed = sampleFileSchema.safeParse(value);
  if (parsed.success) return ok(mendSamples(parsed.data));
  const [issue] = parsed.error.issues;
  return fail(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`);
}

/** The project's own copy of the samples. */
export function projectSamples(): SampleFile {
  const read = readSampleFile(sampleCases);
  assert(read.ok, 'the project copy of the samples is readable');
  return read.value;
}

const inReceivedOrder = (events: readonly SampleEvent[]): SampleEvent[] =>
  events.toSorted((a, b) => compareInstants(instantIn(a.receivedAt), instantIn(b.receivedAt)));

const changesNothing = (type: string): boolean => isEventType(type) && LIFECYCLE[type].to === '=';

/**
 * The samples are listed by 发生时间, the county folds by 收到时间. An event that changes no status
 * and was moved by the sorting is expected to leave what it then finds.
 */
function expectedStatuses(sample: SampleCase, ordered: readonly SampleEvent[]): string[] {
  const before = (list: readonly SampleEvent[], event: SampleEvent) =>
    list[list.indexOf(event) - 1];
  let standing = 'NONE';
  return ordered.map((event) => {
    const moved = before(ordered, event) !== before(sample.events, event);
    if (!(moved && changesNothing(event.type))) standing = event.statusAfter;
    return standing;
  });
}

function faultsOf(sample: SampleCase): string[] {
  const faults: string[] = [];
  let standing = 'NONE';
  for (const event of sample.events) {
    if (changesNothing(event.type) && event.statusAfter !== standing) {
      faults.push(`${sample.id}/${String(event.seq)} ${event.type}: ${event.statusAfter}`);
    }
    standing = event.statusAfter;
  }
  if (standing !== sample.finalStatus) faults.push(`${sample.id} finalStatus`);
  return faults;
}

/** One case of a file with its events in county order, not yet numbered. */
export function adaptCase(file: SampleFile, sample: SampleCase): AdaptedCase {
  const agents = sampleAgents(file);
  const caseId = sampleCaseId(sample.id);
  const ordered = inReceivedOrder(sample.events);
  const statuses = expectedStatuses(sample, ordered);
  const drafter = sample.events.find((event) => event.type === 'case.drafted')?.actor;
  const areaCode = sample.areaCode as AreaCode;
  const unlisted = { personId: sample.agent as PersonId, name: sample.agent, areaCode };
  let agent = agents.get(drafter ?? sample.agent) ?? unlisted;
  let unitId: UnitId | null = null;
  const events: AdaptedEvent[] = [];
  for (const [i, listed] of ordered.entries()) {
    const unit = listed.data?.['unit'];
    const sent = listed.type === 'case.transferred' || listed.type === 'case.assigned';
    if (sent && typeof unit === 'string') unitId = unit as UnitId;
    const to = listed.data?.['to'];
    const frame = { sample, listed, agent, agents, unitId, caseId };
    events.push({
      sample: sample.id,
      listed,
      event: adaptEvent(frame),
      expectedStatus: statuses[i] ?? 'NONE',
    });
    if (listed.type === 'case.handed_over' && typeof to === 'string') {
      agent = agents.get(to) ?? agent;
    }
  }
  return { sample, caseId, salt: sampleSalt(sample.id), events, faults: faultsOf(sample) };
}

interface EventFrame {
  readonly sample: SampleCase;
  readonly listed: SampleEvent;
  readonly agent: SampleAgent;
  readonly agents: ReadonlyMap<string, SampleAgent>;
  readonly unitId: UnitId | null;
  readonly caseId: CaseId;
}

function adaptEvent({ listed, caseId, ...context }: EventFrame): CaseEvent | null {
  const { type } = listed;
  if (!isEventType(type)) return null;
  const build = BUILDERS[type] as ((frame: PayloadFrame) => unknown) | undefined;
  if (build === undefined) return null;
  const actor = sampleActor(listed, context);
  const frame: PayloadFrame = { ...context, event: listed, data: listed.data ?? {}, actor };
  const stamp: Stamp = {
    seq: null,
    receivedAt: instantIn(listed.receivedAt),
    actor,
    clockOffsetSeconds: 0,
  };
  return {
    id: sampleEventId(context.sample.id, listed.seq),
    caseId,
    type,
    v: currentVersion(type),
    occurredAt: instantIn(listed.occurredAt),
    payload: build(frame),
    stamp,
  } as CaseEvent;
}

/** A rating of the samples in clear, for whoever seals it to a county's own key. */
export interface SampleRating {
  readonly caseId: CaseId;
  readonly ratingId: EventId;
  readonly values: Readonly<Partial<Record<'UNIT' | 'OFFICE', string>>>;
  readonly reason: string | null;
}

/** The whole sample county, ready to be appended to an empty log. */
export interface SampleCounty {
  readonly agents: readonly SampleAgent[];
  readonly cases: readonly AdaptedCase[];
  /** Events of all cases by `receivedAt`, numbered from 1. */
  readonly events: readonly CaseEvent[];
  /** Hazards, each a stream of its own, numbered after the cases. */
  readonly hazards: readonly EventOf<'hazard.reported'>[];
  /** Salt of every stream, cases and hazards, by case id. */
  readonly salts: ReadonlyMap<CaseId, string>;
  readonly ratings: readonly SampleRating[];
}

function hazardEvent(
  hazard: SampleHazard,
  agents: readonly SampleAgent[],
  seq: number,
): EventOf<'hazard.reported'> {
  const areaCode = hazard.areaCode as AreaCode;
  const agent =
    agents.find((known) => known.areaCode === areaCode) ??
    agents.find((known) => known.areaCode.startsWith(areaCode.slice(0, 9)));
  const foundOn = hazard.foundAt as LocalDate;
  const at = (hazard.resolvedAt ?? hazard.foundAt) as LocalDate;
  const personId = agent?.personId ?? (`town-${areaCode.slice(0, 9)}` as PersonId);
  return {
    id: sampleId(`event/${hazard.id}`) as EventId,
    caseId: sampleCaseId(hazard.id),
    type: 'hazard.reported',
    v: currentVersion('hazard.reported'),
    occurredAt: startOfDayShanghai(foundOn),
    payload: {
      areaCode,
      parties: [`${String(hazard.parties)} 人`],
      categoryL2: hazard.category,
      level: hazard.level,
      people: hazard.parties,
      text: hazard.text,
      measure: hazard.measure,
      status: hazard.status === 'FOLLOWING' ? 'WATCHING' : hazard.status,
      foundOn,
      ...(hazard.resolvedAt === null ? {} : { resolvedOn: hazard.resolvedAt as LocalDate }),
      ...(hazard.toCase === null ? {} : { toCase: sampleCaseId(hazard.toCase) }),
    },
    stamp: {
      seq,
      receivedAt: endOfDayShanghai(at),
      actor: { code: agent ? 'A' : 'T', personId, name: agent?.name ?? '乡镇信访站', areaCode },
      clockOffsetSeconds: 0,
    },
  };
}

function ratingsOf({ sample, caseId }: AdaptedCase): SampleRating[] {
  const rated = sample.events.find((event) => event.type === 'rating.sealed');
  if (sample.rating === null || rated === undefined) return [];
  const { UNIT, OFFICE, reason } = sample.rating;
  const values = { ...(UNIT ? { UNIT } : {}), ...(OFFICE ? { OFFICE } : {}) };
  return [
    { caseId, ratingId: sampleEventId(sample.id, rated.seq), values, reason: reason ?? null },
  ];
}

const receivedOf = (event: CaseEvent): Instant => event.stamp.receivedAt ?? event.occurredAt;

/** Every event of the sample county in county order, with actors, salts, hazards and ratings. */
export function sampleCountyEvents(file: SampleFile = projectSamples()): SampleCounty {
  const cases = file.cases.map((sample) => adaptCase(file, sample));
  const agents = [...sampleAgents(file).values()];
  const numbered = cases
    .flatMap((adapted) => adapted.events.flatMap(({ event }) => event ?? []))
    .sort((a, b) => compareInstants(receivedOf(a), receivedOf(b)))
    .map((event, i) => ({ ...event, stamp: { ...event.stamp, seq: i + 1 } }) as CaseEvent);
  const byId = new Map(numbered.map((event) => [event.id, event]));
  const withSeq = cases.map((adapted) => ({
    ...adapted,
    events: adapted.events.map((one) => ({
      ...one,
      event: one.event && (byId.get(one.event.id) ?? null),
    })),
  }));
  const hazards = file.hazards.map((hazard, i) =>
    hazardEvent(hazard, agents, numbered.length + i + 1),
  );
  const salts = new Map([
    ...cases.map(({ caseId, salt }) => [caseId, salt] as const),
    ...file.hazards.map(({ id }) => [sampleCaseId(id), sampleSalt(id)] as const),
  ]);
  const ratings = cases.flatMap(ratingsOf);
  return { agents, cases: withSeq, events: numbered, hazards, salts, ratings };
}
