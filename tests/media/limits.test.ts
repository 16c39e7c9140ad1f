import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, MEDIA_BYTES_MAX } from '../../src/lib/protocol/version.ts';
import { readPiece } from '../../src/lib/server/sync/read-body.ts';
import { CHUNK_BODY_SECONDS, MEDIA_DAY_BYTES_MAX } from '../../src/lib/server/sync/limits.ts';
import { CHUNK_TIMEOUT_MS } from '../../src/lib/tablet/transport-http.ts';
import { agent, openCounty } from './agent.ts';

let county: Awaited<ReturnType<typeof openCounty>>;
beforeAll(async () => {
  county = await openCounty();
});
afterAll(() => county.end());

describe('a day’s bytes of one person', () => {
  it('[MD28] more than a day’s bytes is not named today, and is tomorrow; others go on', async () => {
    const fits = MEDIA_DAY_BYTES_MAX / MEDIA_BYTES_MAX;
    const caseId = 'q'.repeat(22);
    const files = (letter: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({
        sha: n.toString(16).padStart(63, '0') + letter,
        ...{ bytes: MEDIA_BYTES_MAX, mime: 'audio/webm', caseId },
      }));
    const greedy = agent(county, 'greedy');
    const all = files('a', fits + 3);
    const first = await greedy.trade({ media: all });
    expect(first.missing.map(({ sha }) => sha)).toEqual(all.slice(0, fits).map(({ sha }) => sha));
    // What is announced already goes on; a small file does not fit any more either.
    const again = await greedy.trade({ media: [...all.slice(0, 2), ...files('c', 1)] });
    expect(again.missing.length).toBe(2);
    expect((await agent(county, 'modest').trade({ media: files('b', 2) })).missing.length).toBe(2);
    const yesterday = { name: 'media-day/greedy', value: 20_000 };
    await county.store.transact(county.county, (tx) => tx.write({ counters: [yesterday] }));
    const next = await greedy.trade({ media: all.slice(fits) });
    expect(next.missing.length).toBe(3);
  });
});

describe('the body of a chunk', () => {
  const asked = (body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>, length?: number) =>
    new Request('http://county/x', {
      ...{ method: 'PUT', body, duplex: 'half' },
      ...(length === undefined ? {} : { headers: { 'content-length': String(length) } }),
    } as RequestInit);
  const part = new Uint8Array(5_000).fill(7);
  const limits = { max: CHUNK_BYTES, seconds: 0.2 };

  it('[MD29] one that drips or stands still is ended at its time, and what came is kept', async () => {
    const started = performance.now();
    const stuck = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(part) });
    const got = await readPiece(asked(stuck), limits);
    if (!got.ok) throw new Error(got.error.error);
    expect([got.value.end, got.value.bytes.length]).toEqual(['slow', 5_000]);
    // Its own limit, not the county's: far from both, for a busy machine.
    expect(performance.now() - started).toBeLessThan(10_000);
    // A tablet gives up before the county does; 64 KiB at 2 kB/s come before both.
    expect(CHUNK_BODY_SECONDS * 1_000).toBeGreaterThan(CHUNK_TIMEOUT_MS);
    expect(CHUNK_TIMEOUT_MS).toBeGreaterThan((CHUNK_BYTES / 2_000) * 1_000);
  });

  it('[MD29] a broken line leaves what came of it, and an endless one nothing', async () => {
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (c) => (++sent > 2 ? c.error(new Error('reset')) : c.enqueue(part)),
    });
    const got = await readPiece(asked(broken), limits);
    if (!got.ok) throw new Error(got.error.error);
    expect([got.value.end, got.value.bytes.length]).toEqual(['cut', 10_000]);
    const endless = new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(part) });
    expect(await readPiece(asked(endless), limits)).toMatchObject({ error: { status: 413 } });
    const whole = await readPiece(asked(new Uint8Array(CHUNK_BYTES)), limits);
    expect(whole).toMatchObject({ value: { end: 'whole' } });
    const over = await readPiece(asked(new Uint8Array(CHUNK_BYTES + 1)), limits);
    expect(over).toMatchObject({ error: { status: 413 } });
    const short = await readPiece(asked(part, 9_000), limits);
    expect(short).toMatchObject({ value: { end: 'cut' } });
  });
});
