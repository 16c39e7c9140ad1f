import { describe, expect, it } from 'vitest';
import {
  createAdmission,
  CROWD_FROM,
  EXCHANGES_RUNNING_MAX,
  UNREST_MS,
  type Admission,
} from './admission.ts';
import { EXCHANGES_AT_ONCE_MAX } from './limits.ts';

function house(random = () => 0) {
  let now = 0;
  const admission = createAdmission({ nowMs: () => now, random, pause: async () => undefined });
  return { admission, at: (ms: number) => (now = ms) };
}

/** Comes in without waiting for the place. */
const come = (admission: Admission) => {
  const place: { leave?: () => void } = {};
  void admission.enter().then((leave) => (place.leave = leave));
  return place;
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('who may come in', () => {
  it('[SY22] so many run, the next wait in order, the one beyond is sent away unread', async () => {
    const { admission } = house();
    const places = Array.from({ length: EXCHANGES_AT_ONCE_MAX }, (_, i) => {
      expect(admission.ask(`p${i}`)).toBeNull();
      return come(admission);
    });
    await settle();
    const inside = () => places.filter((p) => p.leave).length;
    expect(inside()).toBe(EXCHANGES_RUNNING_MAX);
    expect(admission.ask('late')).toMatchObject({ status: 503, error: 'BUSY' });
    places[0]?.leave?.();
    places[0]?.leave?.();
    await settle();
    expect(places[EXCHANGES_RUNNING_MAX]?.leave).toBeDefined();
    expect(inside()).toBe(EXCHANGES_RUNNING_MAX + 1);
    expect(admission.ask('late')).toBeNull();
  });

  it('[SY22] a crowd that is sent away gets turns one behind the other, in whole seconds', async () => {
    const { admission, at } = house(() => 0.5);
    for (let i = 0; i < EXCHANGES_AT_ONCE_MAX; i++) come(admission);
    await settle();
    const told = Array.from({ length: 10_000 }, (_, i) => {
      at(i / 10);
      return admission.ask(`t${i}`)?.retryAfterSeconds ?? 0;
    });
    expect(told.every((s) => Number.isInteger(s) && s >= 1 && s <= 600)).toBe(true);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
    // The first thousand never meet in one second: 20 ms a piece, a quarter of the power.
    const inOneSecond = new Map<number, number>();
    for (const s of told.slice(0, 5_000)) inOneSecond.set(s, (inOneSecond.get(s) ?? 0) + 1);
    expect(Math.max(...inOneSecond.values())).toBeLessThanOrEqual(14);
  });

  it('[SY22] one person has five at once and one a second, but only while others wait', async () => {
    const { admission, at } = house();
    for (let i = 0; i < 40; i++) expect(admission.ask('alone')).toBeNull();
    for (let i = 0; i < CROWD_FROM; i++) come(admission);
    await settle();
    const asked = () => admission.ask('greedy')?.status ?? 200;
    expect([1, 2, 3, 4, 5, 6, 7].map(asked)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(admission.ask('greedy')?.retryAfterSeconds).toBe(1);
    expect(admission.ask('other')).toBeNull();
    at(1_100);
    expect(asked()).toBe(200);
  });

  it('[SY23] after a start and after sending somebody away tablets spread further, then calm', async () => {
    const { admission, at } = house();
    expect(admission.spreadSeconds(120)).toBe(240);
    at(UNREST_MS);
    expect(admission.spreadSeconds(120)).toBe(120);
    const places = Array.from({ length: EXCHANGES_AT_ONCE_MAX }, () => come(admission));
    await settle();
    admission.ask('late');
    expect(admission.spreadSeconds(120)).toBe(240);
    expect(admission.spreadSeconds(500)).toBe(600);
    at(3 * UNREST_MS);
    expect(admission.spreadSeconds(120)).toBe(120);
    // Many tablets need longer than the county's own figure: 4,000 at 20 ms, a quarter of the power.
    for (let i = 0; i < 4_000; i++) admission.ask(`t${i}`);
    at(9 * UNREST_MS);
    expect(admission.spreadSeconds(120)).toBeGreaterThanOrEqual(320);
    expect(places.length).toBe(EXCHANGES_AT_ONCE_MAX);
  });
});
