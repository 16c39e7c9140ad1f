/** A county's database whose sealed cases open as they are read. */
import type { Kysely } from 'kysely';
import type { ServerEnv } from '../env.ts';
import { recoveryRecipients } from '../keys/officer-key-rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { openAtRest, type AtRest, type AtRestOf } from './at-rest.ts';

export type { AtRest } from './at-rest.ts';

export interface Sealing<T> {
  readonly db: Kysely<T>;
  readonly tables: Kysely<CountyTables>;
  readonly atRest: AtRest;
}

/** The same database with its keys; the one that was given still shows rows as they lie there. */
export async function sealingOn<T extends CountyTables>(
  { sealingKeyFile: file, intakeKeyFile }: Pick<ServerEnv, 'sealingKeyFile' | 'intakeKeyFile'>,
  bare: Kysely<T>,
  how: Pick<AtRestOf, 'county' | 'makes' | 'shared' | 'now'>,
): Promise<Sealing<T>> {
  const plain = bare as unknown as Kysely<CountyTables>;
  const { county } = how;
  const recovery = () => recoveryRecipients({ db: plain, county, intakeKeyFile });
  const atRest = await openAtRest({ ...how, db: plain, file, recovery });
  const db = bare.withPlugin(atRest.plugin);
  return { db, tables: db as unknown as Kysely<CountyTables>, atRest };
}
