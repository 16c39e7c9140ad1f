/** The routes as they lie on disk, beside the reviewed list of whom each answers. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROUTES = path.resolve(import.meta.dirname, '../../src/routes');

/** `desk/(in)/case/[id]/+page.svelte` → `/desk/case/[id]`. */
const addressOf = (file: string): string => {
  const parts = path.dirname(file).split(path.sep);
  return `/${parts.filter((part) => part !== '.' && !part.startsWith('(')).join('/')}`;
};

/** Names of the forms that a page takes: the keys of its `actions`. */
function formsOf(file: string): string[] {
  if (!file.endsWith('+page.server.ts')) return [];
  const [, actions = ''] = readFileSync(path.join(ROUTES, file), 'utf8').split('const actions');
  return [...actions.matchAll(/^ {2}(\w+)[:,(]/gm)].map(
    ([, name]) => `${addressOf(file)}?/${name ?? ''}`,
  );
}

/** Every address that a page or an endpoint answers, and every form that a page takes. */
export function routesOnDisk(): string[] {
  const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' });
  const doors = files.filter((file) => /\+(page\.svelte|page\.server\.ts|server\.ts)$/.test(file));
  return [...new Set(doors.flatMap((file) => [addressOf(file), ...formsOf(file)]))].sort();
}

interface RouteRow {
  readonly route: string;
  readonly who: string;
  /** Who did not say lately who he is says it again first. */
  readonly asks: boolean;
}

/** The reviewed list. */
export function routeRows(): RouteRow[] {
  const text = readFileSync(path.join(import.meta.dirname, 'routes.csv'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.slice(1).map((line) => {
    const [route = '', who = '', proof = ''] = line.split(';');
    return { route, who, asks: proof === 'asks' };
  });
}

/** Route → whom it answers, as the reviewed list says. */
export const routesExpected = (): ReadonlyMap<string, string> =>
  new Map(routeRows().map(({ route, who }) => [route, who]));

/** Routes that only one side knows. */
export function routesUnspoken(): string[] {
  const onDisk = routesOnDisk();
  const expected = routesExpected();
  return [
    ...onDisk.filter((route) => !expected.has(route)).map((r) => `${r} has no row in routes.csv`),
    ...[...expected.keys()].filter((r) => !onDisk.includes(r)).map((r) => `${r} is not on disk`),
  ];
}
