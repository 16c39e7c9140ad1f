/** 读一条记录: a body that came in bytes is lifted to the shape of this build and checked. */
import * as z from 'zod/mini';
import type { EventBody as Body } from './case-event.ts';
import { EVENT_SCHEMAS, sealedPayloadSchema, type EventBody } from './events.ts';
import { zCaseId, zEventId, zInstant } from './events/common.ts';
import { SHAPES, upcast, type Shapes, type UnknownShape } from './shapes.ts';
import { fail, ok, type Result } from './values.ts';

export type PayloadProblem = {
  readonly code: UnknownShape | 'PAYLOAD';
  /** Path and message per problem, e.g. `receipt.queryCode: …`. */
  readonly details: readonly string[];
};

/** The envelope of a body; the type is asked for apart. */
const envelopeSchema = z.looseObject({
  id: zEventId,
  caseId: zCaseId,
  v: z.int().check(z.minimum(1)),
  occurredAt: zInstant,
});

const detailsOf = (error: z.core.$ZodError): string[] =>
  error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);

/** Next to no payload is: to be told so by the schema costs more than to read the others. */
const mayBeSealed = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'sealedBox' in payload;

/** Lifts and checks a body that came in bytes; an unknown field is kept. */
export function parseEventBody(
  body: Body<string>,
  shapes: Shapes = SHAPES,
): Result<EventBody, PayloadProblem> {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return fail({ code: 'PAYLOAD', details: detailsOf(envelope.error) });
  const lifted = upcast(body, shapes);
  if (!lifted.ok) return fail({ code: lifted.error, details: [body.type] });
  const { type, v, payload } = lifted.value;
  const whole = (value: unknown) => ok({ ...body, type, v, payload: value } as EventBody);
  if (mayBeSealed(payload) && sealedPayloadSchema.safeParse(payload).success) return whole(payload);
  const parsed = EVENT_SCHEMAS[type].safeParse(payload);
  if (parsed.success) return whole(parsed.data);
  return fail({ code: 'PAYLOAD', details: detailsOf(parsed.error) });
}
