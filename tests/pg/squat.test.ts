import { Kysely } from 'kysely';
import { describe } from 'vitest';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openPostgres } from '../../src/lib/server/store/postgres.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { squatContract } from '../contract/squat.contract.ts';
import { freshDatabase } from '../postgres.ts';

describe('who is first with ids that are not his, on PostgreSQL', { timeout: 60_000 }, () => {
  squatContract(async () => {
    const opened = await openPostgres(await freshDatabase());
    if (!opened.ok) throw new Error(opened.error);
    const db = new Kysely<CountyTables>({ dialect: opened.value.dialect });
    await migrateForward(db);
    return sqlCountyStore(db, { lockHead: true });
  });
});
