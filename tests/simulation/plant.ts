/** Plants a bug: changes the text of the product's files while Node loads them. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mutant, Patch } from './mutant.ts';
import { MUTANTS, TAUGHT } from './mutants.ts';

const ALL = [...MUTANTS, ...TAUGHT];
const LIB = path.resolve(import.meta.dirname, '../../src/lib');
const urlOf = ({ file }: Patch): string => pathToFileURL(path.join(LIB, file)).href;

function patched(text: string, { find, put, file }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`the patch of ${file} fits ${String(parts.length - 1)} times: ${find}`);
  return parts.join(put);
}

/** Every patch that no longer fits the product: a planted bug that is not planted proves nothing. */
export function misfits(): string[] {
  return ALL.flatMap(({ name, patches = [] }) => {
    const files = new Map<string, string>();
    try {
      for (const one of patches) {
        const text = files.get(one.file) ?? readFileSync(path.join(LIB, one.file), 'utf8');
        files.set(one.file, patched(text, one));
      }
      return [];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** From now on the product is loaded with this bug in it; call before anything of it is imported. */
export function plant(name: string): Mutant {
  const mutant = ALL.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`no such bug: ${name}`);
  const { patches = [] } = mutant;
  if (patches.length === 0) return mutant;
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const mine = patches.filter((one) => urlOf(one) === url);
      if (mine.length === 0) return loaded;
      return { ...loaded, source: mine.reduce(patched, String(loaded.source)) };
    },
  });
  return mutant;
}
