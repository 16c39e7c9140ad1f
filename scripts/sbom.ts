/**
 * `npm run -s sbom [-- --out FILE] [--plant]`: writes the software bill of materials (CycloneDX 1.6,
 * JSON) to FILE, else to build/sbom.cdx.json, from the lockfile; every part with version, licence,
 * SHA-512 and where it runs. Then it holds the bill against what is installed; one JSON line.
 *
 * `--plant` changes one version in the bill: that must be seen. Exit 0 only when nothing differs,
 * no part is without hash or licence, and no part that runs has a licence nobody has read.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demandUnderstood } from './house/options.ts';
import { componentsOf, importsOf, sbomOf, type Locked } from './house/sbom.ts';

const ROOT = path.join(import.meta.dirname, '..');
const PARTS_MIN = 300;
/** Licences that were read and fit Apache-2.0 for what runs at a county or on a tablet. */
const READ = new Set([
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'],
  '(MIT OR Apache-2.0)',
  // sharp's own libraries: linked as files of their own, as the LGPL wants it.
  ...['LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later'],
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
]);

const words = process.argv.slice(2);
const options = { flags: ['--plant'], values: { '--out': 'any' } } as const;
demandUnderstood(words, options, 'npm run -s sbom [-- --out FILE] [--plant]');
const named = words.indexOf('--out');
const out = path.resolve(named < 0 ? path.join(ROOT, 'build/sbom.cdx.json') : words[named + 1]!);

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { name: string; packages: Locked };
const locked: Record<string, Locked[string]> = { ...lock.packages };
if (words.includes('--plant')) locked['node_modules/zod'] = { version: '0.0.1' };

/** Packages that the app's own sources import; what a test alone imports is a tool. */
const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte|css)$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => read(path.join('src', file)));
const imported = [...new Set(sources.flatMap(importsOf))].filter(
  (name) => locked[`node_modules/${name}`] !== undefined && !name.startsWith('@types/'),
);

const parts = componentsOf(locked, imported);
const runs = parts.filter(({ scope }) => scope !== 'excluded');
const licenceOf = ({ licenses: [one] }: (typeof parts)[number]): string =>
  one === undefined ? '' : 'expression' in one ? one.expression : one.license.id;
const counts = {
  differing: 0,
  notInstalled: 0,
  withoutHash: parts.filter(({ hashes }) => hashes.length === 0).length,
  withoutLicence: parts.filter((one) => licenceOf(one) === '').length,
  licenceUnread: runs.filter((one) => !READ.has(licenceOf(one))).length,
};
let compared = 0;
for (const [folder, part] of Object.entries(locked)) {
  const file = path.join(ROOT, folder, 'package.json');
  if (folder === '') continue;
  if (!existsSync(file)) {
    // Parts of other platforms are in the lockfile and not on this machine.
    if (part.optional !== true) counts.notInstalled += 1;
    continue;
  }
  compared += 1;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  if (version !== part.version) counts.differing += 1;
}

mkdirSync(path.dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(sbomOf(locked, imported, lock.name), null, 1)}\n`);
const place = (of: string) => parts.filter((one) => one.properties[0]?.value === of).length;
const places = { server: place('server'), browser: place('browser'), tools: place('tools') };
console.log(
  JSON.stringify({ parts: parts.length, minimum: PARTS_MIN, ...places, compared, ...counts }),
);
process.exit(
  parts.length >= PARTS_MIN && Object.values(counts).every((count) => count === 0) ? 0 : 1,
);
