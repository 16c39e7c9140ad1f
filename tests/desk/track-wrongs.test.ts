/** A code and a list of names: what 查信儿 lets somebody try in a day. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { createRateLimiter, LIMITS, type Limit } from '../../src/lib/server/auth/rate-limit.ts';
import { lookUp } from '../../src/lib/server/track.ts';
import { trackWords } from '../../src/lib/ui/messages/track.ts';
import { openTestCounty, type TestCounty } from './county.ts';

const DAY_MINUTES = 24 * 60;
let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

/** Somebody who asks as often as the other limits let him, always from another address. */
function asker() {
  let [minutes, asked] = [0, 0];
  const limiter = createRateLimiter(() => minutes * 60_000);
  return {
    later: (more: number) => void (minutes += more),
    ask: async (code: string, name: string) => {
      minutes += 1;
      const question = { code, name, address: `10.0.0.${String((asked += 1))}` };
      return (await lookUp(county.room.desk, limiter, question)).kind;
    },
  };
}

it('[PV30] wrong names for one code end after some twenty, the right one is then not told either', async () => {
  const { ask, later } = asker();
  const code = sampleQueryCode('S01');
  const kinds = [];
  for (let n = 0; n < 100; n++) kinds.push(await ask(code, `于家第${String(n)}个`));
  expect(kinds.slice(0, 20)).toEqual(Array(20).fill('unknown'));
  const tried = kinds.filter((kind) => kind === 'unknown').length;
  expect(tried).toBeLessThanOrEqual(22);
  expect(await ask(code, '周桂芹')).toBe('wrongs');
  // A whole day long: no more than some twenty more.
  let more = 0;
  for (let n = 0; n < DAY_MINUTES; n += 4) {
    later(3);
    if ((await ask(code, `再猜${String(n)}`)) === 'unknown') more += 1;
  }
  expect(more).toBeGreaterThanOrEqual(10);
  expect(more).toBeLessThanOrEqual(22);
  // Another code is as open as before, and this one the next day.
  expect(await ask(sampleQueryCode('S03'), '随便谁')).toBe('unknown');
  later(DAY_MINUTES);
  expect(await ask(code, '周桂芹')).toBe('found');
});

it('[PV30] a right name costs nothing, however often it is asked', async () => {
  const { ask } = asker();
  const kinds = new Set<string>();
  for (let n = 0; n < 60; n++) kinds.add(await ask(sampleQueryCode('S01'), '周桂芹'));
  expect([...kinds]).toEqual(['found']);
});

it('[PV31] a code that nobody has is guarded and answered as one that somebody has', async () => {
  const kinds = async (code: string) => {
    const { ask } = asker();
    const all = [];
    for (let n = 0; n < 30; n++) all.push(await ask(code, `猜的第${String(n)}个`));
    return all;
  };
  const nobodys = sampleQueryCode('X77');
  expect(await county.room.desk.cases.byQueryCode(nobodys)).toEqual([]);
  expect(await kinds(nobodys)).toEqual(await kinds(sampleQueryCode('S01')));
  for (const words of Object.values(trackWords)) expect(words.wrongs(72)).toContain('72');
});

it('[AU400] whose address is refused takes nothing of the code: one address cannot flood the others out', async () => {
  const limiter = createRateLimiter(() => 0);
  const taken = new Set<string>();
  const watched = {
    give: limiter.give,
    take: (limit: Limit, key: string) => {
      taken.add(`${limit.name} ${key}`);
      return limiter.take(limit, key);
    },
  };
  const ask = (n: number) =>
    lookUp(county.room.desk, watched, {
      ...{ code: `${String(n).padStart(12, '7')}`, name: '随便谁', address: '10.0.0.1' },
    });
  const kinds = [];
  for (let n = 0; n < 60; n += 1) kinds.push((await ask(n)).kind);
  expect(kinds.slice(LIMITS.trackAddress.burst).every((kind) => kind === 'slow')).toBe(true);
  expect([...taken].filter((key) => key.startsWith(LIMITS.trackCode.name))).toHaveLength(10);
  expect([...taken].filter((key) => key.startsWith(LIMITS.trackWrong.name))).toHaveLength(10);
});
