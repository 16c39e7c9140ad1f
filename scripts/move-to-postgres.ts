// npm run move-to-postgres -- postgres://USER:PASSWORD@HOST:5432/DATABASE (server stopped): all
// tables of the SQLite file in DATA_DIR into an empty database, checked there. The media stay.
import './house/umask.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { moveToPostgres } from '../src/lib/server/jobs/move.ts';

const [url, ...more] = process.argv.slice(2);
const env = readEnv({ ...process.env, NODE_ENV: undefined });
const target = readEnv({ DATABASE_URL: url });
if (!env.ok || url === undefined || more.length > 0 || !target.ok || !target.value.postgresUrl) {
  const usage = 'usage: npm run move-to-postgres -- postgres://USER:PASSWORD@HOST:5432/DATABASE';
  console.error(env.ok ? usage : env.error.join('\n'));
  process.exit(2);
}
const done = await moveToPostgres(env.value, target.value.postgresUrl);
if (!done.ok) {
  console.error(`Nothing was moved: ${done.error}`);
  console.log(JSON.stringify({ moved: false }));
  process.exit(1);
}
const { before, copied, rows, attempts, minimum, heads } = done.value;
console.error(`Done. The SQLite file is kept as ${before}`);
console.error('Start the server with DATABASE_URL naming PostgreSQL; tablets notice nothing.');
console.log(JSON.stringify({ moved: true, copied, events: rows, attempts, minimum, heads }));
