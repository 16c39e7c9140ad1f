// npm run check: format, lint, types, walls and the lists that must be equal. Stops at nothing:
// every check runs, so that one look shows all that is wrong.
import { ensureInstalled, pinnedNode, run, say } from './house/ground.mjs';

ensureInstalled();
const node = pinnedNode();
run('svelte-kit', ['sync'], { quiet: true });

/** @type {[name: string, command: string, args: string[]][]} */
const CHECKS = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['--max-warnings', '0', '.']],
  [
    'types',
    'svelte-check',
    ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  ],
  ['types of the service worker', 'tsc', ['-p', 'src/service-worker/tsconfig.json']],
  ['walls', 'depcruise', ['src', '--output-type', 'err']],
  ['rules have tests', node, ['scripts/house/rules.ts']],
  ['seed rows have tests', node, ['scripts/house/seeds.ts']],
];

let failed = 0;
for (const [name, command, args] of CHECKS) {
  const started = Date.now();
  const result = run(command, args, { quiet: true });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (result.code === 0) say(`${name}: good (${seconds} s)`);
  else {
    failed += 1;
    process.stdout.write(result.out);
    say(`${name}: FAILED (${seconds} s)`);
  }
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
