import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXCHANGE_TIMEOUT_MS } from '../../src/lib/tablet/exchange-resume.ts';
import { EXCHANGE_MEDIA_TYPE, EXCHANGE_MEDIA_TYPE_2 } from '../../src/lib/protocol/version.ts';
import { createAdmission } from '../../src/lib/server/sync/admission.ts';
import {
  BODY_BYTES_MAX,
  EXCHANGE_BODY_SECONDS,
  READING_PERSON_MAX,
} from '../../src/lib/server/sync/limits.ts';
import { readBytes } from '../../src/lib/server/sync/read-body.ts';
import { takeIn } from '../../src/lib/server/sync/wires.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A body of `bytes` in pieces of `piece`, one every `everyMs`. */
function line(bytes: number, piece: number, everyMs: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream<Uint8Array>({
    pull: async (to) => {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      const next = Math.min(piece, left);
      left -= next;
      if (next > 0) to.enqueue(new Uint8Array(next).fill(7));
      if (left === 0) to.close();
    },
  });
}
const post = (body: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request('http://county/x', {
    ...{ method: 'POST', body, duplex: 'half' },
    headers: { 'content-type': EXCHANGE_MEDIA_TYPE, ...headers },
  } as RequestInit);

/** How a request was taken in: its refusal's status or 200, and after how many seconds. */
async function takenIn(request: Request): Promise<[number, number]> {
  const from = Date.now();
  let end: [number, number] | null = null;
  void takeIn(request).then((sent) => {
    end = [sent.ok ? 200 : sent.error.status, (Date.now() - from) / 1000];
  });
  while (end === null && Date.now() - from < 3_600_000) await vi.advanceTimersByTimeAsync(1_000);
  return end ?? [0, 0];
}

describe('the body of an exchange', () => {
  it('[SY26] a first push of 8 kB at 2 kB/s comes in, and a full batch before a tablet gives up', async () => {
    expect(await takenIn(post(line(8_000, 500, 250)))).toEqual([200, expect.closeTo(4, 0)]);
    expect(await takenIn(post(line(200_000, 2_000, 1_000)))).toEqual([200, expect.closeTo(100, 0)]);
    expect(EXCHANGE_BODY_SECONDS * 1_000).toBeGreaterThan(EXCHANGE_TIMEOUT_MS);
  });

  it('[SY26] one that drips a byte in ten seconds, or nothing at all, is ended at its time', async () => {
    const slow = [408, expect.closeTo(EXCHANGE_BODY_SECONDS, -1)];
    expect(await takenIn(post(line(9_999, 1, 10_000)))).toEqual(slow);
    expect(await takenIn(post(new ReadableStream({ pull: () => new Promise(() => {}) })))).toEqual(
      slow,
    );
  });

  it('[SY26] its limit counts to the byte in both versions, whatever was announced', async () => {
    for (const type of [EXCHANGE_MEDIA_TYPE, EXCHANGE_MEDIA_TYPE_2]) {
      const sized = (bytes: number) =>
        takeIn(post(new Uint8Array(bytes), { 'content-type': type }));
      expect((await sized(BODY_BYTES_MAX)).ok).toBe(true);
      expect(await sized(BODY_BYTES_MAX + 1)).toMatchObject({ error: { status: 413 } });
    }
    const lying = post(new Uint8Array(10), { 'content-length': String(BODY_BYTES_MAX + 1) });
    expect(await takeIn(lying)).toMatchObject({ error: { status: 413 } });
    const cut = post(new Uint8Array(10), { 'content-length': '11' });
    expect(await readBytes(cut, { max: 99, seconds: 1 })).toMatchObject({ error: { status: 400 } });
    const fronted = new ReadableStream({
      pull: (to) => to.error(Object.assign(new Error('too large'), { status: 413 })),
    });
    expect(await takeIn(post(fronted))).toMatchObject({ error: { status: 413 } });
  });

  it('[SY26] bodies that come take no place from those that work, and one person sends few at once', async () => {
    const deps = { nowMs: () => 0, random: () => 0, pause: () => Promise.resolve() };
    const admission = createAdmission(deps);
    const his = Array.from({ length: READING_PERSON_MAX }, () => admission.arrive('slow'));
    expect(his.every((leave) => leave !== null)).toBe(true);
    expect(admission.arrive('slow')).toBeNull();
    expect(admission.arrive('other')).not.toBeNull();
    expect(typeof (await admission.enter())).toBe('function');
    his[0]?.();
    his[0]?.();
    expect(admission.arrive('slow')).not.toBeNull();
    expect(admission.arrive('slow')).toBeNull();
  });
});
