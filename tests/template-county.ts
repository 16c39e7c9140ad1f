/**
 * The sample county, seeded once in a run of vitest and copied for every file that wants one: a
 * folder with its keys, under `npm run test:pg` a database that PostgreSQL copies.
 */
import { inject } from 'vitest';
import { copyDatabase } from './postgres.ts';
import { copyCounty } from './seeded.ts';
import { seededTemplate } from './template-seed.ts';

/** Fills `dataDir` as the seed would; on PostgreSQL the address of the database that goes with it. */
export async function seededCopy(
  dataDir: string,
  onPostgres: boolean,
): Promise<{ readonly databaseUrl?: string }> {
  const from = await seededTemplate(inject('templates'), onPostgres);
  copyCounty(from.dataDir, dataDir);
  return from.databaseUrl ? { databaseUrl: await copyDatabase(from.databaseUrl) } : {};
}
