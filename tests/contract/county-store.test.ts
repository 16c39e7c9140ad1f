import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, describe } from 'vitest';
import { memoryCountyStore } from '../../src/lib/ports/county-store-memory.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { countyStoreContract } from './county-store.contract.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-contract-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let opened = 0;

describe('county store in memory', () => {
  countyStoreContract(async () => memoryCountyStore());
});

describe('county store on SQLite', () => {
  countyStoreContract(async () => {
    opened += 1;
    const file = path.join(dir, `${opened}.sqlite`);
    const db = new Kysely<CountyTables>({ dialect: sqliteDialect(openSqlite(file)) });
    await migrateForward(db);
    return sqlCountyStore(db, { lockHead: false });
  });
});
