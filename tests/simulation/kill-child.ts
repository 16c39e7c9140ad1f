/** Pushes events into a county on SQLite and prints each id after its answer, until it is killed. */
import { Kysely } from 'kysely';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import type { ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { writeSync } from 'node:fs';
import { COUNTY, depsOver, person } from './county.ts';

const [file = '', round = '0'] = process.argv.slice(2);
const db = new Kysely<CountyTables>({ dialect: sqliteDialect(openSqlite(file)) });
await migrateForward(db);
const store = sqlCountyStore(db, { lockHead: false });
/** `ackEarly` answers before the commit: the planted bug that the test must see. */
const early = process.env.PLANT === 'ackEarly';
const deps = depsOver(store);
await ensureHistory(store, COUNTY, deps.clock.now());

const say = (line: string) => writeSync(1, `${line}\n`);
const id = (text: string) => `${round}${text}`.padEnd(22, '_');

async function tablet(name: string): Promise<void> {
  for (let ds = 1; ; ds += 2) {
    const event = (n: number) => {
      const t = n === 1 ? 'case.drafted' : 'visit.recorded';
      const at = '2026-06-08T01:00:00Z';
      return { c: 0, ds: n, id: id(`${name}e${n}`), t, v: 1, at, p: { said: `第${n}条` } };
    };
    const request: ExchangeRequest = {
      ...{ proto: 1, build: 'kill', schema: 1, dv: id(`dv${name}`), dsHi: ds + 1 },
      ...{ now: '2026-06-08T01:00:00Z', cursor: null, wit: null, wits: [], hist: [] },
      cases: [{ id: id(`case${name}`), salt: id(`salt${name}`) }],
      events: [event(ds), event(ds + 1)],
      ...{ media: [], feedBytesMax: 1_000 },
    };
    if (early) for (const { id: sent } of request.events) say(sent);
    const done = await exchange(deps, person(`p${round}${name}`), request);
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    for (const result of done.value.reply.results) if (result.s === 'stored') say(result.id);
  }
}

await Promise.all(['a', 'b', 'c', 'd'].map(tablet));
