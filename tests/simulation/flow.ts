/**
 * Runs of the product that wait for answers, on the timeline: each answer lets a run go on until it
 * asks again, and the step that brought the answer lasts as long. So one seed stays one history.
 */
import type { HandInAnswer } from '../../src/lib/protocol/handin-answer.ts';
import type { Asker } from '../../src/lib/server/sync/judge.ts';
import { delay, TIMEOUT } from './network.ts';
import { happens, hurts, upTo, type World } from './scene.ts';
import type { CrashAt } from './sim-county.ts';

/** What came back: an answer, somebody else's page, or nothing at all. */
export type Heard = HandInAnswer | 'html' | null;
type Post = (body: Uint8Array<ArrayBuffer>, heard: (what: Heard) => Promise<void>) => void;

export interface Flow {
  fetch(post: Post): typeof fetch;
}

const responseOf = (heard: HandInAnswer | 'html'): Response =>
  ({
    ...{ status: 200, type: 'basic' },
    json: async () => {
      if (heard === 'html') throw new SyntaxError('<!doctype html>');
      return heard;
    },
  }) as Partial<Response> as Response;

/** Begins a run; resolves when it waits for its first answer, or has ended. */
export async function runFlow(run: (flow: Flow) => Promise<void>): Promise<void> {
  let rest = (): void => undefined;
  const resting = (): Promise<void> => new Promise((done) => (rest = done));
  let failure: unknown = null;
  const ended = (): void => {
    if (failure !== null) throw failure as Error;
  };
  const fetch = (post: Post) =>
    ((_: unknown, init?: RequestInit) =>
      new Promise<Response>((answered, broken) => {
        post(init?.body as Uint8Array<ArrayBuffer>, (heard) => {
          const until = resting();
          if (heard === null) broken(new TypeError('offline'));
          else answered(responseOf(heard));
          return until.then(ended);
        });
        rest();
      })) as typeof globalThis.fetch;
  const begun = resting();
  const end = run({ fetch }).catch((error: unknown) => (failure = error));
  void end.then(() => rest());
  await begun;
  ended();
}

const crashAt = (world: World): CrashAt => {
  if (!hurts(world, world.faults.crash)) return 'none';
  return happens(world, 0.5) ? 'before commit' : 'after commit';
};

/** One piece to the county and back; whoever asks is no more: nobody hears the answer. */
export const postPiece =
  (world: World, carrier: Asker, isThere: () => boolean): Post =>
  (body, heard) => {
    const { time, faults, county } = world;
    let answered = false;
    const once = async (what: Heard) => {
      if (answered || !isThere()) return;
      answered = true;
      await heard(what);
    };
    world.attempts += 1;
    time.at(TIMEOUT, () => once(null));
    const deliver = () => {
      if (hurts(world, faults.html)) time.at(delay(world), () => once('html'));
      if (hurts(world, faults.dropRequest)) return;
      const sent = body.slice();
      if (hurts(world, faults.flip)) sent[upTo(world, sent.length)] = upTo(world, 256);
      time.at(delay(world), async () => {
        const node = faults.nodes === 0 ? 0 : upTo(world, 2);
        const answer = await county.handIn({ asker: carrier, node, ends: crashAt(world) }, sent);
        if (answer === null || hurts(world, faults.dropReply)) return;
        time.at(delay(world), () => once(answer));
      });
    };
    deliver();
    if (hurts(world, faults.twice)) deliver();
  };
