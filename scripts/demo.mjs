// npm run demo: installs, builds when the source is newer, fills a sample county on embedded SQLite
// and serves it. `--port 5180` chooses the port, `--fresh` starts the sample county anew.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, mustRun, pinnedNode, ROOT, say } from './house/ground.mjs';

if (process.argv.some((word) => word === '--help' || word === '-h')) {
  say('npm run demo [-- OPTIONS]: a sample county on this machine, with invented cases');
  say('  --port N     the port, 5180 unless told; the next free one when it is taken');
  say('  --data DIR   where it lies, .data/demo unless told');
  say('  --fresh      starts the sample county anew; what was tried in it is gone');
  process.exit(0);
}

const option = (/** @type {string} */ name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const free = (/** @type {number} */ port) =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, process.env.HOST || '127.0.0.1', () => probe.close(() => resolve(true)));
  });

if (process.env.NODE_ENV === 'production') {
  say('the demo has known passwords and does not start with NODE_ENV=production; use npm start');
  process.exit(1);
}
ensureInstalled();
const node = pinnedNode();
ensureBuilt();

let port = Number(option('port') ?? process.env.PORT ?? 5180);
while (!(await free(port))) {
  say(`port ${port} is taken, trying the next`);
  port += 1;
}
const dataDir = path.resolve(ROOT, option('data') ?? '.data/demo');
if (process.argv.includes('--fresh')) rmSync(dataDir, { recursive: true, force: true });
const accountsFile = path.join(dataDir, 'demo-accounts.json');
if (!existsSync(accountsFile)) {
  say('filling the sample county 北禾县 (20 cases with their history)');
  rmSync(dataDir, { recursive: true, force: true });
  mustRun(node, ['scripts/seed-demo.ts', dataDir]);
} else mustRun(node, ['scripts/demo-codes.ts', dataDir]);

// Known passwords: nobody else on the network reaches it unless HOST says so.
const host = process.env.HOST || '127.0.0.1';
const origin = process.env.ORIGIN ?? `http://localhost:${port}`;
const server = spawn(node, ['scripts/start.mjs'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: {
    ...process.env,
    ...{ DATA_DIR: dataDir, PORT: String(port), ORIGIN: origin, HOST: host },
    ...{ DAIBAN_DEMO: '1', NODE_ENV: 'demo' },
    // A real county makes its recovery key first; what is invented may lie in clear.
    BACKUP_PLAIN: process.env.BACKUP_PLAIN ?? '1',
  },
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));

const ready = async () => {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
};
if (!(await ready())) {
  say('the server did not come up within 30 seconds, see its words above');
  server.kill();
  process.exit(1);
}
const { accounts, cards, recovery } = JSON.parse(readFileSync(accountsFile, 'utf8'));
console.log(`
代办通 Daiban is running: ${origin}

  ${origin}/tablet   代理员的平板 (village agent)
  ${origin}/desk     县信访局和单位 (county office, units)
  ${origin}/track    群众查信儿 (public query)

Who can sign in (also in ${path.relative(ROOT, accountsFile)}):
`);
for (const account of accounts)
  console.log(
    `  ${account.user.padEnd(14)} ${account.passphrase.padEnd(18)} ${account.role} ${account.name}`,
  );
const agent = accounts.find((/** @type {{ card?: string }} */ one) => one.card);
if (agent?.codes)
  console.log(`
A tablet's first visit asks for a 登记码 (one-time code), here of the agent ${agent.name}: ${agent.codes.join(', ')}
Those of all agents stand in ${path.relative(ROOT, accountsFile)}; more are made at /desk (设备, 锁和胸牌).`);
if (agent && recovery)
  console.log(`
The first sign-in at /tablet makes the tablet's lock; afterwards a reload or five idle minutes lock it.
  without a camera   用开锁话 (sentence): ${agent.sentence}
  six digits         开锁数 (PIN): ${agent.pin}, alone for what was locked a short time ago
  with a card        ${path.relative(ROOT, path.join(dataDir, cards))}: before the camera, or its letters typed`);
console.log('\nCtrl+C stops it. Nothing here is a real person, place or case.');
