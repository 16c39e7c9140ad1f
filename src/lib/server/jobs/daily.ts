/** What the county does by the day: reminders of promises, ratings that ran out, old audit lines. */
import type { Kysely } from 'kysely';
import type { Actor } from '../../domain/case-event.ts';
import { dailyActs } from '../../domain/system-acts.ts';
import { ok, type CaseId, type Instant, type PersonId } from '../../domain/values.ts';
import type { Container } from '../container.ts';
import type { CountyTables } from '../store/tables.ts';
import { recordAtCounty } from '../sync/record.ts';
import { AUDIT_KEEP_DAYS, purgeAudit } from './audit-purge.ts';

const HOUR_MS = 3_600_000;
/** A case that ended longer ago has nothing left that runs out. */
const ENDED_DAYS_MAX = 400;
const SYSTEM: Actor = { code: 'S', personId: 'system' as PersonId, name: '系统' };

async function openCases({ db, county }: Container, now: Instant): Promise<readonly CaseId[]> {
  const since = new Date(Date.parse(now) - ENDED_DAYS_MAX * 24 * HOUR_MS).toISOString();
  const rows = await db
    .selectFrom('cases')
    .select('case_id')
    .where('county', '=', county)
    .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>', since)]))
    .orderBy('case_id')
    .execute();
  return rows.map((row) => row.case_id as CaseId);
}

/** One pass over the open cases; says how many events it added. Running it again adds none. */
export async function daily(container: Container): Promise<number> {
  let added = 0;
  for (const caseId of await openCases(container, container.clock.now())) {
    if (!container.open) break;
    // One case that fails costs its own reminders, never those behind it.
    added += await oneCase(container, caseId).catch((error: unknown) => {
      console.error('the daily pass failed over one case', caseId, error);
      return 0;
    });
  }
  return added;
}

async function oneCase({ store, county, clock, sync }: Container, caseId: CaseId): Promise<number> {
  const record = (await store.transact(county, (tx) => tx.cases([caseId]))).get(caseId);
  if (record === undefined || record.locked || dailyActs(record.file, clock.now()).length === 0)
    return 0;
  const done = await recordAtCounty(sync, {
    actor: SYSTEM,
    caseId,
    events: ({ file, now }) => ok(dailyActs(file, now)),
    follow: false,
  });
  return done.ok ? done.value.rows.length : 0;
}

/** Runs the pass now and every hour until the county closes. */
export function startDaily(container: Container): void {
  // The sample county stands still: its cases are months old and would all run out at once.
  if (container.env.demo) return;
  const run = () => {
    if (!container.open) return;
    daily(container).catch((error: unknown) => console.error('the daily pass failed', error));
    const { db, store, county, clock } = container;
    const tables = db as unknown as Kysely<CountyTables>;
    purgeAudit({ db: tables, store, county, now: clock.now() }, AUDIT_KEEP_DAYS).catch(
      (error: unknown) => console.error('old audit lines could not be taken away', error),
    );
  };
  run();
  const timer = setInterval(() => (container.open ? run() : clearInterval(timer)), HOUR_MS);
  timer.unref();
}
