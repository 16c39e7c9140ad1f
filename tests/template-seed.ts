import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedDemo } from '../src/lib/server/demo/seed.ts';
import { freshDatabase } from './postgres.ts';

/** The other process that seeds may be on a machine with much other work. */
const SEEDED_WITHIN_MS = 50_000;
const LOOK_EVERY_MS = 25;

/** A seeded county that nobody works in. */
export interface Template {
  readonly dataDir: string;
  /** On PostgreSQL: nobody is connected to it, so that it can be copied. */
  readonly databaseUrl?: string;
}

/** The template under `folder`: the first who asks seeds it, the others wait for what he writes down. */
export async function seededTemplate(folder: string, onPostgres: boolean): Promise<Template> {
  const place = path.join(folder, onPostgres ? 'postgres' : 'sqlite');
  const [claim, told] = [path.join(place, 'claimed'), path.join(place, 'template.json')];
  mkdirSync(place, { recursive: true });
  try {
    mkdirSync(claim);
  } catch {
    return written(told);
  }
  try {
    const database = onPostgres ? { databaseUrl: await freshDatabase() } : {};
    const made: Template = { dataDir: path.join(place, 'county'), ...database };
    await seedDemo(made);
    writeOnce(told, made);
    return made;
  } catch (error) {
    writeOnce(told, { failed: String(error) });
    throw error;
  }
}

/** Whole or not there: the others read it as soon as they see it. */
function writeOnce(file: string, what: object): void {
  writeFileSync(`${file}.new`, JSON.stringify(what));
  renameSync(`${file}.new`, file);
}

async function written(told: string): Promise<Template> {
  for (let waited = 0; !existsSync(told); waited += LOOK_EVERY_MS) {
    if (waited > SEEDED_WITHIN_MS) throw new Error('the sample county was not seeded in time');
    await sleep(LOOK_EVERY_MS);
  }
  const said = JSON.parse(readFileSync(told, 'utf8')) as Template | { readonly failed: string };
  if ('failed' in said) throw new Error(`the sample county was not seeded: ${said.failed}`);
  return said;
}
