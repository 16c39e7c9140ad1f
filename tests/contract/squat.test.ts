import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaseId, EventId } from '../../src/lib/domain/values.ts';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';
import { memoryCountyStore } from '../../src/lib/ports/county-store-memory.ts';
import { verifyAside, verifyDevices } from '../../src/lib/server/jobs/verify-rest.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { COUNTY } from '../simulation/county.ts';
import {
  CASE,
  county,
  event,
  FIRST,
  HIS,
  id,
  SALT,
  squatContract,
  SQUATS,
  thief,
  TRUE,
  wang,
} from './squat.contract.ts';

const OFFICE = { code: 'T', personId: 'town' as never, name: '乡里' } as const;

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

describe('who is first with ids that are not his, in memory', () => {
  squatContract(async () => memoryCountyStore());
});

describe('who is first with ids that are not his, on SQLite', () => {
  squatContract(async () => overSqlite(await newDatabase()));
});

describe('who is first with ids that are not his', () => {
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
