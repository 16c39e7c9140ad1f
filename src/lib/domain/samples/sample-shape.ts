/** Shape of the sample file (`sample-cases/1`): shorthand for people, made into events by the adapter. */
import * as z from 'zod/mini';

const text = z.string();
const time = text.check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/));
const day = text.check(z.regex(/^\d{4}-\d\d-\d\d$/));
const maybe = <T extends z.core.SomeType>(schema: T) => z.optional(z.nullable(schema));

const samplePerson = z.looseObject({
  name: text,
  sealed: z.optional(z.boolean()),
  sex: maybe(text),
  birthDate: maybe(text),
  idType: maybe(text),
  idNo: maybe(text),
  phoneType: maybe(text),
  phone: maybe(text),
  addressCode: maybe(text),
  literacy: maybe(text),
  language: maybe(text),
  needs: z.optional(z.array(text)),
  ethnicity: maybe(text),
});

const sampleClock = z.looseObject({
  code: text,
  startedAt: time,
  due: time,
  stoppedAt: z.nullable(time),
  onTime: maybe(z.boolean()),
  provisional: z.boolean(),
  outcome: text,
  extendedTo: maybe(time),
});

const sampleEvent = z.looseObject({
  type: text,
  occurredAt: time,
  receivedAt: time,
  role: z.enum(['V', 'A', 'T', 'O', 'D', 'L', 'X', 'S']),
  actor: text,
  offline: z.boolean(),
  seq: z.int(),
  statusAfter: text,
  data: z.optional(z.looseObject({})),
});

const sampleCase = z.looseObject({
  id: text,
  caseNo: z.nullable(text),
  title: text,
  xfrq: day,
  djsj: z.nullable(text),
  areaCode: text,
  areaName: text,
  groupName: maybe(text),
  category: text,
  kind: z.enum(['建议意见', '检举控告', '申诉求决', '咨询', '感谢其他']),
  purpose: text,
  procedure: z.enum(['ORDINARY', 'SIMPLE', 'ONSITE', 'DIVERT', 'SEALED']),
  urgency: z.enum(['NORMAL', 'URGENT_TIME', 'SENSITIVE', 'MAJOR', 'LIFE']),
  agent: text,
  petitioners: z.array(samplePerson),
  respondent: z.looseObject({ type: text, name: maybe(text) }),
  prior: z.looseObject({ before: z.nullable(z.boolean()), levels: z.array(text) }),
  mandate: z.nullable(z.looseObject({ scope: text, term: text })),
  dictation: z.looseObject({
    verbatim: text,
    summary: text,
    claims: z.array(text),
    units: z.optional(z.array(z.object({ said: text, mu: z.number() }))),
    interpreter: z.optional(text),
  }),
  joint: z.optional(
    z.looseObject({ count: z.int(), involved: z.int(), representatives: z.array(text) }),
  ),
  anonymous: z.optional(z.boolean()),
  sealed: z.optional(z.boolean()),
  mergedInto: z.optional(text),
  resolutionText: maybe(text),
  rating: z.nullable(
    z.looseObject({
      UNIT: z.optional(text),
      OFFICE: z.optional(text),
      reason: z.optional(text),
      by: z.optional(text),
    }),
  ),
  finalStatus: text,
  clocks: z.array(sampleClock),
  events: z.array(sampleEvent),
});

const sampleHazard = z.looseObject({
  id: text,
  areaCode: text,
  foundAt: day,
  category: text,
  level: z.enum(['RED', 'ORANGE', 'YELLOW', 'BLUE']),
  parties: z.int(),
  text,
  measure: text,
  status: z.enum(['RESOLVED', 'TO_CASE', 'FOLLOWING', 'OPEN']),
  resolvedAt: z.nullable(day),
  toCase: z.nullable(text),
});

/** The whole file; `expected` lets a smaller file declare its own size. */
export const sampleFileSchema = z.looseObject({
  county: text,
  agents: z.array(z.looseObject({ id: text, name: text, areaCode: text })),
  hazards: z.array(sampleHazard),
  cases: z.array(sampleCase),
  expected: z.optional(z.object({ cases: z.int(), events: z.int(), clocks: z.int() })),
});

/** A sample file as read. */
export type SampleFile = z.infer<typeof sampleFileSchema>;
/** One invented case in shorthand. */
export type SampleCase = SampleFile['cases'][number];
/** One event in shorthand. */
export type SampleEvent = SampleCase['events'][number];
/** One expected clock. */
export type SampleClock = SampleCase['clocks'][number];
/** One hazard in shorthand. */
export type SampleHazard = SampleFile['hazards'][number];
