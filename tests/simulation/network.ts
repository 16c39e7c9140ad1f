/** A network that may do anything to the bytes of a message; the frames on it are the real ones. */
import {
  exchangeReplySchema,
  exchangeRequestSchema,
  type ExchangeReply,
  type ExchangeRequest,
} from '../../src/lib/protocol/sync.ts';
import { happens, hurts, newId, upTo, type World } from './scene.ts';
import type { CrashAt } from './sim-county.ts';
import type { SimTablet } from './sim-tablet.ts';
import { readAnswer, readAsked, requestText, type AskedText } from './wire.ts';

/** A tablet waits this long for an answer. */
export const TIMEOUT = 400;
const PORTAL = '<!doctype html><title>登录</title><p>200 OK';

/** What a tablet makes of whatever came, or of nothing. */
export type Outcome = ExchangeReply | 'html' | 'garbage' | 'timeout';

export const delay = (world: World): number =>
  1 + upTo(world, 20) + (hurts(world, world.faults.slow) ? upTo(world, 300) : 0);

/** Cuts the message somewhere, or changes one letter of it. */
function damaged(world: World, text: string): string {
  const { truncate, flip, frames } = world.faults;
  // Without a frame nothing could tell the damage: it is seen at once.
  if (frames === 0) return hurts(world, truncate) || hurts(world, flip) ? '' : text;
  if (hurts(world, truncate)) return text.slice(0, upTo(world, text.length));
  if (!hurts(world, flip)) return text;
  const at = upTo(world, text.length);
  const letter = String.fromCharCode(text.charCodeAt(at) ^ (1 << upTo(world, 5)));
  return text.slice(0, at) + letter + text.slice(at + 1);
}

function forged(world: World, request: ExchangeRequest): ExchangeRequest {
  if (!hurts(world, world.faults.forge)) return request;
  const lies = { actor: { code: 'O', personId: 'chief', name: '局长' }, personId: 'chief', seq: 1 };
  return { ...request, ...lies, events: request.events.map((event) => ({ ...event, ...lies })) };
}

/** The county reads a message; null when it is none. */
async function readRequest(
  world: World,
  text: string,
): Promise<{ asked: AskedText; request: ExchangeRequest } | null> {
  const asked = await readAsked(text);
  if (asked === null) return null;
  if (world.faults.parse === 0) return { asked, request: asked.json as ExchangeRequest };
  const parsed = exchangeRequestSchema.safeParse(asked.json);
  return parsed.success ? { asked, request: parsed.data } : null;
}

/** The tablet reads an answer: ours, whole and to this question, or nothing. */
async function readReply(
  world: World,
  text: string,
  question: { req: string; request: ExchangeRequest },
): Promise<Outcome> {
  if (text === PORTAL) return 'html';
  const json = await readAnswer(text, question);
  if (json === null) return 'garbage';
  if (world.faults.parse === 0) return json as ExchangeReply;
  const parsed = exchangeReplySchema.safeParse(json);
  return parsed.success ? parsed.data : 'garbage';
}

/** One line for whoever reads a history. */
function told(tablet: SimTablet, { dv, events }: ExchangeRequest, reply: ExchangeReply | null) {
  const asks = `${tablet.owner.name}/${String(tablet.number)} ${dv} asks`;
  const sent = events.map(({ id, ds }) => `${id}@${String(ds)}`).join(' ');
  if (reply?.kind !== 'exchange') return `${asks} [${sent}]: ${reply?.kind ?? 'no answer'}`;
  const results = reply.results.map((one) => JSON.stringify(one)).join(' ');
  const rows = reply.feed.rows.map((row) => `${row.k}${row.k === 'event' ? row.event.id : ''}`);
  return `${asks} [${sent}]: ${results}; ${rows.join(' ')} to ${String(reply.feed.cursor.seq)}`;
}

const crashAt = (world: World): CrashAt => {
  if (!hurts(world, world.faults.crash)) return 'none';
  return happens(world, 0.5) ? 'before commit' : 'after commit';
};

/** One message to the county and back; `done` is called once, whatever happens. */
export async function send(
  world: World,
  { tablet, request }: { tablet: SimTablet; request: ExchangeRequest },
  done: (outcome: Outcome) => Promise<void>,
): Promise<void> {
  const { time, faults, county } = world;
  let answered = false;
  const once = async (outcome: Outcome) => {
    if (answered) return;
    answered = true;
    await done(outcome);
  };
  const req = newId(world, 'r');
  const question = { req, request: forged(world, request) };
  const text = await requestText(faults.frames > 0 ? tablet.number : null, question);
  world.attempts += 1;
  time.at(TIMEOUT, () => once('timeout'));
  const arrives = (answer: string) =>
    time.at(delay(world), async () => once(await readReply(world, answer, question)));
  if (hurts(world, faults.html)) arrives(PORTAL);
  if (tablet.lastAnswer !== null && hurts(world, faults.stale)) arrives(tablet.lastAnswer);
  const deliver = () => {
    if (hurts(world, faults.dropRequest)) return;
    const sent = damaged(world, text);
    time.at(delay(world), async () => {
      const asked = await readRequest(world, sent);
      if (asked === null) return arrives('{"error":"BAD_FRAME"}');
      const node = faults.nodes === 0 ? 0 : upTo(world, 2);
      const how = { asker: tablet.owner, node, ends: crashAt(world) };
      const reply = await county.handle(how, asked.request);
      world.say?.(told(tablet, asked.request, reply));
      if (reply === null || hurts(world, faults.dropReply)) return;
      const answer = await asked.asked.answer(reply);
      tablet.lastAnswer = answer;
      arrives(damaged(world, answer));
    });
  };
  deliver();
  if (hurts(world, faults.twice)) deliver();
}
