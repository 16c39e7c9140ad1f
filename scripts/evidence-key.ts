/**
 * `npm run -s evidence-key [-- --new | --lost]`: the keys that sign roots and receipts.
 *
 * Without a word it prints the list. `--new` makes the next key, signed by the one before, whose
 * private half goes: once a year, or when somebody may have read the file. `--lost` begins a new
 * list where the file is gone for ever: receipts of before are still seen to be genuine, but no
 * newer root leads to them. The running server takes a new key at its next signature.
 */
import './house/umask.ts';
import type { Kysely } from 'kysely';
import { openDatabase } from '../src/lib/server/container.ts';
import { COUNTY } from '../src/lib/server/county.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { readSigner, renewSigner } from '../src/lib/server/evidence/key.ts';
import { keysOf } from '../src/lib/server/evidence/points.ts';
import type { CountyTables } from '../src/lib/server/store/tables.ts';
import { demandUnderstood } from './house/options.ts';

const USAGE = 'npm run -s evidence-key [-- --new | --lost]';
const words = process.argv.slice(2);
demandUnderstood(words, { flags: ['--new', '--lost'] }, USAGE);
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (!env.ok || words.length > 1) {
  console.error(env.ok ? `usage: ${USAGE}` : env.error.join('\n'));
  process.exit(2);
}
const file = env.value.evidenceKeyFile;
const at = new Date().toISOString();
const before = await readSigner(file);

async function afterLoss() {
  if (before !== null) {
    console.error(`The key is still at ${file}: nothing was done. For a new one: --new`);
    process.exit(1);
  }
  if (!env.ok) return null;
  const { db } = await openDatabase(env.value);
  const known = await keysOf(db as unknown as Kysely<CountyTables>, COUNTY.code);
  await db.destroy();
  return renewSigner(file, at, known);
}

async function after() {
  if (words.includes('--lost')) return afterLoss();
  if (before === null) {
    console.error(`There is no key at ${file} yet: the server makes it at its first signature.`);
    process.exit(1);
  }
  return words.includes('--new') ? renewSigner(file, at) : before;
}

const signer = await after();
for (const { keyId, madeAt, signedBy } of signer?.keys ?? [])
  console.error(
    `  ${keyId}  made ${madeAt}, signed by ${signedBy === keyId ? 'itself' : signedBy}`,
  );
console.log(JSON.stringify({ file, keyId: signer?.keyId, keys: signer?.keys.length ?? 0 }));
