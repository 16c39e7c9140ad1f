/**
 * The sample county, seeded once in a run of vitest and copied for every file that wants one: a
 * folder with its keys, under `npm run test:pg` a database that PostgreSQL copies.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { seedDemo } from '../src/lib/server/demo/seed.ts';
import { copyDatabase, freshDatabase } from './postgres.ts';
import { copyCounty } from './seeded.ts';

/** The other process that seeds may be on a machine with much other work. */
const SEEDED_WITHIN_MS = 50_000;
const LOOK_EVERY_MS = 25;

interface Template {
  readonly dataDir: string;
  readonly databaseUrl?: string;
}

async function seed(place: string, onPostgres: boolean): Promise<Template> {
  const dataDir = path.join(place, 'county');
  const database = onPostgres ? { databaseUrl: await freshDatabase() } : {};
  await seedDemo({ dataDir, ...database });
  return { dataDir, ...database };
}

/** The first who asks seeds, whatever process he is in; the others wait for what he writes down. */
async function template(onPostgres: boolean): Promise<Template> {
  const place = path.join(inject('templates'), onPostgres ? 'postgres' : 'sqlite');
  const [claim, told] = [path.join(place, 'claimed'), path.join(place, 'template.json')];
  mkdirSync(place, { recursive: true });
  try {
    mkdirSync(claim);
  } catch {
    for (let waited = 0; !existsSync(told); waited += LOOK_EVERY_MS) {
      if (waited > SEEDED_WITHIN_MS) throw new Error('the sample county was not seeded in time');
      await sleep(LOOK_EVERY_MS);
    }
    const said = JSON.parse(readFileSync(told, 'utf8')) as Template | { readonly failed: string };
    if ('failed' in said) throw new Error(`the sample county was not seeded: ${said.failed}`);
    return said;
  }
  try {
    const made = await seed(place, onPostgres);
    writeFileSync(told, JSON.stringify(made), { flush: true });
    return made;
  } catch (error) {
    writeFileSync(told, JSON.stringify({ failed: String(error) }));
    throw error;
  }
}

/** Fills `dataDir` as the seed would; on PostgreSQL the address of the database that goes with it. */
export async function seededCopy(
  dataDir: string,
  onPostgres: boolean,
): Promise<{ readonly databaseUrl?: string }> {
  const from = await template(onPostgres);
  copyCounty(from.dataDir, dataDir);
  return from.databaseUrl ? { databaseUrl: await copyDatabase(from.databaseUrl) } : {};
}
