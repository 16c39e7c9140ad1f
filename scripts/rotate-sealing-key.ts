/**
 * `npm run -s rotate-sealing-key [-- --key=FILE | --shares]`: a new current key in SEALING_KEY_FILE for
 * sealed cases; the one before stays in force beside it. A running server takes it within a minute.
 * Where the file is lost, a recovery key (its file, or two sheets) opens what lies under it, and a new
 * file is made. One JSON line; exit 1 when a key of the database opens with none of them.
 */
import type { Kysely } from 'kysely';
import { openDatabase } from '../src/lib/server/container.ts';
import { COUNTY } from '../src/lib/server/county.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { rotateSealing } from '../src/lib/server/sealing/rotate.ts';
import type { CountyTables } from '../src/lib/server/store/tables.ts';
import { recoveryKeyOf } from './house/recovery-key.ts';

const flags = new Set(process.argv.slice(2));
const known = [...flags].every((flag) => flag === '--shares' || flag.startsWith('--key='));
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (!env.ok || !known || flags.size > 1) {
  console.error(
    env.ok
      ? 'usage: npm run -s rotate-sealing-key [-- --key=FILE | --shares]'
      : env.error.join('\n'),
  );
  process.exit(2);
}
const opener = await recoveryKeyOf(flags).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
});
const { db } = await openDatabase(env.value);
try {
  const done = await rotateSealing({
    ...{ db: db as unknown as Kysely<CountyTables>, county: COUNTY.code, opener },
    ...{ file: env.value.sealingKeyFile, now: new Date().toISOString() },
  });
  if (!done.ok) console.error(done.error);
  else console.log(JSON.stringify({ county: COUNTY.code, ...done.value }));
  process.exitCode = done.ok && done.value.opened === done.value.keys ? 0 : 1;
} finally {
  await db.destroy();
}
