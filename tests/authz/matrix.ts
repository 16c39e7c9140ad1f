/** Runs the expected table against a `can()`, which may be a mutant. */
import type { Action, Scene, Subject } from '../../src/lib/domain/permissions.ts';
import { actsTable, expectedCells, STATES, type Cell } from './expected.ts';
import { ALL_RELATIONS, ALL_ROLES, NOW, objectOf, personOf } from './scenes.ts';

export type Can = (subject: Subject, action: Action, scene: Scene) => boolean;

/** Least number of cells that must be there: fewer means that the table was cut. */
export const CELLS_MIN = 2_500;

const sayCell = ({ role, state, relation, action, may, source }: Cell): string =>
  `${role} ${state} ${relation} ${action}: expected ${may ? 'allowed' : 'refused'} (${source})`;

export interface MatrixResult {
  readonly cells: number;
  readonly allowed: number;
  readonly wrong: readonly string[];
}

/** Every cell asked once. */
export function runMatrix(can: Can): MatrixResult {
  const cells = expectedCells();
  const wrong: string[] = [];
  for (const cell of cells) {
    const me = personOf(cell.role, cell.state, cell.relation);
    const scene = { object: objectOf(me, cell.relation), now: NOW };
    if (can(me, cell.action as Action, scene) !== cell.may) wrong.push(sayCell(cell));
  }
  return { cells: cells.length, allowed: cells.filter(({ may }) => may).length, wrong };
}

/** Pairs of role, state and relation that no row speaks of, and events that no row names. */
export function unspoken(eventTypes: readonly string[]): string[] {
  const spoken = new Set(expectedCells().map((c) => `${c.role} ${c.state} ${c.relation}`));
  const pairs = ALL_ROLES.flatMap((role) =>
    STATES.flatMap((state) => ALL_RELATIONS.map((relation) => `${role} ${state} ${relation}`)),
  );
  const acts = actsTable();
  return [
    ...pairs.filter((pair) => !spoken.has(pair)),
    ...eventTypes.filter((type) => !acts.has(type)),
    ...[...acts.keys()].filter((type) => !eventTypes.includes(type)),
  ];
}
