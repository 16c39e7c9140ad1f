/** What a restore would take away: what stands there now and is not in the backup. */
import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { openDatabase } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { COUNTY_DEVICE } from '../sync/deps.ts';
import type { CountyHead } from './verify-log.ts';

export interface Losing {
  /** Positions of the log beyond the backup. */
  readonly entries: number;
  /** Events among them that tablets brought and will bring again. */
  readonly fromTablets: number;
  /** Events among them that people recorded at the county: to be done again. */
  readonly atDesk: number;
  /** How many tablets will look back. */
  readonly tablets: number;
}

/** What the county records by itself it records by itself again. */
const SYSTEM = '%"code":"S"%';

async function count(db: Kysely<CountyTables>, { county, seq }: CountyHead): Promise<Losing> {
  const beyond = db.selectFrom('log').where('county', '=', county).where('seq', '>', seq);
  const all = beyond.select(({ fn }) => fn.countAll().as('n'));
  const events = all.where('kind', '=', 'event');
  const devices = db
    .selectFrom('devices')
    .select(({ fn }) => fn.countAll().as('n'))
    .where('county', '=', county);
  const of = async (query: typeof all) => num((await query.executeTakeFirst())?.n ?? 0);
  const atCounty = events.where('dv', '=', COUNTY_DEVICE);
  const [made, atDesk] = [
    await of(atCounty),
    await of(atCounty.where('actor', 'not like', SYSTEM)),
  ];
  const tablets = num((await devices.executeTakeFirst())?.n ?? 0);
  return { entries: await of(all), fromTablets: (await of(events)) - made, atDesk, tablets };
}

/** Looks at the database that stands there; null when there is none or it cannot be read. */
export async function lostBy(env: ServerEnv, heads: readonly CountyHead[]): Promise<Losing | null> {
  if (env.postgresUrl === null && !existsSync(env.databaseFile)) return null;
  let opened: Awaited<ReturnType<typeof openDatabase>> | undefined;
  try {
    opened = await openDatabase(env);
    const total = { entries: 0, fromTablets: 0, atDesk: 0, tablets: 0 };
    for (const head of heads) {
      const one = await count(opened.db as unknown as Kysely<CountyTables>, head);
      total.entries += one.entries;
      total.fromTablets += one.fromTablets;
      total.atDesk += one.atDesk;
      total.tablets += one.tablets;
    }
    return total;
  } catch {
    // Damaged or empty: that is why somebody restores.
    return null;
  } finally {
    await opened?.db.destroy().catch(() => undefined);
  }
}
