/** Somebody read ids that lie in clear and is first at the county with something of his own. */
import { afterAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely } from 'kysely';
import type { CaseId, EventId } from '../../src/lib/domain/values.ts';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';
import { memoryCountyStore } from '../../src/lib/ports/county-store-memory.ts';
import { caseIdOf, eventIdOf } from '../../src/lib/protocol/bound-ids.ts';
import { nextId } from '../../src/lib/protocol/ids.ts';
import type { WireEvent } from '../../src/lib/protocol/sync.ts';
import { verifyAside, verifyDevices } from '../../src/lib/server/jobs/verify-rest.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { COUNTY, depsOver, person } from '../simulation/county.ts';

const id = (name: string) => `${name.padEnd(21, '_')}A`;
const [wang, thief] = [person('wang'), person('thief')];
const SALT = id('salt');
const CASE = caseIdOf(SALT);
const FIRST = eventIdOf(CASE, id('chance'));
const OFFICE = { code: 'T', personId: 'town' as never, name: '乡里' } as const;

const event = (ds: number, name: string, p: object = { said: '真的' }): WireEvent => ({
  ...{ c: 0, ds, id: name, t: ds === 1 ? 'case.drafted' : 'visit.recorded', v: 1 },
  ...{ at: '2026-06-08T00:59:00Z', p },
});
const TRUE = [event(1, FIRST), event(2, nextId(FIRST))];
/** What a thief may make of it: the case under his salt, its ids in a case of his own. */
const HIS = { said: '抢的' };
const SQUATS = {
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

async function county(store: CountyStore, signatures = {}) {
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

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-squat-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let opened = 0;
async function newDatabase(): Promise<Kysely<CountyTables>> {
  const file = path.join(dir, `${(opened += 1)}.sqlite`);
  const db = new Kysely<CountyTables>({ dialect: sqliteDialect(openSqlite(file)) });
  await migrateForward(db);
  return db;
}
const overSqlite = (db: Kysely<CountyTables>): CountyStore =>
  sqlCountyStore(db, { lockHead: false });
const STORES = {
  memory: async (): Promise<CountyStore> => memoryCountyStore(),
  SQLite: async (): Promise<CountyStore> => overSqlite(await newDatabase()),
};
const WAYS = Object.keys(STORES).flatMap((kind) =>
  Object.keys(SQUATS).map((name) => [kind as keyof typeof STORES, name as keyof typeof SQUATS]),
) as [keyof typeof STORES, keyof typeof SQUATS][];

describe('who is first with ids that are not his', () => {
  it.each(WAYS)('[SY191] %s: %s is refused, and the true ones are stored', async (kind, name) => {
    const store = await STORES[kind]();
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

  it('[SY191] his bytes are kept once each, under a name of theirs', async () => {
    const store = memoryCountyStore();
    const { trade } = await county(store);
    const squat = { dv: id('dvT'), ...SQUATS['the ids in a random case'] };
    for (let n = 0; n < 3; n++) await trade(thief, squat);
    const rows = store.asideRows(COUNTY);
    expect(rows.map(({ code }) => code)).toEqual(['MALFORMED', 'MALFORMED']);
    expect(rows.every((row) => row.raw.includes('抢的') && row.id !== FIRST)).toBe(true);
  });

  it('[SY191] what looks over the database finds nothing wrong with it', async () => {
    const db = await newDatabase();
    const { trade } = await county(overSqlite(db));
    for (const [n, of] of Object.values(SQUATS).entries())
      await trade(thief, { dv: id(`dvT${n}`), ...of });
    const findings = { attempts: 0, broken: 0, faults: [] };
    expect(await verifyDevices(db, findings)).toBe(3);
    expect(await verifyAside(db, findings)).toBe(5);
    expect(findings).toMatchObject({ broken: 0, faults: [] });
  });

  it('[SY191] a wrong salt for a case that is here leaves its event ids free, too', async () => {
    const { trade } = await county(memoryCountyStore());
    const old = { id: id('old'), salt: SALT };
    const begun = { dv: id('dvW'), cases: [old], events: [event(1, id('e1'))] };
    expect(await trade(wang, begun)).toEqual(['stored']);
    const cases = [{ ...old, salt: id('his') }];
    expect(await trade(thief, { dv: id('dvT'), cases, events: [event(1, id('e2'), HIS)] })).toEqual(
      ['rejected MALFORMED'],
    );
    expect(await trade(wang, { ...begun, events: [event(2, id('e2'))] })).toEqual(['stored']);
  });

  it('[SY192] nor can what is unsigned lie under an id of another case', async () => {
    const store = memoryCountyStore();
    const { trade } = await county(store, { signatures: () => false });
    await store.transact(COUNTY, (tx) =>
      tx.write({
        devices: [
          {
            ...{
              dv: id('dvT') as never,
              personId: thief.personId,
              letter: 'T',
              lastDs: 0,
              dsHi: 0,
            },
            ...{ build: '', enrolledAt: '2026-06-01T00:00:00Z' as never, offsetSeconds: 0 },
            ...{ lastSeenAt: '2026-06-01T00:00:00Z' as never, report: null },
            key: { keyId: 'k', publicKey: 'p' } as never,
          },
        ],
      }),
    );
    const squat = { dv: id('dvT'), ...SQUATS['the ids in a random case'] };
    expect((await trade(thief, squat))[0]).toBe('rejected MALFORMED');
    const own = { dv: id('dvW'), cases: [{ id: CASE, salt: SALT }], events: TRUE };
    expect(await trade(wang, own)).toEqual(['stored', 'stored']);
  });

  it('[SY193] the desk takes none either: not the case, not the name of a press', async () => {
    const { deps, trade } = await county(memoryCountyStore());
    const press = (caseId: string, name: string) => ({
      ...{ actor: OFFICE, caseId: caseId as CaseId },
      events: [{ type: 'case.drafted', payload: {}, id: name as EventId }],
    });
    const taken = { ok: false, error: 'ID_TAKEN' };
    expect(await recordAtCounty(deps, press(CASE, id('press')))).toEqual(taken);
    expect(await recordAtCounty(deps, press(id('desk'), FIRST))).toEqual(taken);
    expect(await recordAtCounty(deps, press(id('desk'), id('press')))).toMatchObject({ ok: true });
    const own = { dv: id('dvW'), cases: [{ id: CASE, salt: SALT }], events: TRUE };
    expect(await trade(wang, own)).toEqual(['stored', 'stored']);
  });
});
