// npm run backup -- FILE: one verified file with the whole county, also while the server runs.
import { makeBackup } from '../src/lib/server/jobs/backup.ts';
import { readEnv } from '../src/lib/server/env.ts';

const file = process.argv[2];
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (file === undefined || !env.ok) {
  console.error(env.ok ? 'usage: npm run backup -- FILE' : env.error.join('\n'));
  process.exit(2);
}
const made = await makeBackup(env.value, file);
if (!made.ok) {
  console.error('The backup does not count:');
  for (const fault of made.error) console.error(`  ${fault}`);
  process.exit(1);
}
const { rows, media, bytes, heads } = made.value;
console.error('Backup made, put back elsewhere and verified there. Tablets now show it as 备份.');
console.log(JSON.stringify({ file, bytes, rows, media, heads }));
