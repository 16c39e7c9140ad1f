/**
 * npm start: the county server in earnest. Reads its settings from the environment
 * (docs/OPERATIONS.md), says in plain words what is wrong with them, and serves the built app.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
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

/**
 * Why nobody can listen there, as a sentence; null when one can.
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | null>}
 */
function whyNoPort(port, host) {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      if (code === 'EADDRINUSE')
        resolve(
          `Port ${port} is in use by another program. Stop that one, or choose another PORT.`,
        );
      else if (code === 'EACCES')
        resolve(`This user may not listen on port ${port}. Choose a PORT above 1023.`);
      else
        resolve(
          `HOST ${host} is no address of this machine (${code}). Leave HOST away, or mend it.`,
        );
    });
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}

/** Runs this file again under the Node that package-lock.json pins. */
function startAgain() {
  const child = spawn(pinnedNode(), [import.meta.filename], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

async function start() {
  // In earnest unless somebody says otherwise: only the demo and the tests do.
  process.env.NODE_ENV ||= 'production';
  await import('./house/umask.ts');
  await import('./house/no-proto.ts');
  const { readEnv } = await import('../src/lib/server/env.ts');
  const env = readEnv(process.env);
  if (!env.ok) return refuse(env.error.join('\n» '));
  const { dataDir, origin, port, host, web } = env.value;
  const taken = await whyNoPort(port, host);
  if (taken !== null) return refuse(taken);
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

if (!existsSync(path.join(ROOT, 'node_modules', '.package-lock.json')))
  refuse('Nothing is installed yet. Run: npm ci && npm run build');
else if (newEnough) await start();
else startAgain();
