// node scripts/run.mjs FILE ARGS…: runs one of the project's TypeScript commands under the pinned
// Node, installing first when nothing is installed. Plain Node >= 20. It says nothing on stdout, so
// that a command's last line stays its JSON, and ends with the command's own code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, pinnedNode, ROOT, say } from './house/ground.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined || !existsSync(path.resolve(ROOT, file))) {
  say(`no such command: ${file ?? '(none named)'}`);
  process.exit(1);
}
// Only when there is nothing yet: a server may be running from what is installed.
if (!existsSync(path.join(ROOT, 'node_modules', '.package-lock.json'))) ensureInstalled();
const child = spawn(pinnedNode(), [path.resolve(ROOT, file), ...args], { stdio: 'inherit' });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  say(`the command did not start: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
