import { describe, expect, it } from 'vitest';
import { LIFECYCLE } from '../../src/lib/domain/lifecycle.ts';
import { can } from '../../src/lib/domain/permissions.ts';
import { CASES, marksOf, PEOPLE, VILLAGE } from './cast.ts';
import { CELL_CASES, CELL_RELATIONS, HELD_ROLES, standing } from './cells-cast.ts';
import { expectedCells } from './expected.ts';
import { believed, type LogRow, type Sent } from './forge.ts';
import { CELLS_MIN, runMatrix, unspoken } from './matrix.ts';
import { withoutAddress } from './no-address.ts';
import { relationOf } from './relation.ts';
import { routesUnspoken } from './routes.ts';
import { ALL_RELATIONS } from './scenes.ts';

describe('the table of rights written by hand', () => {
  it('[PM11] every role, action, relation and state of a grant is as the table says', () => {
    const { cells, allowed, wrong } = runMatrix(can);
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThanOrEqual(CELLS_MIN);
    expect(allowed).toBeGreaterThan(1_000);
  });

  it('[PM11] no pair and no event is without a row, and every row names its source', () => {
    expect(unspoken(Object.keys(LIFECYCLE))).toEqual([]);
    expect(expectedCells().filter(({ source }) => !source.includes('§'))).toEqual([]);
  });

  it('[PM11] a table that is asked of somebody who may everything is wrong nearly everywhere', () => {
    const { cells, allowed, wrong } = runMatrix(() => true);
    expect(wrong).toHaveLength(cells - allowed);
  });
});

describe('the county of the cells', () => {
  it('[AU551] has everybody in every relation, and no two cases with the same marks', () => {
    for (const role of HELD_ROLES)
      for (const relation of CELL_RELATIONS) expect(standing(role, relation).who).not.toBeNull();
    for (const cases of [CASES, CELL_CASES])
      for (const mark of ['caseId', 'idNo', 'words'] as const)
        expect(new Set(cases.map((one) => marksOf(one)[mark])).size).toBe(cases.length);
    const without = ['new', 'area-own', 'area-foreign', 'nothing'];
    const elsewhere = ['foreign-county', 'sealed-listed-foreign'];
    expect([...CELL_RELATIONS, ...without, ...elsewhere].toSorted()).toEqual(
      ALL_RELATIONS.toSorted(),
    );
  });

  it('[AU551] a cell that no row speaks of has an address', () => {
    expect(withoutAddress('O1', 'own', 'record:case.registered')).toBe(false);
    expect(withoutAddress('A', 'own', 'record:visit.recorded')).toBe(false);
    expect(withoutAddress('O1', 'own', 'record:visit.recorded')).toBe(true);
  });
});

describe('the attack', () => {
  it('[AU55] a route on disk without a row in routes.csv turns the check red', () => {
    expect(routesUnspoken()).toEqual([]);
  });

  it('the cast stands in every relation that pages can show', () => {
    const met = new Set(PEOPLE.flatMap((who) => CASES.map((one) => relationOf(who, one))));
    const shown = [
      ...['own', 'own-elsewhere', 'same-area', 'other-area', 'former', 'as-unit', 'recused'],
      ...[
        'named',
        'accused-county',
        'accused-county-words',
        'accused-village',
        'accused-township',
        'accused-unknown',
      ],
      ...['complained', 'closed', 'sealed', 'sealed-listed', 'sealed-listed-named'],
    ];
    expect(shown.filter((relation) => !met.has(relation))).toEqual([]);
  });

  it('[AU96] every forged field that the log believed is seen', () => {
    const about = { dv: 'd', head: 10, from: '2026-01-01T00:00:00Z' };
    const sent: Sent = { id: 'e', type: 'visit.recorded', field: 'actor', caseId: 'c', own: true };
    const honest = { code: 'A', personId: 'p-agent', name: 'agent名', areaCode: VILLAGE };
    const row: LogRow = {
      ...{ id: 'e', seq: 11, case_id: 'c', dv: 'd', clock_offset: 0 },
      ...{ received_at: '2026-01-01T00:00:01Z', actor: JSON.stringify(honest) },
    };
    expect(believed(row, sent, about)).toBeNull();
    const lies: Partial<LogRow>[] = [
      ...['code', 'personId', 'name', 'areaCode', 'unitId'].map((field) => ({
        actor: JSON.stringify({ ...honest, [field]: 'O' }),
      })),
      { seq: 1 },
      { received_at: '2020-01-01T00:00:00Z' },
      { received_at: '2999-01-01T00:00:00Z' },
      { dv: 'other' },
      { case_id: 'other' },
      { clock_offset: 86_400 },
    ];
    expect(lies.filter((lie) => believed({ ...row, ...lie }, sent, about) === null)).toEqual([]);
    expect(believed(row, { ...sent, own: false }, about)).not.toBeNull();
    expect(believed(row, { ...sent, type: 'case.closed' }, about)).not.toBeNull();
  });
});
