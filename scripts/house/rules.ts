// Proves that docs/RULES.md and the tests name the same rules: no rule without a test, no test
// that names a rule which is not written down.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TESTS_MIN = 40;

/** @returns all files below `dir` whose name matches */
export function filesBelow(dir: string, name: RegExp): string[] {
  return readdirSync(path.join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .map((file) => path.join(dir, file));
}

const ruleId = /^\| *([A-Z]{1,2}\d+[a-z]?) *\|/gm;
const written = new Set<string>();
for (const [, id] of readFileSync(path.join(ROOT, 'docs/RULES.md'), 'utf8').matchAll(ruleId)) {
  if (!id) continue;
  if (written.has(id)) {
    console.log(`docs/RULES.md names ${id} twice`);
    process.exitCode = 1;
  }
  written.add(id);
}

const tested = new Map<string, string>();
const testFile = /\.(test|contract|e2e)\.ts$/;
for (const file of [...filesBelow('src', testFile), ...filesBelow('tests', testFile)]) {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  for (const [, ids] of text.matchAll(
    // the second way is that of it.each(table)('[ID1] …'), whose table may be long
    /(?:(?:it|test|describe)(?:\.\w+)?\([\s\S]{0,80}?|\)\(\s*)['"`]((?:\[[^\]'"`]+\] ?)+)/g,
  ))
    for (const id of (ids ?? '').split(/[[\] ,]+/))
      if (id && !id.includes('$')) tested.set(id, file);
}

const untested = [...written].filter((id) => !tested.has(id));
const unwritten = [...tested].filter(([id]) => !written.has(id));
for (const id of untested) console.log(`rule ${id} of docs/RULES.md has no test`);
for (const [id, file] of unwritten)
  console.log(`${file} names ${id}, which docs/RULES.md does not have`);
const bad = untested.length + unwritten.length;
console.log(
  JSON.stringify({
    rules: written.size,
    minimum: TESTS_MIN,
    untested: untested.length,
    unwritten: unwritten.length,
  }),
);
if (bad || written.size < TESTS_MIN) process.exitCode = 1;
