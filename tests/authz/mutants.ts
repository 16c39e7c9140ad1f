/**
 * Bugs that can be planted in `can()`: its text and that of its neighbours is changed while
 * Node loads a second copy of them. Nothing of this is in what ships.
 */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Can } from './matrix.ts';

const DOMAIN = pathToFileURL(path.resolve(import.meta.dirname, '../../src/lib/domain')).href;

export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly put: string;
}

const permissions = (name: string, find: string, put: string): Mutant => ({
  ...{ name, file: 'permissions.ts', find, put },
});

export const MUTANTS: readonly Mutant[] = [
  permissions(
    'a sealed case is for the whole office',
    "=== 'O' && grant.sealedList === true",
    "=== 'O'",
  ),
  permissions(
    'the recused reads on',
    "if (sight.recusedIds.includes(subject.personId)) return 'RECUSED';",
    '',
  ),
  permissions('the named reads on', "return named ? 'NAMED_IN_CASE' : null;", 'return null;'),
  permissions(
    'the accused unit reads',
    "if (isAccusedSide(grant, sight)) return 'ACCUSED_UNIT';",
    '',
  ),
  permissions(
    'the village agents of the accused read',
    'return grant.areaCode === accusedArea;',
    'return false;',
  ),
  permissions(
    'a unit reads who complains of it',
    "return asUnit && !isTold(grant, sight) ? 'IDENTITY_WITHHELD' : null;",
    'return null;',
  ),
  permissions(
    'a unit reads the words of who complains of it',
    "return hidden ? 'WORDS_WITHHELD' : null;",
    'return null;',
  ),
  permissions(
    'ratings before the end',
    "return action === 'rating.view' && ownRole && !ended ? 'NOT_YET' : null;",
    'return null;',
  ),
  permissions(
    'the office of one county reads all counties',
    "scope !== null && code !== '' && isWithinArea(code as AreaCode, scope);",
    "scope !== null && code !== '';",
  ),
  permissions('P3 after the end', '&& !TERMINAL.some((s) => s === sight.status)', ''),
  {
    name: 'only the exact name shuts out',
    file: 'accused.ts',
    find: 'readOf(accused).folded.includes(own)',
    put: 'accused.name === name',
  },
  permissions(
    'a surname with an office shuts nobody out',
    'return mayMean(respondent, subject.name, close);',
    'return false;',
  ),
  {
    name: 'a unit is accused by its id alone',
    file: 'accused.ts',
    find: 'if (wordsOfUnit(unitId).some((word) => text.includes(word))) return true;',
    put: '',
  },
  {
    name: 'a grant has no end',
    file: 'grants.ts',
    find: '(grant.to === null || isAfter(grant.to, at))',
    put: 'true',
  },
  {
    name: 'a registrar closes cases',
    file: 'role-acts.ts',
    find: 'O1: new Set([...ANY_CLERK, ...REGISTRAR]),',
    put: 'O1: new Set([...ANY_CLERK, ...REGISTRAR, ...REVIEWER]),',
  },
];

const planted = new Map(MUTANTS.map((one, n) => [`mutant=${n}`, one]));
let hooked = false;

/** Copies of the domain that are asked for with `?mutant=n` come with that bug in them. */
function hook(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      const mark = /\?(mutant=\d+)$/.exec(context.parentURL ?? '')?.[1];
      const isOurs = found.url.startsWith(DOMAIN) && found.url.endsWith('.ts');
      return mark !== undefined && isOurs ? { ...found, url: `${found.url}?${mark}` } : found;
    },
    load: (url, context, next) => {
      const [file = '', mark = ''] = url.split('?');
      const mutant = planted.get(mark);
      const loaded = next(mutant === undefined ? url : file, context);
      if (mutant === undefined || file !== `${DOMAIN}/${mutant.file}`) return loaded;
      const parts = String(loaded.source).split(mutant.find);
      if (parts.length !== 2)
        throw new Error(`"${mutant.name}" fits ${parts.length - 1} times: ${mutant.find}`);
      return { ...loaded, source: parts.join(mutant.put) };
    },
  });
}

/** `can()` with bug `n` in it. */
export async function mutantCan(n: number): Promise<Can> {
  hook();
  const module = (await import(`${DOMAIN}/permissions.ts?mutant=${n}`)) as { can: Can };
  return module.can;
}
