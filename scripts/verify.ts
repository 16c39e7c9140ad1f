/**
 * `npm run -s verify [-- BACKUP [--key=FILE | --shares]] [--refold] [--want] [--plant] [--sample]`:
 * computes everything of the county again, also while the server runs, and prints one JSON line.
 * BACKUP is a backup file instead; a sealed one asks for the passphrase of the key, or two sheets.
 *
 * `--sample` looks at the sample county, made anew in a passing folder, instead of DATA_DIR.
 * `--want` takes back that the county has the photos that are missing or damaged: after looking for
 * them in every backup. `--refold` writes the rows of cases that differ from a fresh fold of their events.
 * `--plant` alters one word of a copy: that must be seen.
 * Exit 0 only when nothing is broken and at least the minimum was looked at.
 */
import './house/umask.ts';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase, placeFault } from '../src/lib/server/container.ts';
import { COUNTY } from '../src/lib/server/county.ts';
import { seedDemo } from '../src/lib/server/demo/seed.ts';
import { readEnv, type ServerEnv } from '../src/lib/server/env.ts';
import { refoldAll } from '../src/lib/server/jobs/refold.ts';
import { mediaOf, openBackup } from '../src/lib/server/jobs/open-backup.ts';
import { plainShelf } from '../src/lib/server/jobs/shelf.ts';
import { takeSnapshot } from '../src/lib/server/jobs/snapshot.ts';
import { recoveryKeyOf } from './house/recovery-key.ts';
import { verifyDatabase, verifyFile, type Verified } from '../src/lib/server/jobs/verify.ts';
import { wantMissingMedia } from '../src/lib/server/jobs/want-media.ts';
import { sealingOn } from '../src/lib/server/sealing/sealing-on.ts';
import { sqlCountyStore } from '../src/lib/server/store/county-store-sql.ts';

const args = process.argv.slice(2);
const [backup, ...more] = args.filter((one) => !one.startsWith('--'));
const flags = new Set(args.filter((one) => one.startsWith('--')));
const refold = flags.delete('--refold');
const want = flags.delete('--want');
const plant = flags.delete('--plant');
const keys = [...flags].filter((flag) => flag.startsWith('--key=') || flag === '--shares');
const sample = flags.delete('--sample') ? mkdtempSync(path.join(tmpdir(), 'daiban-sample-')) : null;
if (sample !== null) process.on('exit', () => rmSync(sample, { recursive: true, force: true }));
const named = sample === null ? {} : { DATA_DIR: sample, DATABASE_URL: undefined };
const env = readEnv({ ...process.env, NODE_ENV: undefined, ...named });
if (
  !env.ok ||
  more.length > 0 ||
  flags.size > keys.length ||
  keys.length > (backup === undefined ? 0 : 1) ||
  ((refold || want) && (plant || backup !== undefined))
) {
  console.error(
    env.ok
      ? 'usage: npm run -s verify [-- BACKUP [--key=FILE | --shares]] [--refold] [--want] [--plant] [--sample]'
      : env.error,
  );
  process.exit(2);
}

/** One word of one event, in a copy: nothing of the county is touched. */
async function planted(settings: ServerEnv): Promise<Verified> {
  const folder = mkdtempSync(path.join(tmpdir(), 'daiban-plant-'));
  try {
    const file = path.join(folder, 'copy.sqlite');
    await takeSnapshot(settings, file);
    const db = new DatabaseSync(file);
    const alter = `UPDATE log SET body = '{"text":"别的话"}'
      WHERE seq = (SELECT MIN(seq) FROM log WHERE kind = 'event')`;
    const { changes } = db.prepare(alter).run();
    db.close();
    if (changes === 0) console.error('There is no event yet whose word could be altered.');
    return await verifyFile(file, { sealing: settings });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inPlace(settings: ServerEnv): Promise<Verified & { refolded: number }> {
  if (settings.postgresUrl === null && !existsSync(settings.databaseFile)) {
    console.error(`There is no database at ${settings.databaseFile}. Is DATA_DIR right?`);
    process.exit(2);
  }
  const { db: bare, kind, server } = await openDatabase(settings);
  try {
    const now = () => new Date().toISOString();
    const how = { county: COUNTY.code, makes: false, shared: false, now };
    const { db, tables, atRest } = await sealingOn(settings, bare, how);
    const store = sqlCountyStore(tables, { lockHead: kind === 'postgres', atRest });
    const done = refold ? await refoldAll({ db, store, county: COUNTY.code }) : null;
    const { mediaDir } = settings;
    if (want)
      for (const sha of await wantMissingMedia({ db, store, county: COUNTY.code, mediaDir }))
        console.error(`  the county wants the media file ${sha} again`);
    const media = plainShelf(settings.mediaDir);
    const look = { media, sealing: settings, hands: settings };
    const verified = await verifyDatabase(bare, look);
    // What the server refuses at its start is not whole either.
    const fault =
      verified.heads.length === 0 ? null : await placeFault(settings, { store, server });
    const attempts = verified.attempts + 1;
    const broken = verified.broken + (fault === null ? 0 : 1);
    const faults = fault === null ? verified.faults : [...verified.faults, fault];
    return { ...verified, attempts, broken, faults, refolded: done?.refolded ?? 0 };
  } finally {
    await bare.destroy();
  }
}

/** A backup with its photos; what was sealed lies in clear in a passing folder meanwhile. */
async function ofBackup(file: string): Promise<Verified> {
  const folder = mkdtempSync(path.join(tmpdir(), 'daiban-look-'));
  // However this ends: nothing of it stays in clear.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const database = path.join(folder, 'copy.sqlite');
    const sealed = await openBackup(file, database, await recoveryKeyOf(flags));
    const { from } = await mediaOf(database, { folder: path.dirname(file), sealed });
    // Its keys may be under the hand of another machine's file: they are compared with the audit.
    const sealing = env.ok ? env.value : undefined;
    return await verifyFile(database, { media: from, sealing, hands: {} });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const look = (settings: ServerEnv): Promise<Verified & { refolded?: number }> => {
  if (plant) return planted(settings);
  if (backup === undefined) return inPlace(settings);
  return ofBackup(backup);
};

if (sample !== null) await seedDemo({ dataDir: sample });
const started = Date.now();
const {
  rows,
  attempts,
  minimum,
  broken,
  faults,
  differing,
  refolded = 0,
  ...seen
} = await look(env.value);
for (const fault of faults) console.error(`  ${fault}`);
const ms = Date.now() - started;
const counts = { events: rows, attempts, minimum, broken, refolded, differing: differing.length };
console.log(JSON.stringify({ ...counts, ...seen, ms }));
process.exit(broken === 0 && attempts >= minimum && !plant ? 0 : 1);
