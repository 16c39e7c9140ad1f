/**
 * `npm run -s verify-receipts [-- BACKUP] [--since SIZE:ROOT] [--receipt TEXT] [--plant] [--sample]`:
 * makes the tree over the log again, compares every signed root, and asks about a receipt of every
 * case as its page does, proof included; also while the server runs. One JSON line.
 *
 * BACKUP is a copy that lies open, `--sample` the sample county, made anew. `--since` is a root that
 * was written down, as the notice page and this command print it; `--receipt` one that a villager
 * has. `--plant` alters copies in five ways, one of them with every hash made right again: each must
 * be seen by the tree, and by the receipts of that case.
 * Exit 0 only when nothing is broken and a receipt of every case was asked about.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Instant } from '../src/lib/domain/values.ts';
import { readReceipt, verifyReceipt } from '../src/lib/protocol/receipt.ts';
import { openDatabase, openFile } from '../src/lib/server/container.ts';
import { COUNTY } from '../src/lib/server/county.ts';
import { seedDemo } from '../src/lib/server/demo/seed.ts';
import { readEnv, type ServerEnv } from '../src/lib/server/env.ts';
import { keysOf, makePoint, newestPoint } from '../src/lib/server/evidence/points.ts';
import { growTree, sha256 } from '../src/lib/server/evidence/tree.ts';
import { noFindings, say, type Findings } from '../src/lib/server/jobs/findings.ts';
import { takeSnapshot } from '../src/lib/server/jobs/snapshot.ts';
import { watchEvidence, type SaidRoot } from '../src/lib/server/jobs/verify-evidence.ts';
import { headsOf, verifyLog } from '../src/lib/server/jobs/verify-log.ts';
import { receiptsNow, verifyReceipts } from '../src/lib/server/jobs/verify-receipts.ts';
import type { CountyTables } from '../src/lib/server/store/tables.ts';
import { demandUnderstood } from './house/options.ts';
import { REWRITES } from './house/rewrite-log.ts';

const USAGE =
  'npm run -s verify-receipts [-- BACKUP] [--since SIZE:ROOT] [--receipt TEXT] [--plant] [--sample]';
const words = process.argv.slice(2);
const file = words[0]?.startsWith('--') === false ? words.shift() : undefined;
const values = { '--since': 'any', '--receipt': 'any' } as const;
demandUnderstood(words, { flags: ['--plant', '--sample'], values }, USAGE);
const valueOf = (name: string) => words[words.indexOf(name) + 1] ?? '';
const [plant, isSample] = [words.includes('--plant'), words.includes('--sample')];
const county = COUNTY.code;
const folder = mkdtempSync(path.join(tmpdir(), 'daiban-receipts-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function stop(...why: string[]): never {
  for (const line of why) console.error(line);
  process.exit(2);
}

const named = isSample ? { DATA_DIR: path.join(folder, 'sample'), DATABASE_URL: undefined } : {};
const env = readEnv({ ...process.env, NODE_ENV: undefined, ...named });
if (!env.ok) stop(...env.error);

function sinceRoot(): SaidRoot[] {
  if (!words.includes('--since')) return [];
  const said = /^(\d+):([\w-]{43})$/.exec(valueOf('--since'));
  if (said === null) stop('--since wants SIZE:ROOT as it was printed', `usage: ${USAGE}`);
  return [{ size: Number(said[1]), root: said[2] ?? '', by: 'the root that was written down' }];
}

type Db = Kysely<CountyTables>;
const asTables = (db: unknown) => db as Db;

/** A root of its own over a copy, by a key that goes with it: that of the county signs no copies. */
async function signCopy(db: Db): Promise<void> {
  for (const table of ['evidence_point', 'evidence_key'] as const)
    await db.deleteFrom(table).execute();
  const keyFile = path.join(folder, 'key.json');
  const now = () => new Date().toISOString() as Instant;
  await makePoint({ db, county, keyFile, now, lockHead: false });
}

async function opened(settings: ServerEnv): Promise<Db> {
  if (file !== undefined && !existsSync(file)) stop(`There is no file ${file}.`);
  if (file !== undefined) return asTables(openFile(file));
  if (settings.postgresUrl === null && !existsSync(settings.databaseFile))
    stop(`There is no database at ${settings.databaseFile}. Is DATA_DIR right?`);
  return asTables((await openDatabase(settings)).db);
}

/** The log, its tree, its roots. */
async function lookAtTree(db: Db, findings: Findings, more: readonly SaidRoot[] = []) {
  const seen = { rows: 0, leaves: 0, points: 0, keys: 0 };
  for (const head of await headsOf(db)) {
    const watch = await watchEvidence(db, { county: head.county, more }, findings);
    seen.rows += await verifyLog(db, head, { findings, page: watch.page });
    const { leaves, points, keys } = await watch.end();
    seen.leaves += leaves;
    seen.points += points;
    seen.keys += keys;
  }
  return seen;
}

/** Whether the tree and the receipts both see each of the alterations, in a copy each. */
async function planted(settings: ServerEnv) {
  const sound = path.join(folder, 'sound.sqlite');
  if (file === undefined) await takeSnapshot(settings, sound);
  else copyFileSync(file, sound);
  const begin = asTables(openFile(sound));
  await signCopy(begin);
  const receipts = await receiptsNow(begin, county);
  await begin.destroy();
  const [byTree, byReceipt]: [string[], string[]] = [[], []];
  for (const { name, alter } of REWRITES) {
    const copy = path.join(folder, `${name}.sqlite`);
    copyFileSync(sound, copy);
    const db = asTables(openFile(copy));
    await alter(db, county);
    const [tree, shown] = [noFindings(), noFindings()];
    await lookAtTree(db, tree);
    await verifyReceipts({ db, county }, receipts, shown);
    await db.destroy();
    for (const fault of [...tree.faults, ...shown.faults]) console.error(`  ${name}: ${fault}`);
    if (tree.broken > 0) byTree.push(name);
    if (shown.broken > 0) byReceipt.push(name);
  }
  const counts = { planted: REWRITES.length, byTree: byTree.length, byReceipt: byReceipt.length };
  const attempts = REWRITES.length * receipts.length;
  return {
    ...counts,
    attempts,
    minimum: REWRITES.length,
    broken: byTree.length,
    receipts: receipts.length,
  };
}

/** A receipt that somebody holds, as its page would judge it. */
async function ownReceipt(db: Db, findings: Findings): Promise<void> {
  if (!words.includes('--receipt')) return;
  const text = valueOf('--receipt').replace(/^.*#/, '');
  const digest = async (bytes: Uint8Array) => sha256(Uint8Array.from(bytes));
  const verdict = await verifyReceipt(digest, text, await keysOf(db, county));
  const receipt = readReceipt(text)?.receipt;
  findings.attempts += 1;
  if (verdict.kind !== 'signed') return say(findings, `the receipt is none: ${verdict.kind}`);
  if (receipt !== undefined) await verifyReceipts({ db, county }, [receipt], findings);
}

async function look(settings: ServerEnv) {
  const db = await opened(settings);
  const findings = noFindings();
  await growTree(db, county);
  const seen = await lookAtTree(db, findings, sinceRoot());
  const receipts = await receiptsNow(db, county);
  const shown = await verifyReceipts({ db, county }, receipts, findings);
  await ownReceipt(db, findings);
  const point = await newestPoint({ db, county });
  const cases = await db
    .selectFrom('cases')
    .select(({ fn }) => fn.countAll().as('n'))
    .execute();
  await db.destroy();
  for (const fault of findings.faults) console.error(`  ${fault}`);
  if (point === null)
    console.error('No root was signed yet: the running server signs one in five minutes.');
  const { attempts, broken } = findings;
  const minimum = Math.max(1, seen.rows + Number(cases[0]?.n ?? 0));
  const root = point === null ? null : `${point.size}:${point.root}`;
  return { ...shown, ...seen, attempts, minimum, broken, root };
}

if (isSample) {
  await seedDemo({ dataDir: env.value.dataDir });
  const { db } = await openDatabase(env.value);
  await signCopy(asTables(db));
  await db.destroy();
}
const started = Date.now();
const { attempts, minimum, broken, ...seen } = await (plant ? planted(env.value) : look(env.value));
console.log(JSON.stringify({ ...seen, attempts, minimum, broken, ms: Date.now() - started }));
process.exit(broken === 0 && attempts >= minimum ? 0 : 1);
