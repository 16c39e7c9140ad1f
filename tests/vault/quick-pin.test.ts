import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { QUICK_MS, QUICK_TRIES, QuickPin } from '../../src/lib/tablet/vault/quick-pin.ts';

const RIGHT = '847362';
const wrongOnes = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => String(100_000 + n));

async function kept() {
  const times = { up: 0, wall: Date.UTC(2026, 5, 8, 1) };
  const quick = new QuickPin(() => ({ ...times }));
  await quick.keep(RIGHT, randomBytes(32));
  return { quick, times };
}

describe('guesses at the quick PIN', () => {
  it('[AU338] however many come at once, five are judged; the right one after them opens nothing', async () => {
    const { quick } = await kept();
    const tries = [...wrongOnes(399), RIGHT].map((pin) => quick.give(pin));
    const got = await Promise.all(tries);
    expect(got.filter((one) => one === 'WRONG')).toHaveLength(QUICK_TRIES - 1);
    expect(got.filter((one) => typeof one === 'object')).toEqual([]);
    expect(got.at(-1)).toBe('DROPPED');
    expect(await quick.give(RIGHT)).toBe('DROPPED');
  });

  it('[AU338] the right one among the first five opens as ever', async () => {
    const { quick } = await kept();
    const tries = [...wrongOnes(QUICK_TRIES - 1), RIGHT].map((pin) => quick.give(pin));
    expect((await Promise.all(tries)).at(-1)).toBeInstanceOf(Uint8Array);
  });

  it('[AU337] with the running clock standing still it is over by the date', async () => {
    const { quick, times } = await kept();
    times.wall += QUICK_MS - 1;
    expect(await quick.give(RIGHT)).toBeInstanceOf(Uint8Array);
    times.wall += 1;
    expect(await quick.give(RIGHT)).toBe('DROPPED');
    times.wall -= 3_600_000;
    expect(await quick.give(RIGHT)).toBe('DROPPED');
  });
});
