import { describe, expect, it, vi } from 'vitest';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { receiptInput, receiptOf, toBase64Url, toHex } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, type Recipient } from '../../src/lib/protocol/sealed.ts';
import { slipAbroad } from '../../src/lib/protocol/slip.ts';
import { HELD_NO_ROOM, type SealedPush } from '../../src/lib/protocol/sealed-rows.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { HELD_AGAIN_MS, startHeldDaily } from '../../src/lib/server/jobs/held-daily.ts';
import { HELD_ROWS_MAX, HELD_ROWS_OF_ONE_MAX } from '../../src/lib/server/sync/limits.ts';
import { bringSealed, openAgain } from '../../src/lib/server/sync/sealed-again.ts';
import { digest } from '../simulation/county.ts';
import { id, li, ringInMemory, sealedCounty, sealedPush, sealRow, wang, wireOf } from './scene.ts';

const ROWS = [{ ds: 1, t: 'case.drafted' }, { ds: 2 }, { ds: 3 }];
const whats = (answer: { results: readonly { s: string; code?: string }[] }) =>
  answer.results.map((one) => (one.s === 'held' ? one.code : one.s));

const damaged = (push: SealedPush, at: number): SealedPush => ({
  ...push,
  rows: push.rows.map((row, n) => {
    if (n !== at) return row;
    const copy = fromBase64Url(row.copy) ?? new Uint8Array();
    copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
    return { ...row, copy: toBase64Url(copy) };
  }),
});

describe('sealed rows at the county', () => {
  it('[SY80] are the same events as plain ones, stored in the name of the enrolment', async () => {
    const { take, recipients, log, trade } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const answer = await take(push, li);
    expect(whats(answer)).toEqual(['stored', 'stored', 'stored']);
    for (const row of log().filter((one) => 'dv' in one && one.dv === id('dvA')))
      expect(row).toMatchObject({ actor: { personId: wang.personId } });
    // The receipt names the very bytes that were brought.
    const links = push.rows.map(({ id: one, copy }) => {
      return { id: one, h: toHex(digest(fromBase64Url(copy) ?? new Uint8Array())) };
    });
    expect(answer.receipt).toBe(receiptOf(digest(receiptInput(links))));
    expect(whats(await take(push, li))).toEqual(['dup', 'dup', 'dup']);
    const cases = [{ id: id('caseA'), salt: id('saltA') }];
    const plain = await trade({ cases, events: ROWS.map((row) => wireOf(row)), dsHi: 3 });
    expect(plain.results.map(({ s }) => s)).toEqual(['dup', 'dup', 'dup']);
    expect(plain.dsLast).toBe(3);
    const next = await trade({ cases, events: [wireOf({ ds: 4 })], dsHi: 4 });
    expect(next.results.map(({ s }) => s)).toEqual(['stored']);
  });

  it('[SY80] a plain event that comes again sealed is the same event', async () => {
    const { take, recipients, trade, log } = await sealedCounty();
    const cases = [{ id: id('caseA'), salt: id('saltA') }];
    await trade({ cases, events: ROWS.map((row) => wireOf(row)), dsHi: 3 });
    const before = log().length;
    const answer = await take(await sealedPush(recipients(), 'dvA', ROWS));
    expect(whats(answer)).toEqual(['dup', 'dup', 'dup']);
    const other = await sealedPush(recipients(), 'dvA', [{ ds: 2, said: '别的话' }]);
    expect(whats(await take(other))).toEqual(['conflict']);
    expect(log().length).toBe(before);
  });

  it('[SY189] a carrier who writes his own device over a copy makes it nobody’s; its writer’s counts after it', async () => {
    const { take, recipients, log } = await sealedCounty();
    const envelope = await newEnvelope(recipients());
    const { personId: by } = wang;
    const own = await Promise.all(ROWS.map((row) => sealRow(envelope, 'dvA', { ...row, by })));
    const push = { slips: [slipAbroad(envelope.slip)], rows: own };
    const robbed = { ...push, rows: own.map((row) => ({ ...row, dv: id('dvB') })) };
    expect(whats(await take(robbed, li))).toEqual(ROWS.map(() => 'SEALED_BROKEN'));
    expect(log().some((row) => 'dv' in row && row.dv === id('dvB'))).toBe(false);
    expect(whats(await take(push, li))).toEqual(['stored', 'stored', 'stored']);
    for (const row of log().filter((one) => 'dv' in one && one.dv === id('dvA')))
      expect(row).toMatchObject({ actor: { personId: wang.personId } });
  });

  it('[SY81] a broken copy stops nothing, is kept, and its event is taken when it comes whole', async () => {
    const { take, recipients, trade, deps } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const broken = damaged(push, 1);
    expect(whats(await take(broken))).toEqual(['stored', 'SEALED_BROKEN', 'stored']);
    expect(whats(await take(broken))).toEqual(['dup', 'SEALED_BROKEN', 'dup']);
    const kept = await deps.store.transact(deps.county, (tx) => tx.asideOpen('SEALED_BROKEN', 9));
    expect(kept).toHaveLength(1);
    expect(kept[0]?.raw).toContain(broken.rows[1]?.copy);
    const cases = [{ id: id('caseA'), salt: id('saltA') }];
    const plain = await trade({ cases, events: ROWS.map((row) => wireOf(row)), dsHi: 3 });
    expect(plain.results.map(({ s }) => s)).toEqual(['dup', 'stored', 'dup']);
    expect(plain.dsLast).toBe(3);
  });

  it('[SY81] rows and slips without their shape are held or left out, the others are taken', async () => {
    const { take, recipients } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const odd = { dv: 'x', ds: -1, id: '', copy: '%' };
    const mixed = { slips: [null, { id: 1 }, ...push.slips], rows: [odd, ...push.rows] };
    expect(whats(await take(mixed))).toEqual(['SEALED_BROKEN', 'stored', 'stored', 'stored']);
  });

  it('[SY82] without slip or key they lie raw, and open by themselves later', async () => {
    const { take, recipients, setRing, ring, deps, log } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const first = { slips: [], rows: push.rows.slice(0, 1) };
    expect(whats(await take(first))).toEqual(['SEALED_NO_SLIP']);
    const was = ring();
    setRing(await ringInMemory('intake-2'));
    expect(whats(await take({ ...push, rows: push.rows.slice(0, 2) }))).toEqual([
      'SEALED_NO_KEY',
      'SEALED_NO_KEY',
    ]);
    expect(log().filter((row) => 'dv' in row && row.dv === id('dvA'))).toHaveLength(0);
    expect(await openAgain(deps)).toBe(0);
    setRing(was);
    expect(await openAgain(deps)).toBe(2);
    expect(await openAgain(deps)).toBe(0);
    const own = log().filter((row) => 'dv' in row && row.dv === id('dvA'));
    expect(own.map((row) => row.id)).toEqual([id('e1'), id('e2')]);
    expect(whats(await take(push))).toEqual(['dup', 'dup', 'stored']);
  });

  it('[SY116] nobody fills the county with what opens nowhere: what has no room is told, not kept', async () => {
    const { take, recipients, setRing, ring, deps, log } = await sealedCounty();
    const junk = (from: number, n: number): SealedPush => ({
      slips: [],
      rows: Array.from({ length: n }, (_, at) => {
        return { dv: id('dvJ'), ds: from + at, id: id(`j${from + at}`), copy: 'AAAA' };
      }),
    });
    const codes = async (push: SealedPush, who = li) => [...new Set(whats(await take(push, who)))];
    for (let from = 1; from < HELD_ROWS_OF_ONE_MAX; from += 1_000)
      expect(await codes(junk(from, 1_000))).toEqual(['SEALED_BROKEN']);
    const over = junk(HELD_ROWS_OF_ONE_MAX + 1, 2);
    expect(await codes(over)).toEqual([HELD_NO_ROOM]);
    const first = junk(1, 3);
    expect(await codes(first)).toEqual(['SEALED_BROKEN']);
    const lying = await deps.store.transact(deps.county, (tx) =>
      tx.asideOpen('SEALED_BROKEN', HELD_ROWS_MAX),
    );
    expect(lying).toHaveLength(HELD_ROWS_OF_ONE_MAX);
    // Another carrier has his room, and what waits behind the junk is tried like the rest.
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const was = ring();
    setRing(await ringInMemory('intake-2'));
    expect(await codes(push, wang)).toEqual(['SEALED_NO_KEY']);
    setRing(was);
    expect(await openAgain(deps)).toBe(3);
    expect(log().filter((row) => 'dv' in row && row.dv === id('dvA'))).toHaveLength(3);
  });

  it('[SY116] a broken row whose event came whole takes no room any more', async () => {
    const { take, recipients, deps } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    await take(damaged(push, 1));
    const waiting = () =>
      deps.store.transact(deps.county, (tx) => tx.asideOpen('SEALED_BROKEN', 9));
    expect(await waiting()).toHaveLength(1);
    await openAgain(deps);
    expect(await waiting()).toHaveLength(1);
    expect(whats(await take(push))).toEqual(['dup', 'stored', 'dup']);
    await openAgain(deps);
    expect(await waiting()).toHaveLength(0);
  });

  it('[SY117] the county tries what it holds every day: a key that came back needs no restart', async () => {
    const { take, recipients, setRing, ring, deps, log } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvA', ROWS);
    const was = ring();
    setRing(await ringInMemory('intake-2'));
    await take(push);
    vi.useFakeTimers();
    try {
      const container = { open: true, sync: deps } as unknown as Container;
      await startHeldDaily(container);
      setRing(was);
      const own = () => log().filter((row) => 'dv' in row && row.dv === id('dvA'));
      expect(own()).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(HELD_AGAIN_MS);
      vi.useRealTimers();
      await vi.waitFor(() => expect(own()).toHaveLength(3));
    } finally {
      vi.useRealTimers();
    }
  });

  it('[SY82] of an unknown device, or of a case that has not begun, they wait', async () => {
    const { take, recipients, trade, deps } = await sealedCounty();
    const push = await sealedPush(recipients(), 'dvC', ROWS);
    expect(new Set(whats(await take(push)))).toEqual(new Set(['SEALED_NO_DEVICE']));
    await trade({ dv: id('dvC') }, li);
    expect(await openAgain(deps)).toBe(3);
    const behind = await sealedPush(recipients(), 'dvA', [
      { ds: 2, caseName: 'B', id: 'b2' },
      { ds: 3, caseName: 'D', id: 'd3', t: 'case.drafted' },
      { ds: 4, caseName: 'D', id: 'd4' },
    ]);
    expect(whats(await take(behind))).toEqual(['SEALED_EARLY', 'stored', 'stored']);
    const begin = [{ ds: 1, caseName: 'B', id: 'b1', t: 'case.drafted' }];
    const brought = await bringSealed(deps, li, await sealedPush(recipients(), 'dvA', begin));
    expect(whats(brought?.answer ?? { results: [] })).toEqual(['stored']);
    expect(await openAgain(deps)).toBe(0);
    const log = await deps.store.transact(deps.county, (tx) => tx.known([id('b2') as never]));
    expect(log.get(id('b2') as never)).toMatchObject({ at: 'log' });
    const device = await deps.store.transact(deps.county, (tx) => tx.device(id('dvA') as never));
    expect(device?.lastDs).toBe(2);
  });

  it('[SY83] the request carries them beside plain events; without them nothing is different', async () => {
    const { trade, recipients } = await sealedCounty();
    const sealed = await sealedPush(recipients(), 'dvA', ROWS);
    const cases = [{ id: id('caseB'), salt: id('saltB') }];
    const events = [wireOf({ ds: 1, caseName: 'B', id: 'b1', t: 'case.drafted' })];
    const carried = await trade({ dv: id('dvB'), cases, events, sealed, dsHi: 1 }, li);
    expect(carried.results.map(({ s }) => s)).toEqual(['stored']);
    expect(whats(carried.sealed ?? { results: [] })).toEqual(['stored', 'stored', 'stored']);
    const alone = await trade({ dv: id('dvB'), dsHi: 1 }, li);
    expect('sealed' in alone).toBe(false);
    const none = await trade({ dv: id('dvB'), dsHi: 1, feedBytesMax: 0 }, li);
    expect(none.feed).toMatchObject({ rows: [], more: false, from: null });
    // The agent's own tablet hears of it by the feed, as of everything that is his.
    const own = await trade({ dv: id('dvA'), feedBytesMax: 1_000_000 }, wang);
    const ids = own.feed.rows.flatMap((row) => (row.k === 'event' ? [row.event.id] : []));
    expect(ids).toEqual(expect.arrayContaining([id('e1'), id('e2'), id('e3')]));
  });

  it('[AU145] the carrier gives nothing but bytes: no place, person or key of his counts', async () => {
    const { take, recipients, log } = await sealedCounty();
    const envelope = await newEnvelope(recipients());
    const row = await sealRow(envelope, 'dvA', { ds: 1, t: 'case.drafted' });
    const moved = { ...row, id: id('e9') };
    const slips = [envelope.slip];
    expect(whats(await take({ slips, rows: [moved] }))).toEqual(['SEALED_BROKEN']);
    const foreign: Recipient[] = [];
    const unopened = await sealedPush(foreign, 'dvA', ROWS);
    expect(new Set(whats(await take(unopened)))).toEqual(new Set(['SEALED_NO_KEY']));
    expect(log().filter((one) => 'dv' in one && one.dv === id('dvA'))).toHaveLength(0);
  });
});
