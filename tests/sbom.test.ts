import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { componentsOf, importsOf, packageOf, sbomOf, type Locked } from '../scripts/house/sbom.ts';

const locked: Locked = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '^2' } },
  'node_modules/a/node_modules/b': { version: '2.0.0', license: 'MIT OR ISC' },
  'node_modules/b': { version: '1.0.0', license: 'MIT', dependencies: { c: '1' }, dev: true },
  'node_modules/@s/c': { version: '1.0.0', dev: true },
};
const folder = mkdtempSync(path.join(tmpdir(), 'daiban-sbom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bill of materials', () => {
  it('[AU193] names every part once, what it needs by the folder npm would take, and where it runs', () => {
    const parts = componentsOf({ ...locked, '': { dependencies: { a: '1' } } }, ['b']);
    expect(parts.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:npm/%40s/c@1.0.0', 'excluded'],
      ['pkg:npm/a@1.0.0', 'required'],
      ['pkg:npm/b@1.0.0', 'required'],
      ['pkg:npm/b@2.0.0', 'required'],
    ]);
    expect(parts[3]?.licenses).toEqual([{ expression: 'MIT OR ISC' }]);
    const bill = sbomOf(locked, ['a'], 'x') as { dependencies: { ref: string }[] };
    expect(bill.dependencies).toContainEqual({
      ...{ ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/b@2.0.0'] },
    });
    expect(bill).toEqual(sbomOf(locked, ['a'], 'x'));
  });

  it('[AU193] reads imports of packages, not of files or of Node', () => {
    const text = `import a from 'a/deep'; import '@s/c/x'; await import('d'); @import 'e';
      import fs from 'node:fs'; import './f'; import x from '$lib/g'; export * from "h";`;
    expect(importsOf(text)).toEqual(['a', '@s/c', 'd', 'e', 'h']);
    expect(['./a', 'node:fs', '$app/x', '#x'].map(packageOf)).toEqual([null, null, null, null]);
  });

  it('[AU193] the command holds the bill against what is installed, and sees what differs', () => {
    const file = path.join(folder, 'bill.json');
    const script = path.join(import.meta.dirname, '../scripts/sbom.ts');
    const run = (...words: string[]) => {
      const args = [script, '--out', file, ...words];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { status, told: JSON.parse(stdout) as Record<string, number> };
    };
    const zero = { differing: 0, notInstalled: 0, withoutHash: 0, withoutLicence: 0 };
    const { status, told } = run();
    expect(told).toMatchObject({ ...zero, licenceUnread: 0 });
    expect([status, (told['compared'] ?? 0) > 200]).toEqual([0, true]);
    const bill = JSON.parse(readFileSync(file, 'utf8')) as {
      components: { name: string; properties: { value: string }[] }[];
    };
    const where = (name: string) =>
      bill.components.find((one) => one.name === name)?.properties[0]?.value;
    expect(['kysely', 'svelte', 'dexie', 'vitest'].map(where)).toEqual([
      ...['server', 'browser', 'browser', 'tools'],
    ]);
    const planted = run('--plant');
    expect([planted.status, planted.told['differing']]).toEqual([1, 1]);
  });
});
