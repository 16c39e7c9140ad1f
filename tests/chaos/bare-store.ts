/** The county's store on the environment's database with the plain judge: nothing but the log. */
import type { Kysely } from 'kysely';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { openDatabase } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { browserClock } from '../../src/lib/tablet/browser.ts';
import { COUNTY, depsOver } from '../simulation/county.ts';
import type { PlainAsker } from '../simulation/plain-judge.ts';

/** Writers and reader are one person: what is written is for the reader's eyes. */
export const READER_PERSON: PlainAsker = {
  personId: 'cursor' as PersonId,
  name: '甲',
  grants: 'agent',
};

/** Opens it beside other processes; the first one brings the tables. */
export async function openBareStore(env: NodeJS.ProcessEnv = process.env) {
  const settings = readEnv(env);
  if (!settings.ok) throw new Error(settings.error.join('\n'));
  const { db, kind, exclusively } = await openDatabase(settings.value);
  await exclusively(() => migrateForward(db));
  const tables = db as unknown as Kysely<CountyTables>;
  let commits = 0;
  const begin = tables.transaction.bind(tables);
  tables.transaction = () => {
    commits++;
    return begin();
  };
  const store = sqlCountyStore(tables, { lockHead: kind === 'postgres' });
  await ensureHistory(store, COUNTY, browserClock.now());
  const deps = { ...depsOver(store), clock: browserClock };
  // Waiting exchanges of one process share a commit, so exchanges are not commits.
  return { db: tables, store, deps, commits: () => commits };
}

const SQLITE_BUSY = 5;
const BUSY_TRIES = 60;

/**
 * Several processes on one SQLite file wait for each other without any order: whoever waited too
 * long asks again, as the product's tablets do after 503. Nothing was written by then.
 */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
      if (code !== SQLITE_BUSY || tries >= BUSY_TRIES) throw error;
    }
  }
}
