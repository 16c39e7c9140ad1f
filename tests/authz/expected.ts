/** The expected table: rows of two reviewed files, expanded. Knows nothing of `can()`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One cell: may this role, by a grant in this state, do this to a case in this relation? */
export interface Cell {
  readonly role: string;
  readonly state: string;
  readonly relation: string;
  readonly action: string;
  readonly may: boolean;
  /** Section and row of the domain reference. */
  readonly source: string;
}

const SHORT: Readonly<Record<string, string>> = {
  view: 'case.view',
  words: 'case.view_words',
  identity: 'case.view_identity',
  sensitive: 'case.view_sensitive',
  rating: 'rating.view',
  followup: 'followup.view',
};
const OF_A_CASE = [
  ...[
    'case.view',
    'case.view_words',
    'case.view_identity',
    'case.view_sensitive',
    'rating.view',
    'followup.view',
  ],
  ...['export', 'export.sensitive'],
];
const OF_A_PLACE = ['hazard.view', 'stats.view'];
const OF_NOTHING = [
  ...['hazard.view', 'stats.view', 'device.view', 'audit.view', 'export', 'export.sensitive'],
  ...['users.manage', 'settings.manage'],
];
const BEGINNINGS = ['record:case.drafted', 'record:hazard.reported'];

export const STATES = ['active', 'revoked', 'expired', 'not-yet'] as const;

function rowsOf(file: string): string[][] {
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.slice(1).map((line) => line.split(';'));
}

const words = (cell = ''): string[] =>
  cell.split(' ').filter((word) => word !== '-' && word !== '');

/** Event type → roles that may record it, as acts.csv has it. */
export const actsTable = (): ReadonlyMap<string, readonly string[]> =>
  new Map(rowsOf('acts.csv').map(([event = '', roles]) => [event, words(roles)]));

/** The actions that mean something in a relation; all of them are asked, allowed or not. */
function actionsFor(relation: string, events: readonly string[]): readonly string[] {
  if (relation === 'nothing') return OF_NOTHING;
  if (relation.startsWith('area-')) return OF_A_PLACE;
  if (relation === 'new') return BEGINNINGS;
  return [...OF_A_CASE, ...events.map((event) => `record:${event}`)];
}

interface Allowed {
  readonly may: Set<string>;
  readonly sources: string[];
}

/** Every cell of the table; throws where a row is written wrongly. */
export function expectedCells(): Cell[] {
  const acts = actsTable();
  const events = [...acts.keys()];
  const pairs = new Map<string, Allowed>();
  for (const [roles, states, relations, may, ...source] of rowsOf('expected.csv')) {
    if (source.join('').trim() === '') throw new Error(`a row without its source: ${roles ?? ''}`);
    for (const role of words(roles))
      for (const state of words(states))
        for (const relation of words(relations)) {
          const key = `${role} ${state} ${relation}`;
          const pair = pairs.get(key) ?? { may: new Set(), sources: [] };
          pairs.set(key, pair);
          pair.sources.push(source.join('; '));
          for (const word of words(may)) {
            const own = [...acts].flatMap(([event, by]) => (by.includes(role) ? [event] : []));
            if (word === 'acts') for (const event of own) pair.may.add(`record:${event}`);
            else pair.may.add(SHORT[word] ?? word);
          }
        }
  }
  return [...pairs].flatMap(([key, { may, sources }]) => {
    const [role = '', state = '', relation = ''] = key.split(' ');
    const actions = actionsFor(relation, events);
    for (const one of may)
      if (!actions.includes(one)) throw new Error(`${key}: ${one} is asked nowhere`);
    const source = sources.join(' | ');
    return actions.map((action) => ({
      ...{ role, state, relation, action, may: may.has(action), source },
    }));
  });
}
