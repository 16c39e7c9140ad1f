import { describe, expect, it } from 'vitest';
import type { Instant } from '../src/lib/domain/values.ts';
import type { NoReply, Transport } from '../src/lib/ports/transport.ts';
import { StoreFailure, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import { CHUNK_BYTES } from '../src/lib/protocol/version.ts';
import { keepFile } from '../src/lib/tablet/media-files.ts';
import { isOlderBuild } from '../src/lib/protocol/build.ts';
import {
  afterFailure,
  afterSuccess,
  BATCH_BYTES_MAX,
  cutWait,
  freshLink,
  waitSeconds,
} from '../src/lib/tablet/retry.ts';
import { SyncLoop } from '../src/lib/tablet/sync-loop.ts';
import { unsentCases } from '../src/lib/tablet/unsent.ts';
import type { CaseRow } from '../src/lib/tablet/workspace-types.ts';
import { digest, run, scene, vault } from './tablet-scene.ts';

const offline: NoReply = { kind: 'offline' };

describe('the loop with the real county', () => {
  it('[TB18] one exchange carries everything there and the answer back', async () => {
    const s = await scene();
    for (let i = 0; i < 5; i++) await s.hazard(`隐患 ${i}`);
    await run(s);
    expect(s.sent.length).toBe(1);
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect((await s.store.eventsIn('a')).length).toBe(5);
    expect(new Set(s.log()).size).toBe(5);
    expect((await s.store.sync())?.lastReceiptAt).not.toBe('');
    expect(s.loop.status).toMatchObject({ phase: 'idle', reason: null });
  });

  it('[TB16] whatever is no answer of the county acknowledges nothing, then all goes once', async () => {
    const s = await scene();
    await s.hazard('粪堆挨着水井');
    s.weather.push(
      { kind: 'offline' },
      { kind: 'not_the_county', why: 'media type' },
      { kind: 'refused', status: 502, error: null },
      { kind: 'busy', retryAfterSeconds: 30 },
    );
    const reasons: (string | null)[] = [];
    for (let i = 0; i < 4; i++) {
      await run(s);
      reasons.push(s.loop.status.reason);
      expect((await s.store.eventsIn('p')).length).toBe(1);
    }
    expect(reasons).toEqual(['NO_ANSWER', 'NOT_THE_COUNTY', 'COUNTY_FAULT', 'COUNTY_BUSY']);
    await run(s);
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect(s.log().length).toBe(1);
  });

  it('[TB16] an answer that was lost on the way is asked again and taken as dup', async () => {
    const s = await scene();
    const { store } = s;
    await s.hazard('一');
    let lost = 1;
    const lossy: Transport = {
      exchange: async (request) => {
        const outcome = await s.loop['deps'].transport.exchange(request);
        return lost-- > 0 ? { kind: 'offline' } : outcome;
      },
      putChunk: async () => ({ kind: 'offline' }),
    };
    const second = new SyncLoop({ ...s.loop['deps'], transport: lossy }, () => undefined);
    second.wake('hand');
    await second.settled();
    expect((await store.eventsIn('p')).length).toBe(1);
    second.wake('hand');
    await second.settled();
    expect((await store.eventsIn('a')).length).toBe(1);
    expect(s.log().length).toBe(1);
  });

  it('[TB18] a run that is woken meanwhile runs once more, never twice at a time', async () => {
    const s = await scene();
    await s.hazard('一');
    s.loop.wake('hand');
    await s.hazard('二');
    s.loop.wake('save');
    s.loop.wake('save');
    await s.loop.settled();
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect(s.sent.length).toBeLessThanOrEqual(2);
  });

  it('[TB30] why nothing went out is what the latest try of any window found', async () => {
    const here = await scene();
    here.weather.push({ kind: 'offline' });
    await run(here);
    expect(here.loop.status.reason).toBe('NO_ANSWER');
    const other = await scene();
    for (let i = 0; i < 9; i++) other.deps.clock.now();
    other.weather.push({ kind: 'not_the_county', why: 'redirected' });
    other.loop.wake('start');
    await other.loop.settled();
    expect(other.loop.status.reason).toBe('NOT_THE_COUNTY');
    here.loop.heard({ ...other.loop.status, phase: 'sending' });
    here.loop.heard('changed');
    expect(here.loop.status.reason).toBe('NO_ANSWER');
    here.loop.heard(other.loop.status);
    expect(here.loop.status).toMatchObject({ phase: 'waiting', reason: 'NOT_THE_COUNTY' });
    // What an older try found does not come back, and a window that has stopped stays so.
    here.loop.heard({ ...other.loop.status, reason: 'NO_ANSWER', lastTriedAt: null });
    expect(here.loop.status.reason).toBe('NOT_THE_COUNTY');
    other.loop.stop('SIGN_IN_AGAIN');
    other.loop.heard({ ...here.loop.status, lastTriedAt: '2999-01-01T00:00:00Z' as Instant });
    expect(other.loop.status.reason).toBe('SIGN_IN_AGAIN');
  });

  it('[TB18] after Retry-After only a person may try earlier', async () => {
    const s = await scene();
    await s.hazard('一');
    s.weather.push({ kind: 'busy', retryAfterSeconds: 60 });
    await run(s);
    expect(s.timers.at(-1)).toBeGreaterThanOrEqual(60_000);
    for (const why of ['save', 'online', 'worker', 'timer'] as const) s.loop.wake(why);
    await s.loop.settled();
    expect(s.sent.length).toBe(1);
    await run(s);
    expect(s.sent.length).toBe(2);
  });

  it('[TB18] a signal that comes back after long wakes tablets one after another', async () => {
    let now = 0;
    const s = await scene({ ticks: () => now });
    await s.hazard('一');
    now = 400_000;
    s.loop.wake('online');
    await s.loop.settled();
    expect(s.sent.length).toBe(0);
    expect(s.timers.at(-1)).toBeLessThanOrEqual(120_000);
    // A person waits for nobody, and the screen that is switched on neither.
    s.loop.wake('shown');
    await s.loop.settled();
    expect(s.sent.length).toBe(1);
    now += 20_000;
    s.loop.wake('online');
    await s.loop.settled();
    expect(s.sent.length).toBe(2);
  });

  it('[SY57] a cut of a connection that worked is tried again at once, without a word, once', async () => {
    const s = await scene();
    await s.hazard('一');
    s.weather.push(offline);
    await run(s);
    // Nothing has answered yet: no signal, and the first wait is that of an outage.
    expect(s.loop.status).toMatchObject({ phase: 'waiting', reason: 'NO_ANSWER' });
    await run(s);
    expect(s.loop.status.phase).toBe('idle');
    await s.hazard('二');
    s.weather.push(offline, offline);
    await run(s);
    expect(s.timers.at(-1)).toBeLessThanOrEqual(500);
    expect(s.loop.status).toMatchObject({ phase: 'sending', reason: 'SENDING' });
    await run(s);
    expect(s.loop.status).toMatchObject({ phase: 'waiting', reason: 'NO_ANSWER' });
    await run(s);
    expect((await s.store.eventsIn('p')).length).toBe(0);
    // What the county or something in front of it says is no cut.
    for (const said of [
      { kind: 'busy', retryAfterSeconds: 30 },
      { kind: 'refused', status: 502, error: null },
      { kind: 'not_the_county', why: 'media type' },
    ] as const) {
      s.weather.push(said);
      await run(s);
      expect(s.loop.status.phase).toBe('waiting');
      await run(s);
    }
    expect([cutWait(() => 0), cutWait(() => 1)]).toEqual([0, 0.5]);
  });

  it('[SY57] an answer of more than a minute ago says nothing of the connection', async () => {
    let now = 0;
    const s = await scene({ ticks: () => now });
    await run(s);
    now += 61_000;
    s.weather.push(offline);
    await run(s);
    expect(s.loop.status).toMatchObject({ phase: 'waiting', reason: 'NO_ANSWER' });
  });

  it('[UI90] a store that breaks is not called a county out of reach', async () => {
    const s = await scene();
    await s.hazard('一');
    let isTorn = true;
    const store: TabletStore = {
      ...s.store,
      exchange: (...asked) =>
        isTorn ? Promise.reject(new StoreFailure('STORE_BROKEN')) : s.store.exchange(...asked),
    };
    const loop = new SyncLoop({ ...s.loop['deps'], store }, () => undefined);
    loop.wake('hand');
    await loop.settled();
    expect(loop.status).toMatchObject({ phase: 'waiting', reason: 'RETRY_SOON' });
    isTorn = false;
    loop.wake('hand');
    await loop.settled();
    expect(loop.status).toMatchObject({ phase: 'idle', reason: null });
    expect((await s.store.eventsIn('p')).length).toBe(0);
  });

  it('[TB34] a run whose lock was taken away sends nothing more and says nothing wrong', async () => {
    let held = true;
    const s = await scene({
      lock: async (run) => {
        await run(() => held);
        throw new DOMException('stolen', 'AbortError');
      },
    });
    for (let i = 0; i < 3; i++) await s.hazard(`隐患 ${i} ${'一'.repeat(3_000)}`);
    s.loop['link'] = { failures: 1, bytesMax: 8 * 1024, cut: true };
    s.loop.wake('hand');
    held = false;
    await s.loop.settled();
    expect(s.sent.length).toBe(1);
    expect((await s.store.eventsIn('p')).length).toBeGreaterThan(0);
    expect(s.loop.status).toMatchObject({ phase: 'waiting', reason: 'RETRY_SOON' });
  });

  it('[TB33] every exchange is measured, and what was measured is kept', async () => {
    const kept: unknown[] = [];
    const s = await scene({ keepSignal: (signal) => void kept.push(signal) });
    await s.hazard('一'.repeat(3_000));
    await run(s);
    expect(s.loop.status.signal.latencyMs).toBeGreaterThan(0);
    expect(kept.at(-1)).toEqual(s.loop.status.signal);
  });

  it('[TB32] a full disk at the county and a foreign device are told by their names', async () => {
    const s = await scene();
    await s.hazard('一');
    const said = { kind: 'refused', retryAfterSeconds: 60 } as const;
    s.weather.push({ ...said, status: 507, error: 'STORAGE_FULL' });
    await run(s);
    expect(s.loop.status.reason).toBe('COUNTY_FULL');
    s.loop.wake('save');
    await s.loop.settled();
    expect(s.sent.length).toBe(1);
    s.weather.push(
      { ...said, status: 403, error: 'DEVICE' },
      { ...said, status: 401, error: null },
    );
    await run(s);
    expect(s.loop.status.reason).toBe('OTHER_PERSON');
    // A 401 that does not name itself is somebody else's: nobody is signed out by it.
    await run(s);
    expect(s.loop.status.phase).toBe('waiting');
    expect((await s.store.eventsIn('p')).length).toBe(1);
  });

  it('[TB18] a refused session stops the sending and keeps the work', async () => {
    const s = await scene();
    await s.hazard('一');
    s.weather.push({ kind: 'refused', status: 401, error: 'SIGN_IN' });
    await run(s);
    expect(s.loop.status).toMatchObject({ phase: 'stopped', reason: 'SIGN_IN_AGAIN' });
    expect((await s.store.eventsIn('p')).length).toBe(1);
    s.loop.resume();
    await s.loop.settled();
    expect((await s.store.eventsIn('p')).length).toBe(0);
  });

  it('[TB17] pictures follow the text, chunk by chunk, and count only when whole', async () => {
    const s = await scene();
    const caseId = await s.hazard('带照片');
    const bytes = new Uint8Array(2 * CHUNK_BYTES + 7).fill(5);
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    const media = { store: s.store, vault, clock: s.deps.clock, digest };
    const file = await keepFile(media, { caseId }, { bytes, meta });
    expect(file.ok).toBe(true);
    await run(s);
    expect(s.kept).toEqual([]);
    const [record] = await s.store.media();
    await s.store.setMediaState(record!.id, 'p');
    await run(s);
    expect(s.kept.map((k) => k.slice(5))).toEqual(['0', '1', '2']);
    expect((await s.store.media())[0]?.state).toBe('a');
    expect(s.sent.at(-1)?.events).toEqual([]);
  });

  it('[TB42] files that the county takes on another day say so, until an answer names them', async () => {
    const s = await scene();
    const caseId = await s.hazard('一');
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    const media = { store: s.store, vault, clock: s.deps.clock, digest };
    await keepFile(media, { caseId }, { bytes: new Uint8Array(2 * CHUNK_BYTES + 7).fill(5), meta });
    const [record] = await s.store.media();
    await s.store.setMediaState(record!.id, 'p');
    let full = true;
    const deps = s.loop['deps'];
    const { exchange } = deps.transport;
    const transport: Transport = {
      ...deps.transport,
      exchange: async (request) => {
        const outcome = await exchange(request);
        if (!full || outcome.kind !== 'reply' || outcome.reply.kind !== 'exchange') return outcome;
        return { ...outcome, reply: { ...outcome.reply, missing: [] } };
      },
    };
    const loop = new SyncLoop({ ...deps, transport }, () => undefined);
    const reason = async () => {
      loop.wake('hand');
      await loop.settled();
      const rowFor = () => ({ light: { dueAt: null } }) as unknown as CaseRow;
      const list = await unsentCases({ store: s.store, vault, rowFor, status: loop.status });
      return list.map((one) => one.reason);
    };
    expect(await reason()).toEqual(['FILES_TOMORROW']);
    full = false;
    expect(await reason()).toEqual([]);
    expect((await s.store.media())[0]?.state).toBe('a');
  });

  it('[TB23] a torn record is set aside by name and the rest still goes', async () => {
    const s = await scene();
    await s.hazard('一');
    await s.hazard('二');
    await s.hazard('三');
    await s.store.exchange({ ids: [], cases: [], own: true, all: false }, ({ sync, rows }) => {
      const second = [...rows.values()].find((r) => r.ds === 2)!;
      const body = second.body.slice(0, 9);
      return {
        ...{ sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
        put: [{ ...second, body }],
      };
    });
    await run(s);
    expect((await s.store.eventsIn('a')).length).toBe(2);
    expect((await s.store.eventsIn('q')).length).toBe(1);
    expect((await s.store.eventsIn('p')).length).toBe(0);
  });
});

describe('waiting and batch size', () => {
  it('[TB17] the batch is small only after a slow failure and grows back', () => {
    expect(afterFailure(freshLink, { outcome: offline, tookMs: 5 }).bytesMax).toBe(BATCH_BYTES_MAX);
    let link = afterFailure(freshLink, { outcome: offline, tookMs: 20_000 });
    expect(link.bytesMax).toBe(32 * 1024);
    for (let i = 0; i < 9; i++) link = afterSuccess(link);
    expect(link).toEqual({ ...freshLink, cut: true });
    const tooLarge: NoReply = { kind: 'refused', status: 413, error: 'TOO_LARGE' };
    expect(afterFailure(freshLink, { outcome: tooLarge, tookMs: 5 }).bytesMax).toBe(
      BATCH_BYTES_MAX / 2,
    );
  });

  it('[SY50] a tablet that is too old for the county delivers all the same and is told', async () => {
    const s = await scene({ build: '1.9' });
    const { exchange } = s.loop['deps'].transport;
    s.loop['deps'].transport.exchange = async (request) => {
      const outcome = await exchange(request);
      if (outcome.kind !== 'reply') return outcome;
      return { ...outcome, reply: { ...outcome.reply, minBuild: '1.10' } };
    };
    await s.hazard('桥面塌了一块');
    expect(s.loop.status.outdated).toBe(false);
    await run(s);
    expect([s.loop.status.outdated, (await s.store.eventsIn('p')).length]).toEqual([true, 0]);
    // Neither does the feed stop: what this build cannot read it keeps unread (SY46).
    const before = (await s.store.sync())?.cursor?.seq ?? 0;
    await s.hazard('又塌了一块');
    await run(s);
    expect((await s.store.sync())?.cursor?.seq).toBeGreaterThan(before);
    expect(isOlderBuild('1.10', '1.9')).toBe(false);
    expect(isOlderBuild('1.10', '1.10.0')).toBe(false);
    expect(isOlderBuild('dev', '9')).toBe(false);
  });

  it('[SY101] an exchange that has nothing left to send takes the files of cases that left along', async () => {
    const s = await scene();
    const caseId = await s.hazard('井台塌了');
    const body = new Uint8Array([1]);
    for (const [id, of] of [
      ['here', caseId],
      ['left', 'caseThatLeft'],
    ] as const)
      await s.store.putMedia({ id, caseId: of, state: 'a', bytes: 1, chunks: 1, day: 1, body }, [
        { n: 0, body },
      ]);
    await run(s);
    expect((await s.store.media()).map(({ id }) => id)).toEqual(['here']);
  });

  it('[TB18] waits are full jitter up to ten minutes; Retry-After is kept and doubled at most', () => {
    const link = { failures: 40, bytesMax: 1, cut: false };
    expect(waitSeconds(link, offline, () => 0)).toBe(0);
    expect(waitSeconds(link, offline, () => 0.999)).toBeLessThanOrEqual(600);
    expect(waitSeconds({ ...link, failures: 1 }, offline, () => 1)).toBe(4);
    const busy: NoReply = { kind: 'busy', retryAfterSeconds: 30 };
    expect(waitSeconds(link, busy, () => 0)).toBe(30);
    expect(waitSeconds(link, busy, () => 1)).toBe(60);
  });
});
