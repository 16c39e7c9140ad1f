import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLive, type Live, LIVE } from '../../src/lib/server/desk/live.ts';

const MOVED = 'event: moved\ndata: moved\n\n';
const LIMITS = { perPerson: 2, perNode: 3, everyMs: 200, beatMs: 40, unreadMax: 4 };

/** The streams' own clock: a busy machine sleeps longer than it was told. */
const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
};

let live: Live;
let moved: () => void;
let heard = 0;
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
  heard = 1;
  live = createLive((listener) => {
    moved = listener;
    return () => (heard -= 1);
  }, LIMITS);
});
afterEach(() => {
  live.close();
  vi.useRealTimers();
});

const watcher = (personId: string, stillIn = () => Promise.resolve(true)) => ({
  personId,
  stillIn,
});

/** Reads a stream to its end, or until it is told to stop. */
function read(stream: ReadableStream<Uint8Array> | null) {
  if (stream === null) throw new Error('a stream');
  const reader = stream.getReader();
  const words: string[] = [];
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      words.push(new TextDecoder().decode(value));
    }
  })();
  return { words, ended, leave: () => reader.cancel() };
}

const movesIn = (words: readonly string[]) => words.filter((word) => word === MOVED).length;

describe('streams of the desk', () => {
  it('[SY131] say moved and nothing else, at most once in their time, the last one never left out', async () => {
    const { words } = read(live.open(watcher('p')));
    for (let n = 0; n < 50; n += 1) moved();
    await pass(20);
    expect(movesIn(words)).toBe(1);
    expect(movesIn(words)).toBe(1);
    await pass(LIMITS.everyMs);
    expect(movesIn(words)).toBe(2);
    expect(new Set(words)).toEqual(new Set(['retry: 2000\n\n', MOVED, ': here\n\n']));
    expect(LIVE.everyMs).toBe(1_000);
  });

  it('[SY132] end with the session, and when nobody can say whether it still is', async () => {
    let inside = true;
    const one = read(live.open(watcher('p', () => Promise.resolve(inside))));
    const two = read(live.open(watcher('q', () => Promise.reject(new Error('away')))));
    await pass(LIMITS.beatMs);
    await expect(two.ended).resolves.toBe(true);
    await pass(3 * LIMITS.beatMs);
    expect(live.size).toBe(1);
    inside = false;
    await pass(LIMITS.beatMs);
    await expect(one.ended).resolves.toBe(true);
    expect(live.size).toBe(0);
  });

  it('[SY132] are few to a person and to a node; one that is left makes room', async () => {
    const mine = read(live.open(watcher('p')));
    expect(live.open(watcher('p'))).not.toBeNull();
    expect(live.open(watcher('p'))).toBeNull();
    expect(live.open(watcher('q'))).not.toBeNull();
    expect(live.open(watcher('r'))).toBeNull();
    await mine.leave();
    expect(live.open(watcher('r'))).not.toBeNull();
    expect(live.size).toBe(LIMITS.perNode);
  });

  it('[SY132] a stream that nobody reads is given up', async () => {
    expect(live.open(watcher('p'))).not.toBeNull();
    await pass((LIMITS.unreadMax + 6) * LIMITS.beatMs);
    expect(live.size).toBe(0);
  });

  it('[SY133] end when the server stops, and none is opened after', async () => {
    const { ended } = read(live.open(watcher('p')));
    live.close();
    await expect(ended).resolves.toBe(true);
    expect(live.open(watcher('p'))).toBeNull();
    expect(heard).toBe(0);
  });
});
