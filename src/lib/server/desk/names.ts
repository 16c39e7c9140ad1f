import areas from '../../domain/data/areas.json' with { type: 'json' };
import categories from '../../domain/data/categories.json' with { type: 'json' };
import departments from '../../domain/data/departments.json' with { type: 'json' };
import type { Named } from './acts/spec.ts';

interface AreaNode {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly children?: readonly AreaNode[];
}

const areaNames = new Map<string, { name: string; township: string }>();
const townships: Named[] = [];
const villages: Named[] = [];

for (const county of areas.tree as readonly AreaNode[]) {
  areaNames.set(county.code, { name: county.name, township: '' });
  for (const township of county.children ?? []) {
    areaNames.set(township.code, { name: township.name, township: '' });
    townships.push({ value: township.code, word: township.name });
    for (const village of township.children ?? []) {
      areaNames.set(village.code, { name: village.name, township: township.name });
      villages.push({ value: village.code, word: `${township.name}${village.name}` });
    }
  }
}

const unitNames = new Map<string, string>([
  ...departments.departments.map((unit) => [unit.id, unit.name] as const),
  ...townships.map((unit) => [unit.value, unit.word] as const),
]);

const categoryNames = new Map<string, string>(
  categories.level2.map((one) => [one.code, one.name] as const),
);

/** Village names of the tree, for selects. */
export const VILLAGES: readonly Named[] = villages;
export const TOWNSHIPS: readonly Named[] = townships;

/** Units that may be given a case: departments that handle something, and townships. */
export const UNITS: readonly Named[] = [
  ...departments.departments
    .filter((unit) => !['PETITION_OFFICE', 'COORDINATION', 'LEADERSHIP'].includes(unit.kind))
    .map((unit) => ({ value: unit.id, word: unit.name })),
  ...townships,
];

/** Content codes of level two with their names. */
export const CATEGORIES: readonly Named[] = categories.level2.map((one) => ({
  value: one.code,
  word: one.name,
}));

/** 河沿乡新河村 of a village code; the code itself when the tree does not know it (K13). */
export function placeName(code: string): string {
  const area = areaNames.get(code);
  return area ? `${area.township}${area.name}` : code;
}

/** 新河村 of a village code. */
export const areaName = (code: string): string => areaNames.get(code)?.name ?? code;

/** Name of a unit or of a township acting as unit. */
export const unitName = (id: string): string => unitNames.get(id) ?? id;

/** Short name of a content code: what stands before the brackets. */
export function categoryName(code: string): string {
  return (categoryNames.get(code) ?? code).replace(/（.*$/, '');
}

/** Unit that usually handles a content code; TOWN stands for the township of the place. */
export function usualUnit(code: string | null, areaCode: string): string | undefined {
  const unit = categories.level2.find((one) => one.code === code)?.defaultUnit;
  if (unit === undefined || unit === null) return undefined;
  const id = unit === 'TOWN' ? `${areaCode.slice(0, 9)}000` : unit;
  return unitNames.has(id) ? id : undefined;
}

/** 层级 of a unit as a respondent: a township is one, every other unit is the county's. */
export const levelOfUnit = (unitId: string): 'TOWNSHIP' | 'COUNTY' =>
  /^\d{12}$/.test(unitId) ? 'TOWNSHIP' : 'COUNTY';

/** The statutory way of a content code, e.g. 仲裁→诉讼; empty when none is listed. */
export const statutoryRoute = (code: string | null): string =>
  categories.level2.find((one) => one.code === code)?.statutoryRoute ?? '';

/** Body to which a review of this unit's opinion goes. */
export function reviewBodyOf(unitId: string): string {
  const unit = departments.departments.find((one) => one.id === unitId);
  const bodies = unit && 'reviewBody' in unit ? unit.reviewBody : null;
  return Array.isArray(bodies) ? (bodies.at(-1) ?? '县人民政府') : '县人民政府';
}
