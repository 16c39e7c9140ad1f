import { describe, expect, it } from 'vitest';
import {
  areaLevelOf,
  areaPathName,
  areaTreeOf,
  checkArea,
  isAreaCode,
  isWithinArea,
  resolveArea,
  townshipOf,
  type Area,
} from './area.ts';
import areas from './data/areas.json' with { type: 'json' };
import { SAMPLE_AREA_TREE } from './samples/area-tree.ts';
import type { AreaCode, LocalDate } from './values.ts';

const code = (text: string) => text as AreaCode;
const village = (text: string, name: string): Area => ({
  code: code(text),
  name,
  level: 'village',
  parent: code(`${text.slice(0, 9)}000`),
});

describe('areas', () => {
  it('[ID4] knows all places of the sample county and of the real township list', () => {
    for (const row of areas.flat) {
      expect(isAreaCode(row.code), row.code).toBe(true);
      expect(areaLevelOf(code(row.code))).toBe(row.level);
      expect(checkArea(SAMPLE_AREA_TREE, row.code)).toEqual([]);
    }
    expect(areas.flat.length).toBeGreaterThan(100);
    expect(isAreaCode('230229203000')).toBe(true);
  });

  it('[ID4] refuses what is not twelve digits in their places', () => {
    for (const text of ['23027820020', '230278200201x', '230278000201', '030278200201', '']) {
      expect(isAreaCode(text), text).toBe(false);
    }
  });

  it('[ID4] tells who lies inside whom', () => {
    const place = code('230278200201');
    expect(isWithinArea(place, code('230278000000'))).toBe(true);
    expect(isWithinArea(place, code('230278200000'))).toBe(true);
    expect(isWithinArea(place, code('230278201000'))).toBe(false);
    expect(isWithinArea(code('230278200000'), place)).toBe(false);
    expect(townshipOf(place)).toBe('230278200000');
    expect(townshipOf(code('230278000000'))).toBeNull();
    expect(areaPathName(SAMPLE_AREA_TREE, place)).toMatch(/^北禾县（示例）.+新河村$/);
  });

  it('[ID5] follows an old code to its successor, or offers the choice, never refuses it', () => {
    const tree = areaTreeOf(
      '2',
      [village('230278200210', '新村'), village('230278200211', '东村')],
      [
        { from: code('230278200201'), to: [code('230278200205')], on: '2025-01-01' as LocalDate },
        { from: code('230278200205'), to: [code('230278200210')], on: '2026-01-01' as LocalDate },
        {
          from: code('230278200202'),
          to: [code('230278200210'), code('230278200211')],
          on: '2026-01-01' as LocalDate,
        },
        { from: code('230278200298'), to: [code('230278200299')], on: '2026-01-01' as LocalDate },
        { from: code('230278200299'), to: [code('230278200298')], on: '2026-01-01' as LocalDate },
      ],
    );
    expect(resolveArea(tree, '230278200201')).toMatchObject({
      kind: 'mapped',
      area: { name: '新村' },
    });
    expect(resolveArea(tree, '230278200202')).toMatchObject({ kind: 'choose' });
    expect(resolveArea(tree, '230278200298')).toEqual({ kind: 'unknown', code: '230278200298' });
    expect(checkArea(tree, '230278200201')).toEqual([
      { level: 'WARN', code: 'area.changed', field: 'areaCode' },
    ]);
    expect(checkArea(tree, '230278299299')).toEqual([
      { level: 'BLOCK', code: 'area.unknown', field: 'areaCode' },
    ]);
  });
});
