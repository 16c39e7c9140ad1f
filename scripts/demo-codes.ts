// node scripts/demo-codes.ts DATA_DIR: a sample county that was used or slept gets new codes for its
// tablets, in demo-accounts.json.
import './house/umask.ts';
import { openContainer } from '../src/lib/server/container.ts';
import { freshDemoCodes } from '../src/lib/server/demo/codes.ts';
import { readEnv } from '../src/lib/server/env.ts';

const [dataDir] = process.argv.slice(2);
if (!dataDir) {
  console.error('usage: node scripts/demo-codes.ts DATA_DIR');
  process.exit(2);
}
const databaseUrl = process.env['DATABASE_URL'];
const env = readEnv({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, DAIBAN_DEMO: '1' });
if (!env.ok) throw new Error(env.error.join('\n'));
const container = await openContainer(env.value);
try {
  await freshDemoCodes(container);
} finally {
  await container.close();
}
