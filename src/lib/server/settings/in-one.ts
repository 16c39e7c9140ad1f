/** A change of accounts, rights or settings and its lines of the audit, in one transaction. */
import type { Kysely } from 'kysely';
import type { AuditRow } from '../../ports/county-store.ts';
import type { AuthTables } from '../auth/tables.ts';
import { writeAudit } from '../store/audit-chain.ts';
import type { CountyTables } from '../store/tables.ts';

type All = CountyTables & AuthTables;

/** Where it is written; rooms and containers both have it. */
export interface OneDeps {
  readonly db: Kysely<All>;
  readonly county: string;
  readonly database: { readonly kind: 'sqlite' | 'postgres' };
}

/** What was done, and what the audit says of it; no line where nothing was done. */
export interface Done<T> {
  readonly value: T;
  readonly audit: readonly AuditRow[];
}

/**
 * Runs `work` under the county's lock and writes its lines in the same commit. Inside only `trx` may
 * be asked: on SQLite there is one connection, and whoever asks another waits for himself.
 */
export function inOne<T>(
  { db, county, database }: OneDeps,
  work: (trx: Kysely<All>) => Promise<Done<T>>,
): Promise<T> {
  return db.transaction().execute(async (trx) => {
    if (database.kind === 'postgres') {
      const head = trx.selectFrom('log_head').select('seq').where('county', '=', county);
      await head.forUpdate().execute();
    }
    const { value, audit } = await work(trx);
    await writeAudit(trx as unknown as Kysely<CountyTables>, county, audit);
    return value;
  });
}
