/**
 * Recorded traffic of version 1 against the attacked process, over a line that breaks: an old
 * tablet says the same bytes again until it hears a whole answer, and that answer must come to the
 * end that was recorded. Afterwards every event that was taken then stands in the log once, with
 * the payload that was sent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_PATH } from '../../src/lib/protocol/version.ts';
import { jsonOf, told, Translation } from '../protocol/replayed.ts';
import {
  bytesOf,
  digest,
  type AskStep,
  type CountyStep,
  type Recording,
} from '../protocol/traffic.ts';
import { oneConnectionFetch } from './client-fetch.ts';
import { Line } from './line.ts';
import { eventsAbove } from './oracle.ts';
import { AT_HEADER, PERSON_HEADER } from './people.ts';
import type { Place } from './place.ts';

/** Asked so often in a row, the county tells a device to wait; so many times that is done. */
const WAITS_MAX = 20;

const FOLDER = new URL('../protocol/recorded-v1/', import.meta.url);

export interface RecordedOf {
  emptyPlace(this: void): Promise<Place>;
  readonly random: () => number;
  /** Stories to tell, by name; null: all. */
  readonly only: readonly string[] | null;
  /** Tries of every request that may be cut before it is heard whole. */
  readonly cutTries: number;
  /** The last event of every request is forgotten on the way: must be seen. */
  readonly plant: boolean;
}

/** One story at a county of its own: the stories use the same numbers. */
interface Stage extends RecordedOf {
  readonly place: Place;
  readonly line: Line;
}

export interface Recorded {
  /** Requests that were delivered, whole or cut. */
  asks: number;
  /** Answers, whole ones, that came to another end than then. */
  otherEnd: number;
  lost: number;
  doubled: number;
  altered: number;
}

const recordings = (): Recording[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording);

/** Asks until an answer is heard whole. */
async function heard(of: Stage, step: AskStep, body: Uint8Array<ArrayBuffer>) {
  const { line, random } = of;
  const ask = oneConnectionFetch({ [PERSON_HEADER]: step.person, [AT_HEADER]: step.at });
  const isExchange = step.path === EXCHANGE_PATH;
  const init = {
    method: step.method,
    headers: {
      'content-type': step.request.type,
      ...(isExchange ? { 'content-encoding': 'gzip' } : {}),
    },
    body: isExchange ? new Uint8Array(gzipSync(body)) : body,
  };
  let waits = 0;
  for (let tried = 0; ; tried++) {
    const side = random() < 0.4 ? 'request' : 'answer';
    const long = side === 'request' ? init.body.length + 200 : 700;
    line.next = tried < of.cutTries ? { side, at: Math.floor(random() * long) } : null;
    try {
      const response = await ask(`${line.origin}${step.path}`, init);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const wait = Number(response.headers.get('retry-after') ?? 0);
      if (response.status === 429 && wait > 0 && waits++ < WAITS_MAX) await sleep(wait * 1_000);
      else if (tried >= of.cutTries) return { status: response.status, bytes };
    } catch (error) {
      if (tried >= of.cutTries) throw error;
    }
  }
}

/** The same end: what was stored then may be a repetition by now, a cut try came first. */
const end = (said: unknown): unknown =>
  JSON.parse(
    JSON.stringify(said, (key, value: unknown) =>
      key === 'at' || key === 'rule'
        ? undefined
        : key === 's' && value === 'dup'
          ? 'stored'
          : value,
    ),
  );

async function exchanged(of: Stage, step: AskStep, translation: Translation): Promise<boolean> {
  const asked = await jsonOf(step.request.text ?? '');
  const json = translation.request(asked.json as ExchangeRequest);
  const sent = of.plant ? { ...json, events: json.events.slice(0, -1) } : json;
  const frame = await encodeFrame(digest, { req: asked.req, json: sent });
  const { status, bytes } = await heard(of, step, new Uint8Array(Buffer.from(frame)));
  if (status !== 200) return false;
  const answer = await jsonOf(Buffer.from(bytes).toString());
  const now = answer.json as ExchangeReply;
  const then = (await jsonOf(step.answer.text ?? '')).json as ExchangeReply;
  translation.learn(then, now);
  return (
    answer.req === asked.req &&
    isDeepStrictEqual(end(told(now)), end(translation.expected(then, now)))
  );
}

/** Payloads of the events that the county took then, by id. */
async function taken({ steps }: Recording): Promise<Map<string, unknown>> {
  const wanted = new Map<string, unknown>();
  for (const step of steps) {
    if (step.kind === 'county' || step.path !== EXCHANGE_PATH) continue;
    const { events } = (await jsonOf(step.request.text ?? '')).json as ExchangeRequest;
    const reply = (await jsonOf(step.answer.text ?? '')).json as ExchangeReply;
    if (reply.kind === 'epoch') continue;
    for (const { s, id } of reply.results)
      if (s === 'stored' || s === 'dup') wanted.set(id, events.find((e) => e.id === id)?.p);
  }
  return wanted;
}

async function judged(place: Place, recording: Recording, tally: Recorded): Promise<void> {
  const stored = Map.groupBy(await eventsAbove(place), ({ id }) => id);
  for (const [id, payload] of await taken(recording)) {
    const here = stored.get(id) ?? [];
    if (here.length === 0) tally.lost++;
    if (here.length > 1) tally.doubled++;
    if (here.some(({ body }) => !isDeepStrictEqual(JSON.parse(body), payload))) tally.altered++;
  }
}

/** The county's own act between two requests. */
async function acted({ line }: Stage, step: CountyStep): Promise<boolean> {
  line.next = null;
  const init = {
    ...{ method: 'POST', headers: { [AT_HEADER]: step.at } },
    body: JSON.stringify(step.act),
  };
  return (await fetch(`${line.origin}/act`, init)).ok;
}

async function tell(of: Stage, { steps }: Recording, tally: Recorded): Promise<void> {
  const translation = new Translation();
  for (const step of steps) {
    if (step.kind === 'county') {
      if (!(await acted(of, step))) tally.otherEnd++;
      continue;
    }
    tally.asks += 1 + of.cutTries;
    const same =
      step.path === EXCHANGE_PATH
        ? await exchanged(of, step, translation)
        : (await heard(of, step, bytesOf(step.request))).status === step.answer.status;
    if (!same) tally.otherEnd++;
  }
}

/** Every story at a real process of its own. */
export async function replayRecorded(of: RecordedOf): Promise<Recorded> {
  const tally: Recorded = { asks: 0, otherEnd: 0, lost: 0, doubled: 0, altered: 0 };
  for (const recording of recordings()) {
    if (of.only && !of.only.includes(recording.name)) continue;
    const place = await of.emptyPlace();
    const host = place.host();
    await host.start();
    const line = await Line.open(() => place.port);
    await tell({ ...of, place, line }, recording, tally);
    await line.close();
    await host.stop();
    await judged(place, recording, tally);
  }
  return tally;
}
