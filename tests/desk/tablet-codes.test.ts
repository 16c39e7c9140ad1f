import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../src/lib/domain/values.ts';
import { readEnrolCode } from '../../src/lib/protocol/enrol-code.ts';
import { codeFor, codeLines } from '../../src/lib/server/desk/tablet-codes.ts';
import { OPEN_CODES_MAX, voidCode } from '../../src/lib/server/keys/enrol-codes.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());
const by = async () => ({
  personId: (await county.person('dengji')).personId,
  at: county.room.desk.now(),
});

describe('登记码 at the desk', () => {
  it('[AU295] is made for those who have a tablet, shown once, and listed without its letters', async () => {
    const { desk } = county.room;
    const agent = await county.person('lixiufen');
    for (const other of [(await county.person('dengji')).personId, 'nobody', ''])
      expect(await codeFor(desk, other, await by())).toBeNull();
    const before = (await codeLines(desk, desk.now())).filter(({ name }) => name === agent.name);
    const made = await codeFor(desk, agent.personId, await by());
    if (made === 'hand') throw new Error(made);
    expect(readEnrolCode(made?.code ?? '')).toBe(made?.code);
    expect(made?.name).toBe(agent.name);
    const open = await codeLines(desk, desk.now());
    const own = open.filter(({ name }) => name === agent.name);
    expect(own).toHaveLength(before.length + 1);
    expect(JSON.stringify(open)).not.toContain(made?.code);
    const maker = (await county.person('dengji')).name;
    expect(own.find(({ id }) => id === made?.id)).toMatchObject({ by: maker });
    expect(await voidCode(desk, made?.id ?? '', await by())).toBe(true);
    const after = (await codeLines(desk, desk.now())).filter(({ name }) => name === agent.name);
    expect(after).toEqual(before);
  });

  it('[AU295] whoever is of a township has one too, and nobody more than five that wait', async () => {
    const { desk } = county.room;
    const town = (await desk.colleagues()).find(({ roles }) => roles.includes('T'));
    for (let n = 0; n <= OPEN_CODES_MAX; n += 1)
      await codeFor(desk, town?.personId ?? '', await by());
    const open = (await codeLines(desk, desk.now())).filter(({ name }) => name === town?.name);
    expect(open).toHaveLength(OPEN_CODES_MAX);
  });

  it('[UI185] stand by person, and of one person the newest first', async () => {
    const { desk } = county.room;
    const people = ['lixiufen', 'wangchunsheng', 'lixiufen'];
    for (const [n, user] of people.entries()) {
      const at = new Date(Date.parse(desk.now()) + n * 60_000).toISOString() as Instant;
      await codeFor(desk, (await county.person(user)).personId, { ...(await by()), at });
    }
    const open = await codeLines(desk, desk.now());
    const names = open.map(({ name }) => name);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'zh-CN')));
    expect(new Set(names).size).toBeGreaterThanOrEqual(3);
    for (const one of new Set(names)) {
      const ends = open.flatMap(({ name, expiresAt }) => (name === one ? [expiresAt] : []));
      expect(ends).toEqual(ends.toSorted().toReversed());
    }
  });
});
