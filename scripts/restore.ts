// npm run restore -- FILE: puts a backup back (server stopped) and begins a new epoch.
// npm run restore -- --announce: a copy was put back by hand; only begins the new epoch.
import { readEnv } from '../src/lib/server/env.ts';
import { announceRestore, restoreBackup } from '../src/lib/server/jobs/restore.ts';

const file = process.argv[2];
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (file === undefined || !env.ok) {
  console.error(env.ok ? 'usage: npm run restore -- FILE | --announce' : env.error.join('\n'));
  process.exit(2);
}
const done =
  file === '--announce' ? announceRestore(env.value) : await restoreBackup(file, env.value);
if (!done.ok) {
  console.error('Nothing was changed:');
  for (const fault of done.error) console.error(`  ${fault}`);
  process.exit(1);
}
console.error('Restored. Tablets will look back and send again what this copy lacks.');
const { rows, heads } = done.value;
const before = 'before' in done.value ? done.value.before : null;
console.log(JSON.stringify({ rows, heads, before }));
