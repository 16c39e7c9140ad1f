/** What the check found, and the answers of the expected table by role, relation and action. */
import { expectedCells } from './expected.ts';
import type { Person } from './cast.ts';

export interface Found {
  /** Cells asked over HTTP. */
  cells: number;
  attempts: number;
  forged: number;
  readonly wrong: string[];
  readonly forgedAccepted: string[];
  readonly leaks: string[];
}

export const nothingFound = (): Found => ({
  ...{ cells: 0, attempts: 0, forged: 0, wrong: [], forgedAccepted: [], leaks: [] },
});

let table: ReadonlyMap<string, boolean> | null = null;

/** Whether the table allows it; throws for a cell that no row speaks of. */
export function allowed(person: Person, relation: string, action: string): boolean {
  table ??= new Map(
    expectedCells().map((c) => [`${c.role} ${c.state} ${c.relation} ${c.action}`, c.may]),
  );
  const roles = person.role === 'all' ? ['O5', 'O3', 'T', 'D', 'A'] : [person.role];
  return roles.some((role) => {
    const may = table?.get(`${role} ${person.state} ${relation} ${action}`);
    if (may === undefined) throw new Error(`no row for ${role} ${relation} ${action}`);
    return may;
  });
}

/** At the desk or not: every role in force but the agent's. */
export const isAtDesk = ({ role, state }: Person): boolean =>
  state === 'active' && !['A', 'V', 'S'].includes(role);
