/**
 * npm start: the county server in earnest. Reads its settings from the environment
 * (docs/OPERATIONS.md), says in plain words what is wrong with them, and serves the built app.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, pinnedNode, say } from './house/ground.mjs';

const NODE_MIN = /** @type {const} */ ([24, 7]);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);

/** @param {string} line */
function refuse(line) {
  say(line);
  process.exit(1);
}

/** Runs this file again under the Node that package-lock.json pins. */
function startAgain() {
  const child = spawn(pinnedNode(), [import.meta.filename], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

async function start() {
  if (process.env.DAIBAN_DEMO !== '1') process.env.NODE_ENV ??= 'production';
  const { readEnv } = await import('../src/lib/server/env.ts');
  const env = readEnv(process.env);
  if (!env.ok) return refuse(env.error.join('\n» '));
  const { dataDir, origin, port, host, web } = env.value;
  const built = path.join(ROOT, 'build', 'index.js');
  if (!existsSync(built)) return refuse('The app is not built yet. Run: npm run build');
  Object.assign(process.env, {
    ORIGIN: origin,
    PORT: String(port),
    HOST: host,
    DATA_DIR: dataDir,
    ...web,
  });
  try {
    await import(pathToFileURL(built).href);
    say(`serving ${origin} on port ${port}, data in ${dataDir}`);
  } catch (error) {
    const refused = error instanceof Error && error.name === 'StartRefused';
    refuse(refused ? error.message : `The server did not start: ${String(error)}`);
  }
}

if (newEnough) await start();
else startAgain();
