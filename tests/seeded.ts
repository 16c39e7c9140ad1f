/** Copies of a seeded county: its folder, and the keys that lie beside the folder and not in it. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Folder of a sample county with its recovery key that `npm test` has seeded for all lanes: to be
 * copied, never worked in. Null where a test runs by itself.
 */
export const seededBefore = (): string | null => process.env['DAIBAN_SEEDED'] ?? null;

/** Key files beside a data folder: `county.sealing-keys.json` for `county`. */
const keysBeside = (dataDir: string): string[] => {
  const { dir, base } = path.parse(path.resolve(dataDir));
  return readdirSync(dir).filter((name) => name.startsWith(`${base}.`) && name.endsWith('.json'));
};

/** A county of its own: what the template holds, opened by the same keys. */
export function copyCounty(template: string, dataDir: string): void {
  cpSync(template, dataDir, { recursive: true });
  const { dir, base } = path.parse(path.resolve(template));
  for (const name of keysBeside(template))
    cpSync(path.join(dir, name), `${path.resolve(dataDir)}${name.slice(base.length)}`);
}

/** The folder and its keys go. */
export function removeCounty(dataDir: string): void {
  const { dir } = path.parse(path.resolve(dataDir));
  for (const name of keysBeside(dataDir)) rmSync(path.join(dir, name), { force: true });
  rmSync(dataDir, { recursive: true, force: true });
}
