/**
 * `npm run -s rescue -- USER`: lets somebody in again who can sign in no more (auth/rescue.ts). On
 * SQLite the server must be stopped. One JSON line with the new passphrase, which is shown once.
 */
import './house/umask.ts';
import { rescue } from '../src/lib/server/auth/rescue.ts';
import { openContainer, StartRefused } from '../src/lib/server/container.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { openRoom } from '../src/lib/server/room.ts';

function stop(why: string, code: number): never {
  console.error(why);
  process.exit(code);
}

const [userName, ...more] = process.argv.slice(2);
if (userName === undefined || more.length > 0) stop('usage: npm run -s rescue -- USER', 2);
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (!env.ok) stop(env.error.join('\n'), 2);
const container = await openContainer(env.value).catch((error: unknown) => {
  if (error instanceof StartRefused) stop(error.message, 1);
  throw error;
});
try {
  const { accounts } = await openRoom(container);
  const { store, county } = container;
  const done = await rescue({ accounts, store, county }, userName);
  if (!done.ok) stop(`There is no account ${userName}.`, 1);
  console.error('Signs in with this passphrase now, without a second factor. Change it in 设置.');
  console.log(JSON.stringify({ user: userName, passphrase: done.value.passphrase }));
} finally {
  await container.close();
}
