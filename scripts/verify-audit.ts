/**
 * `npm run -s verify-audit [-- BACKUP] [--since N:TAG] [--plant] [--sample]`: follows the chain of
 * the audit from its first line to its head, also while the server runs; one JSON line.
 *
 * BACKUP is a backup file instead of the county's database, `--sample` the sample county, made anew.
 * `--since` is a head that was written down earlier: it must still stand in the chain, else all of
 * it was made again. `--plant` alters one word of one line in a copy: that must be seen.
 * Exit 0 only when nothing is broken and as many lines were followed as the county counted.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../src/lib/domain/values.ts';
import type { AuditRow } from '../src/lib/ports/county-store.ts';
import { openDatabase, openFile } from '../src/lib/server/container.ts';
import { COUNTY } from '../src/lib/server/county.ts';
import { seedDemo } from '../src/lib/server/demo/seed.ts';
import { readEnv, type ServerEnv } from '../src/lib/server/env.ts';
import { noFindings, say, type Findings } from '../src/lib/server/jobs/findings.ts';
import { takeSnapshot } from '../src/lib/server/jobs/snapshot.ts';
import { verifyAudit } from '../src/lib/server/jobs/verify-audit.ts';
import { sqlCountyStore } from '../src/lib/server/store/county-store-sql.ts';
import type { CountyTables } from '../src/lib/server/store/tables.ts';

const SAMPLE_COMMITS = 500;
const USAGE = 'usage: npm run -s verify-audit [-- BACKUP] [--since N:TAG] [--plant] [--sample]';

function usage(why: unknown): never {
  console.error(why);
  console.error(USAGE);
  process.exit(2);
}

function asked() {
  const options = { since: { type: 'string' }, plant: { type: 'boolean' } } as const;
  try {
    const sample = { type: 'boolean' } as const;
    return parseArgs({ options: { ...options, sample }, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? error.message : error);
  }
}

const { values, positionals } = asked();
const since = values.since === undefined ? null : /^(\d+):([\w-]{43})$/.exec(values.since);
if (positionals.length > 1 || (values.since !== undefined && since === null)) usage('');
const folder = mkdtempSync(path.join(tmpdir(), 'daiban-audit-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const sample = path.join(folder, 'sample');
const named = values.sample ? { DATA_DIR: sample, DATABASE_URL: undefined } : {};
const env = readEnv({ ...process.env, NODE_ENV: undefined, ...named });
if (!env.ok) usage(env.error);

/** One word of one line, in a copy: nothing of the county is touched. */
async function plantedCopy(settings: ServerEnv): Promise<string> {
  const file = path.join(folder, 'copy.sqlite');
  await takeSnapshot(settings, file);
  const db = new DatabaseSync(file);
  const alter = "UPDATE audit SET note = note || '改' WHERE n = (SELECT MIN(n) FROM audit)";
  if (db.prepare(alter).run().changes === 0) console.error('There is no audit line to alter yet.');
  db.close();
  return file;
}

async function open(settings: ServerEnv): Promise<Kysely<CountyTables>> {
  const file = values.plant ? await plantedCopy(settings) : positionals[0];
  if (file !== undefined && !existsSync(file)) usage(`There is no file ${file}.`);
  if (file !== undefined) return openFile(file) as unknown as Kysely<CountyTables>;
  if (settings.postgresUrl === null && !existsSync(settings.databaseFile))
    usage(`There is no database at ${settings.databaseFile}. Is DATA_DIR right?`);
  return (await openDatabase(settings)).db as unknown as Kysely<CountyTables>;
}

/** The head of another day must stand where it stood, or have been taken away by a told purge. */
async function checkSince(db: Kysely<CountyTables>, findings: Findings): Promise<void> {
  if (since === null) return;
  findings.attempts += 1;
  const query = db.selectFrom('audit').select('tag').where('county', '=', COUNTY.code);
  const row = await query.where('n', '=', Number(since[1])).executeTakeFirst();
  if (row?.tag !== since[2])
    say(findings, `line ${since[1] ?? ''} has another tag than the one that was written down`);
}

/** Lines as a busy day makes them: many commits at once, more than one line each. */
async function sampleLooks(settings: ServerEnv): Promise<void> {
  const { db, kind } = await openDatabase(settings);
  const store = sqlCountyStore(db as unknown as Kysely<CountyTables>, {
    lockHead: kind === 'postgres',
  });
  const line = (n: number): AuditRow => ({
    ...{ at: new Date().toISOString() as Instant, personId: `person${n % 7}` as PersonId },
    ...{ role: 'O1', action: 'view.logged', caseId: null, note: 'P3', why: `sample ${n}` },
  });
  const looks = Array.from({ length: SAMPLE_COMMITS }, (_, n) =>
    store.transact(COUNTY.code, (tx) => tx.write({ audit: [line(n), line(n + 1)] })),
  );
  await Promise.all(looks);
  await store.close();
}

if (values.sample) {
  await seedDemo({ dataDir: sample });
  await sampleLooks(env.value);
}
const started = Date.now();
const findings = noFindings();
const db = await open(env.value);
// A backup may be of another day than the head that lies beside the key.
const keyFile = positionals.length === 0 ? env.value.evidenceKeyFile : undefined;
const seen = await verifyAudit(db, findings, keyFile);
await checkSince(db, findings);
await db.destroy();
for (const fault of findings.faults) console.error(`  ${fault}`);
const { attempts, broken } = findings;
if (seen.lines === 0 && broken === 0) {
  console.error(
    'There is no audit line, so nothing could be followed: that proves nothing (exit 1).',
  );
  console.error(
    'A county where nobody looked at anything yet has none; in any other they were taken away.',
  );
}
const minimum = Math.max(1, seen.minimum);
const { lines, heads } = seen;
console.log(JSON.stringify({ lines, attempts, minimum, broken, heads, ms: Date.now() - started }));
process.exit(broken === 0 && attempts >= minimum && !values.plant ? 0 : 1);
