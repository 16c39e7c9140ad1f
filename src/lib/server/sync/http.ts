/**
 * The exchange over HTTP: who asks, how much, is it ours; then the state machine; then the answer
 * in its frame. Anything else than 200 with our media type is no ack.
 */
import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import { fail, type Result } from '../../domain/values.ts';
import { PART_MAGIC, type PartReply } from '../../protocol/part.ts';
import type { ExchangeReply } from '../../protocol/sync.ts';
import { DEVICE_HEADER } from '../../protocol/version.ts';
import { createRateLimiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { lockSaid, lockWord } from '../desk/tablet-locks.ts';
import type { CountyTables } from '../store/tables.ts';
import { createAdmission } from './admission.ts';
import { refusal, storageRefusal, type Refused } from './body.ts';
import { exchange } from './exchange.ts';
import { BUSY_SECONDS, exchangePerson } from './limits.ts';
import { missingOf } from './media-rows.ts';
import { askedPart, createParts, type AskedPart } from './parts.ts';
import { mayFeed } from './read-right.ts';
import { takeIn, type Sent } from './wires.ts';

const limiter = createRateLimiter(() => performance.now());
const admission = createAdmission({
  ...{ nowMs: () => performance.now(), random: Math.random },
  pause: () => new Promise((resolve) => setImmediate(resolve)),
});
const parts = createParts(() => performance.now());
/** What was asked to go on is not here: the whole has to come again. */
const NO_SUCH_PART: Refused = { status: 409, error: 'BAD_FRAME' };

interface Arrived {
  readonly sent: Sent;
  readonly isRest: boolean;
  readonly headers: Headers;
}

async function answer(
  container: Container,
  person: Subject,
  { sent, isRest, headers }: Arrived,
): Promise<Response> {
  const asked = await sent.decoded();
  if (!asked.ok) return refusal(isRest ? NO_SUCH_PART : asked.error);
  const { dv } = asked.value.request;
  const db = container.db as unknown as Kysely<CountyTables>;
  const { personId } = person;
  // Before the push: behind it the answer would wait for the next one's commit.
  const lock = await lockWord({ db, county: container.county }, { dv, personId });
  // A barred tablet's work is taken; the county's own copy is no longer shown to it.
  const shut = lock.bar !== undefined;
  const mayRead = !shut && (await mayFeed(container, { personId, dv, headers }));
  const wanted = !shut && !mayRead && asked.value.request.feedBytesMax > 0;
  const request = mayRead ? asked.value.request : { ...asked.value.request, feedBytesMax: 0 };
  const done = await exchange(container.sync, person, request);
  if (!done.ok) return refusedTablet(container, { status: 403, error: done.error }, dv);
  const { reply, announced } = done.value;
  const spreadSeconds = admission.spreadSeconds(reply.spreadSeconds);
  const whole: ExchangeReply =
    reply.kind === 'exchange'
      ? { ...reply, spreadSeconds, missing: await missingOf(container.media, announced) }
      : { ...reply, spreadSeconds };
  const { keysAt } = asked.value.request;
  // Keys that cannot be read hold up no exchange.
  const keys = keysAt === undefined ? null : await container.keys.list().catch(() => null);
  const told = { ...whole, ...(keys === null || keys.at === keysAt ? {} : { keys }) };
  const read = wanted ? { read: 'wanted' as const } : {};
  const accepts = headers.get('accept-encoding');
  const written = await asked.value.written({ ...told, ...lock, ...read }, accepts);
  const { type, body, encoding } = written;
  const answered = new Headers({ 'content-type': type, 'cache-control': 'no-store' });
  answered.set('content-length', String(body.length));
  if (encoding !== null) answered.set('content-encoding', encoding);
  return new Response(new Uint8Array(body), { headers: answered });
}

/** A slow body takes no place from those that work: it comes in before its turn. */
async function arrive(
  { personId }: Subject,
  request: Request,
  asked: AskedPart | null,
): Promise<Result<Sent, Refused>> {
  const announced = Number(request.headers.get('content-length') ?? Infinity);
  const part = asked
    ? parts.goOn(personId, asked.id, asked.from ?? 0)
    : parts.begin(personId, announced);
  if (part === null) return fail(NO_SUCH_PART);
  const arrived = admission.arrive(personId);
  if (arrived === null)
    return fail({ status: 429, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS });
  try {
    return await takeIn(request, part);
  } finally {
    arrived();
  }
}

/** How much of a broken body came: its tablet sends the rest. */
function toldPart({ personId }: Subject, { id }: AskedPart): Response {
  const told: PartReply = { magic: PART_MAGIC, part: id, have: parts.have(personId, id) };
  // On a connection that was used before a browser sends all of a broken body again by itself,
  // and says nothing: the rest comes on a new one.
  const headers = { 'cache-control': 'no-store', connection: 'close' };
  return Response.json(told, { headers });
}

const DEVICE_ID = /^[\w-]{22}$/;

/** Nobody of this tablet is signed in: nothing is taken, and its vault hears that it is barred. */
async function refusedTablet(
  container: Container,
  refused: Refused,
  dv: string | null,
): Promise<Response> {
  if (dv === null || !DEVICE_ID.test(dv)) return refusal(refused);
  const db = container.db as unknown as Kysely<CountyTables>;
  const said = await lockSaid({ db, county: container.county }, dv);
  return refusal(refused, said === null ? {} : { lock: said });
}

/** `POST /api/sync/exchange` by the signed-in person of the session. */
export async function exchangeEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  const device = request.headers.get(DEVICE_HEADER);
  if (person === null) return refusedTablet(container, { status: 401, error: 'SIGN_IN' }, device);
  // Tablets are for agents and townships, also former ones (K10); a desk's rights are not the feed's.
  if (!person.grants.some(({ role }) => role === 'A' || role === 'T'))
    return refusedTablet(container, { status: 403, error: 'DEVICE' }, device);
  const wait = limiter.take(exchangePerson, person.personId);
  if (wait > 0) return refusal({ status: 429, error: 'BUSY', retryAfterSeconds: wait });
  if (!container.open)
    return refusal({ status: 503, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS });
  const part = askedPart(request.url);
  if (part === 'strange') return refusal({ status: 400, error: 'BAD_FRAME' });
  if (part?.from === null) return toldPart(person, part);
  const later = admission.ask(person.personId);
  if (later !== null) return refusal(later);
  const sent = await arrive(person, request, part);
  if (!sent.ok) return refusal(sent.error);
  const leave = await admission.enter();
  try {
    const { headers } = request;
    return await answer(container, person, { sent: sent.value, isRest: part !== null, headers });
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  } finally {
    leave();
  }
}
