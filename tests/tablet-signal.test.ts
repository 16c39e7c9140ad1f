import { describe, expect, it } from 'vitest';
import type { NoReply } from '../src/lib/ports/transport.ts';
import { outcomeOf, retryAfter } from '../src/lib/tablet/http-status.ts';
import {
  afterFailure,
  afterSuccess,
  firstLink,
  freshLink,
  waitSeconds,
} from '../src/lib/tablet/retry.ts';
import {
  measured,
  noSignal,
  secondsFor,
  signalFrom,
  withRunning,
} from '../src/lib/tablet/signal.ts';
import { aloneAmongTabs, type LockDeps, type Locks } from '../src/lib/tablet/sync-lock.ts';
import type { SyncError } from '../src/lib/protocol/sync.ts';

const asked = (
  status: number,
  more: { error?: SyncError; isPage?: boolean; after?: string } = {},
) =>
  outcomeOf({
    ...{ status, retryAfter: more.after ?? null },
    ...{ error: more.error ?? null, isPage: more.isPage ?? false },
  });

describe('the table of statuses', () => {
  const table: readonly [number, boolean, NoReply['kind']][] = [
    [0, false, 'not_the_county'],
    [200, true, 'not_the_county'],
    [204, false, 'not_the_county'],
    [206, false, 'not_the_county'],
    [302, false, 'not_the_county'],
    [401, true, 'not_the_county'],
    [401, false, 'refused'],
    [403, true, 'not_the_county'],
    [404, true, 'not_the_county'],
    [407, true, 'not_the_county'],
    [408, true, 'refused'],
    [413, true, 'refused'],
    [421, true, 'refused'],
    [425, true, 'refused'],
    [429, true, 'busy'],
    [431, true, 'refused'],
    [500, false, 'refused'],
    [502, true, 'refused'],
    [503, true, 'busy'],
    [504, true, 'refused'],
    [507, false, 'refused'],
    [511, true, 'not_the_county'],
  ];
  for (const [status, isPage, kind] of table)
    it(`[TB32] ${status}${isPage ? ' as a page' : ''} is ${kind}`, () => {
      expect(asked(status, { isPage }).kind).toBe(kind);
    });

  it('[TB32] no status at all is an answer', () => {
    for (let status = 0; status < 600; status++)
      for (const isPage of [true, false])
        expect(['busy', 'refused', 'not_the_county']).toContain(asked(status, { isPage }).kind);
  });

  it('[TB32] 413 halves the batch, 408 and 504 make it small, 5xx and 421 leave it', () => {
    const sizes = [413, 408, 504, 421, 425, 431, 500, 502].map(
      (status) =>
        afterFailure(freshLink, { outcome: asked(status, { isPage: true }), tookMs: 10 }).bytesMax /
        1024,
    );
    expect(sizes).toEqual([256, 32, 32, 512, 512, 512, 512, 512]);
  });

  it('[TB32] Retry-After counts in seconds, also of a full disk, and never as zero', () => {
    const values = ['30', '999999', 'Wed, 21 Oct 2026 07:28:00 GMT', '-5', '1.5', null];
    expect(values.map(retryAfter)).toEqual([30, 600, null, null, null, null]);
    const full = asked(507, { error: 'STORAGE_FULL', after: '60' });
    expect([waitSeconds(freshLink, full, () => 0), waitSeconds(freshLink, full, () => 1)]).toEqual([
      60, 120,
    ]);
    expect(waitSeconds(freshLink, asked(503, { after: '0' }), () => 0)).toBe(1);
    // Without a time it is full jitter, as for every other failure.
    expect(waitSeconds(freshLink, asked(503), () => 0)).toBe(0);
  });
});

describe('today’s signal', () => {
  const text = { kind: 'text', bytes: 12_000, delivered: 36_000, ms: 1_600 } as const;
  const ping = { kind: 'text', bytes: 900, delivered: 300, ms: 600 } as const;

  it('[TB33] nothing measured, nothing said', () => {
    expect(secondsFor(noSignal(1), { text: 5_000, files: 0 })).toBeNull();
    expect(secondsFor(noSignal(1), { text: 0, files: 9 })).toBeNull();
  });

  it('[TB33] the way there and back is told apart from the rate, and text from files', () => {
    const after = measured(measured(noSignal(1), ping, 1), text, 1);
    expect(after).toEqual({
      ...{ day: 1, latencyMs: 600, bytesPerSecond: 12_000, textPerSecond: 36_000 },
    });
    expect(secondsFor(after, { text: 36_000, files: 0 })).toBeCloseTo(1.6);
    expect(secondsFor(after, { text: 0, files: 120_000 })).toBeCloseTo(10.6);
    expect(secondsFor(after, { text: 0, files: 0 })).toBe(0);
    // A small text needs no rate.
    expect(secondsFor(measured(noSignal(1), ping, 1), { text: 800, files: 0 })).toBe(0.6);
  });

  it('[UI76] a link that got worse shows at the first long request, and while it is still out', () => {
    const quick = measured(noSignal(1), { ...text, ms: 1_000 }, 1);
    const slow = { kind: 'file', bytes: 8_192, delivered: 8_192, ms: 8_192 } as const;
    const after = secondsFor(measured(quick, slow, 1), { text: 0, files: 60_000 });
    expect(after).toBeGreaterThan(30);
    const left = { text: 0, files: 60_000 };
    const out = (ms: number) => secondsFor(withRunning(quick, { bytes: 8_192, ms }), left);
    expect(out(10)).toBe(secondsFor(quick, left));
    expect(out(8_192)).toBeCloseTo(60);
    // A small text at 200 B/s: no less than it has taken already.
    const pinged = measured(noSignal(1), ping, 1);
    const small = withRunning(pinged, { bytes: 900, ms: 9_000 });
    expect(secondsFor(small, { text: 900, files: 0 })).toBe(9);
  });

  it('[TB33] it follows the signal, and another day’s figure says nothing', () => {
    let signal = measured(noSignal(1), { ...text, ms: 1_000 }, 1);
    for (let i = 0; i < 20; i++) signal = measured(signal, { ...text, ms: 10_000 }, 1);
    expect(signal.bytesPerSecond).toBeLessThan(1_300);
    expect(measured(signal, ping, 2)).toEqual({ ...noSignal(2), latencyMs: 600 });
    expect(signalFrom(signal, 1)).toEqual(signal);
    expect(signalFrom(signal, 2)).toEqual(noSignal(2));
    for (const odd of [null, 7, {}, { day: 1, bytesPerSecond: 'x', latencyMs: -1 }])
      expect(signalFrom(odd, 1)).toEqual(noSignal(1));
  });

  it('[TB33] a link measured as bad today begins small, an unknown one does not', () => {
    expect(firstLink(null)).toEqual(freshLink);
    expect(firstLink(50_000)).toEqual(freshLink);
  });

  it('[SY51] a batch is what the link was measured to carry, a cut halves it', () => {
    expect(firstLink(1_000).bytesMax).toBe(8 * 1024);
    expect(firstLink(null, 20)).toEqual(freshLink);
    // Nothing but a slow answer is known: a probe, then what it was measured to carry.
    const probe = firstLink(null, 900);
    expect(probe.bytesMax).toBe(64 * 1024);
    expect(afterSuccess(probe, 5_000).bytesMax).toBe(5_000 * 8 * 3.5);
    expect(afterSuccess(probe, 100_000)).toEqual(freshLink);
    expect(firstLink(5_000).bytesMax).toBe(5_000 * 8 * 3.5);
    // A cut: batches of half the time from then on; again and again: half each time.
    const lost = { outcome: { kind: 'offline' }, tookMs: 9_000 } as const;
    const short = afterFailure({ ...freshLink, bytesMax: 140_000 }, lost, 5_000);
    expect(short).toEqual({ failures: 1, bytesMax: 70_000, cut: true });
    expect(afterSuccess(short, 5_000)).toEqual({ failures: 0, bytesMax: 70_000, cut: true });
    expect(afterFailure(short, lost, 5_000).bytesMax).toBe(35_000);
    expect(afterFailure(freshLink, lost).bytesMax).toBe(32 * 1024);
  });
});

/** Two tabs' locks as the browser keeps them, and a clock that the test turns. */
function tabs() {
  let now = 0;
  const alarms = new Set<{ ms: number; next: number; call: () => void }>();
  const ears = new Set<() => void>();
  let holder: { lose(): void } | null = null;
  const queue: (() => void)[] = [];
  const locks: Locks = {
    request: (_name, { signal, steal }, run) =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          let over = false;
          const me = {
            lose: () => {
              over = true;
              reject(new DOMException('stolen', 'AbortError'));
            },
          };
          holder = me;
          void run()
            .then(resolve, reject)
            .finally(() => {
              if (over) return;
              holder = null;
              queue.shift()?.();
            });
        };
        if (steal) holder?.lose();
        if (!holder || steal) return begin();
        queue.push(begin);
        signal?.addEventListener('abort', () => {
          queue.splice(queue.indexOf(begin), 1);
          reject(new DOMException('timeout', 'AbortError'));
        });
      }),
  };
  const tab = (alive: () => boolean): LockDeps => ({
    locks,
    heartbeat: {
      beat: () => {
        if (alive()) for (const ear of ears) ear();
      },
      listen: (heard) => (ears.add(heard), () => void ears.delete(heard)),
    },
    every: (ms, call) => {
      const alarm = { ms, next: now + ms, call };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    ticks: () => now,
  });
  const pass = async (ms: number): Promise<void> => {
    for (const end = now + ms; now < end;) {
      now += 1_000;
      for (const a of alarms) {
        if (a.next > now) continue;
        a.next += a.ms;
        a.call();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { tab, pass };
}

describe('one loop across all tabs', () => {
  const forever = (): Promise<never> => new Promise(() => undefined);

  it('[TB34] a second tab waits as long as the first one gives signs of life', async () => {
    const { tab, pass } = tabs();
    let done: () => void = () => undefined;
    const first = aloneAmongTabs(
      tab(() => true),
      'sync',
      () => new Promise<void>((r) => (done = r)),
    );
    let began = false;
    const second = aloneAmongTabs(
      tab(() => true),
      'sync',
      async () => void (began = true),
    );
    await pass(600_000);
    expect(began).toBe(false);
    done();
    await Promise.all([first, second]);
    expect(began).toBe(true);
  });

  it('[TB34] a frozen tab loses the lock after a minute and stops when it wakes up', async () => {
    const { tab, pass } = tabs();
    let alive = true;
    let held: () => boolean = () => false;
    const frozen = aloneAmongTabs(
      tab(() => alive),
      'sync',
      (mine) => ((held = mine), forever()),
    );
    frozen.catch(() => undefined);
    alive = false;
    let began = false;
    const second = aloneAmongTabs(
      tab(() => true),
      'sync',
      async (mine) => void (began = mine()),
    );
    await pass(50_000);
    expect([began, held()]).toEqual([false, true]);
    await pass(30_000);
    await second;
    expect([began, held()]).toEqual([true, false]);
    await expect(frozen).rejects.toThrow('stolen');
  });

  it('[TB34] without locks it just runs, and an error of the run is the caller’s', async () => {
    const { tab } = tabs();
    const none = { ...tab(() => true), locks: null };
    expect(await aloneAmongTabs(none, 'sync', async (held) => held())).toBe(true);
    const fails = () => Promise.reject(new Error('disk'));
    await expect(
      aloneAmongTabs(
        tab(() => true),
        'sync',
        fails,
      ),
    ).rejects.toThrow('disk');
  });
});
