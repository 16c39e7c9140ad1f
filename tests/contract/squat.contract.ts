/** Somebody read ids that lie in clear and is first at the county with something of his own. */
import { expect, it } from 'vitest';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';
import { caseIdOf, eventIdOf } from '../../src/lib/protocol/bound-ids.ts';
import { nextId } from '../../src/lib/protocol/ids.ts';
import type { WireEvent } from '../../src/lib/protocol/sync.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { COUNTY, depsOver, person } from '../simulation/county.ts';

export const id = (name: string) => `${name.padEnd(21, '_')}A`;
export const [wang, thief] = [person('wang'), person('thief')];
export const SALT = id('salt');
export const CASE = caseIdOf(SALT);
export const FIRST = eventIdOf(CASE, id('chance'));

export const event = (ds: number, name: string, p: object = { said: '真的' }): WireEvent => ({
  ...{ c: 0, ds, id: name, t: ds === 1 ? 'case.drafted' : 'visit.recorded', v: 1 },
  ...{ at: '2026-06-08T00:59:00Z', p },
});
export const TRUE = [event(1, FIRST), event(2, nextId(FIRST))];
/** What a thief may make of it: the case under his salt, its ids in a case of his own. */
export const HIS = { said: '抢的' };
export const SQUATS = {
  'the case with another salt': {
    cases: [{ id: CASE, salt: id('his') }],
    events: [event(1, FIRST, HIS)],
  },
  'the ids in a random case': {
    cases: [{ id: id('own'), salt: id('his') }],
    events: [event(1, FIRST, HIS), event(2, nextId(FIRST), HIS)],
  },
  'the ids in a bound case of his': {
    cases: [{ id: caseIdOf(id('his')), salt: id('his') }],
    events: [event(1, FIRST, HIS), event(2, nextId(FIRST), HIS)],
  },
};

/** A county over that store, and what it answers to a push. */
export async function county(store: CountyStore, signatures = {}) {
  const deps = { ...depsOver(store), ...signatures };
  await ensureHistory(store, COUNTY, deps.clock.now());
  const trade = async (
    who: typeof wang,
    of: { dv: string; cases: { id: string; salt: string }[]; events: WireEvent[] },
  ) => {
    const done = await exchange(deps, who, {
      ...{ proto: 1, build: 'test', schema: 1, dsHi: 0, now: '2026-06-08T01:00:00Z' },
      ...{ cursor: null, wit: null, wits: [], hist: [], media: [], feedBytesMax: 64_000, ...of },
    });
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    return done.value.reply.results.map((one) => ('code' in one ? `${one.s} ${one.code}` : one.s));
  };
  return { deps, trade };
}
const NAMES = Object.keys(SQUATS) as (keyof typeof SQUATS)[];

/** On any database. */
export function squatContract(open: () => Promise<CountyStore>): void {
  it.each(NAMES)('[SY191] %s is refused, and the true ones are stored', async (name) => {
    const store = await open();
    const { trade } = await county(store);
    const squat = { dv: id('dvT'), ...SQUATS[name] };
    const refused = squat.events.map(() => 'rejected MALFORMED');
    expect(await trade(thief, squat)).toEqual(refused);
    // Also when the answer is lost: it is no fork.
    expect(await trade(thief, squat)).toEqual(refused);
    const kept = await store.transact(COUNTY, (tx) => tx.known([FIRST]));
    expect(kept.size).toBe(0);
    const own = { dv: id('dvW'), cases: [{ id: CASE, salt: SALT }], events: TRUE };
    expect(await trade(wang, own)).toEqual(['stored', 'stored']);
    expect(await trade(wang, own)).toEqual(['dup', 'dup']);
    expect((await trade(thief, squat))[0]).toMatch(/^(conflict|rejected MALFORMED)$/);
    const records = await store.transact(COUNTY, (tx) => tx.cases([CASE]));
    expect(records.get(CASE)?.salt).toBe(SALT);
  });
}
