/** Cells for which there is nothing to ask: the reviewed list with its reasons. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Row {
  readonly line: string;
  readonly roles: readonly string[];
  readonly relations: readonly string[];
  readonly actions: readonly string[];
}

const words = (cell = ''): string[] => cell.split(' ').filter((word) => word !== '');

const rows: readonly Row[] = readFileSync(path.join(import.meta.dirname, 'no-address.csv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .slice(1)
  .map((line) => {
    const [roles, relations, actions, reason = ''] = line.split(';');
    if (reason.trim() === '') throw new Error(`a row without its reason: ${line}`);
    return { line, roles: words(roles), relations: words(relations), actions: words(actions) };
  });

const holds = (list: readonly string[], word: string): boolean =>
  list.includes('*') || list.includes(word);

const needed = new Set<Row>();

/** Whether the list says that no address asks this cell. */
export function withoutAddress(role: string, relation: string, action: string): boolean {
  const found = rows.find(
    (row) => holds(row.roles, role) && holds(row.relations, relation) && holds(row.actions, action),
  );
  if (found !== undefined) needed.add(found);
  return found !== undefined;
}

/** Rows that no cell needed since the start. */
export const needless = (): string[] =>
  rows.filter((row) => !needed.has(row)).map(({ line }) => `no-address.csv: nothing needs ${line}`);
