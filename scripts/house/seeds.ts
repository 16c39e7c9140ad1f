// Proves that every test named in docs/SEEDS.md exists, and that the rows R01-R36 are all there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STATES = ['works', 'next', 'integration only', 'out'];
const ROWS = 36;
const text = readFileSync(path.join(ROOT, 'docs/SEEDS.md'), 'utf8');
const problems: string[] = [];
let testsNamed = 0;

for (let n = 1; n <= ROWS; n += 1) {
  const id = `R${String(n).padStart(2, '0')}`;
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${id} |`));
  if (rows.length !== 1) {
    problems.push(`${id} stands ${rows.length} times in docs/SEEDS.md`);
    continue;
  }
  const cells = (rows[0] ?? '').split('|').map((cell) => cell.trim());
  const state = cells[3] ?? '';
  const shown = cells[5] ?? '';
  if (!STATES.includes(state))
    problems.push(`${id}: state "${state}" is none of ${STATES.join(', ')}`);
  const named = [...shown.matchAll(/`([^`:]+)(?:: ([^`]+))?`/g)];
  if (state === 'works' && named.length === 0) problems.push(`${id} works, but names no test`);
  for (const [, file = '', title] of named) {
    testsNamed += 1;
    const full = path.join(ROOT, file);
    if (!existsSync(full)) problems.push(`${id}: ${file} does not exist`);
    else if (title && !readFileSync(full, 'utf8').includes(title))
      problems.push(`${id}: ${file} has no test "${title}"`);
  }
}
for (const problem of problems) console.log(problem);
console.log(JSON.stringify({ rows: ROWS, testsNamed, minimum: 12, problems: problems.length }));
if (problems.length || testsNamed < 12) process.exitCode = 1;
