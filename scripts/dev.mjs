/**
 * npm run dev: the app from its sources, reloaded as they change, over a county of its own in
 * `.data/dev`. With DAIBAN_DEMO=1 that county is the sample one. `--port 5173` chooses the port.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { mustRun, pinnedNode, ROOT, say } from './house/ground.mjs';

const PORT_DEFAULT = '5173';
const at = process.argv.indexOf('--port');
const port = (at < 0 ? undefined : process.argv[at + 1]) ?? process.env.PORT ?? PORT_DEFAULT;
const dataDir = path.resolve(ROOT, process.env.DATA_DIR ?? '.data/dev');
const env = {
  ...process.env,
  DATA_DIR: dataDir,
  PORT: port,
  ORIGIN: process.env.ORIGIN ?? `http://localhost:${port}`,
};

const node = pinnedNode();
if (process.env.DAIBAN_DEMO === '1' && !existsSync(path.join(dataDir, 'demo-accounts.json'))) {
  say('filling the sample county 北禾县 into ' + path.relative(ROOT, dataDir));
  mustRun(node, ['scripts/seed-demo.ts', dataDir]);
}
const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
const server = spawn(node, [vite, 'dev', '--port', port, '--strictPort'], {
  cwd: ROOT,
  stdio: 'inherit',
  env,
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
