/**
 * The county of the ingest measurement, a process of its own: SQLite or PostgreSQL by DATABASE_URL,
 * domain judge, accounts with sessions, guards and headers. Told by its parent over IPC how many
 * agents it has; tells its port, their cookies, and at any time what it has used.
 */
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import type { Instant } from '../src/lib/domain/values.ts';
import { createAccount } from '../src/lib/server/auth/accounts.ts';
import { signIn } from '../src/lib/server/auth/sign-in.ts';
import { openContainer } from '../src/lib/server/container.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { openRoom, type Room } from '../src/lib/server/room.ts';
import { listen } from './peer-county.ts';

const SINCE = '2026-01-01T00:00:00Z' as Instant;
const VILLAGE = '230278100200';
const PASSPHRASE = 'a long phrase for the bench';

/** Durable commits of this process, by whatever driver. */
let commits = 0;
const counts = (text: unknown): void => {
  if (typeof text === 'string' && text.toUpperCase() === 'COMMIT') commits++;
};
const { exec } = DatabaseSync.prototype;
/** Planted: answers as if it had committed. */
let forgetful = false;
DatabaseSync.prototype.exec = function (this: DatabaseSync, text) {
  counts(text);
  exec.call(this, forgetful && text === 'COMMIT' ? 'ROLLBACK' : text);
};
const query = Client.prototype.query as (...args: unknown[]) => unknown;
Client.prototype.query = function (this: Client, ...args: unknown[]) {
  counts(args[0]);
  return query.apply(this, args);
} as typeof Client.prototype.query;

async function agentsOf(room: Room, count: number): Promise<{ cookie: string }[]> {
  const agents: { cookie: string }[] = [];
  for (let i = 0; i < count; i++) {
    const userName = `agent${i}`;
    const grants = [{ role: 'A' as const, areaCode: VILLAGE, from: SINCE }];
    const account = { userName, name: `代办员${i}`, passphrase: PASSPHRASE, grants };
    await createAccount(room.accounts, account, 'bench');
    const { auth, limiter } = room;
    const asked = { userName, passphrase: PASSPHRASE, address: `10.0.0.${i}` };
    const outcome = await signIn({ auth, limiter }, asked, new Headers());
    if (outcome.kind !== 'in') throw new Error(`sign-in: ${outcome.kind}`);
    agents.push({
      cookie: outcome.cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    });
  }
  return agents;
}

const env = readEnv(process.env);
if (!env.ok) throw new Error(env.error.join('\n'));
const room = await openRoom(await openContainer(env.value));
if (process.env['COMMIT_ALONE']) {
  // The next body comes in when the one before is on the disk: no two share a commit.
  const { store } = room.container.sync;
  const { transact } = store;
  let before: Promise<unknown> = Promise.resolve();
  const alone: typeof transact = (county, body) => {
    const after = before.then(() => transact(county, body));
    before = after.catch(() => undefined);
    return after;
  };
  Object.assign(store, { transact: alone });
}
const agents = await agentsOf(room, Number(process.env['AGENTS'] ?? 1));
const server = await listen(room);
/** Events of tablets that another connection finds in the file: what is committed. */
function durable(file: string): number {
  const other = new DatabaseSync(file, { readOnly: true });
  const asked = other.prepare("SELECT count(*) FROM log WHERE kind = 'event' AND dv <> 'county'");
  const rows = Number(Object.values(asked.get() ?? {})[0]);
  other.close();
  return rows;
}

const { databaseFile } = env.value;
process.on('message', (word) => {
  if (word === 'used')
    process.send?.({ used: { ...process.cpuUsage(), commits, rows: durable(databaseFile) } });
  if (word === 'plant') forgetful = true;
  if (word !== 'stop') return;
  void server.close().then(() => process.exit(0));
});
process.send?.({ ready: { port: server.port, agents } });
