import { block, warn, type Finding } from './findings.ts';
import type { AreaCode, LocalDate } from './values.ts';

/** 区划级别: by how many of the twelve digits say something. */
export type AreaLevel = 'county' | 'township' | 'village';

/** 区划: one row of the county's area tree. */
export interface Area {
  readonly code: AreaCode;
  readonly name: string;
  readonly level: AreaLevel;
  readonly parent: AreaCode | null;
}

/** 沿革: an area that was renamed, merged or split; several successors mean a person chooses. */
export interface AreaSuccession {
  readonly from: AreaCode;
  readonly to: readonly AreaCode[];
  readonly on: LocalDate;
}

/** 区划树 of one version: look-ups by code, and what became of the codes of earlier versions. */
export interface AreaTree {
  readonly version: string;
  readonly byCode: ReadonlyMap<string, Area>;
  readonly successions: ReadonlyMap<string, AreaSuccession>;
}

/** Where a code leads in a tree (K13): an old code is mapped or offered for choice, never refused. */
export type AreaResolution =
  | { readonly kind: 'current'; readonly area: Area }
  | { readonly kind: 'mapped'; readonly area: Area; readonly from: AreaCode }
  | { readonly kind: 'choose'; readonly candidates: readonly Area[]; readonly from: AreaCode }
  | { readonly kind: 'unknown'; readonly code: string };

/** A code may pass through this many reorganisations before the table itself must be wrong. */
const SUCCESSION_STEPS_MAX = 8;

/** Builds a tree from plain rows; rows and successions may come from data files of the county. */
export function areaTreeOf(
  version: string,
  areas: readonly Area[],
  successions: readonly AreaSuccession[] = [],
): AreaTree {
  return {
    version,
    byCode: new Map(areas.map((area) => [area.code, area])),
    successions: new Map(successions.map((entry) => [entry.from, entry])),
  };
}

/** True for twelve digits whose parts stand where the code rule puts them. */
export function isAreaCode(text: string): text is AreaCode {
  if (!/^[1-9]\d{11}$/.test(text)) return false;
  const township = Number(text.slice(6, 9));
  const village = Number(text.slice(9, 12));
  return township <= 599 && village <= 599 && (township > 0 || village === 0);
}

/** 县、乡、村 by the significant digits of a code. */
export function areaLevelOf(code: AreaCode): AreaLevel {
  if (code.slice(9) !== '000') return 'village';
  return code.slice(6) === '000000' ? 'county' : 'township';
}

/** The significant digits: 6 for a county, 9 for a township, 12 for a village. */
export function areaPrefix(code: AreaCode): string {
  const level = areaLevelOf(code);
  return level === 'county' ? code.slice(0, 6) : level === 'township' ? code.slice(0, 9) : code;
}

/** True when `code` lies in `scope` or is it; the rule that every scope check rests on. */
export function isWithinArea(code: AreaCode, scope: AreaCode): boolean {
  return code.startsWith(areaPrefix(scope));
}

/** The township a village belongs to, itself when it is one; null for a county. */
export function townshipOf(code: AreaCode): AreaCode | null {
  return areaLevelOf(code) === 'county' ? null : (`${code.slice(0, 9)}000` as AreaCode);
}

/** The county of any code. */
export function countyOf(code: AreaCode): AreaCode {
  return `${code.slice(0, 6)}000000` as AreaCode;
}

/** Names from county down to the place, e.g. `北禾县（示例）河湾乡新河村`; unknown parts left out. */
export function areaPathName(tree: AreaTree, code: AreaCode): string {
  const codes = [countyOf(code), townshipOf(code), areaLevelOf(code) === 'village' ? code : null];
  return codes.map((part) => (part === null ? '' : (tree.byCode.get(part)?.name ?? ''))).join('');
}

/** Follows an old code through the successor table to where it leads today. */
export function resolveArea(tree: AreaTree, code: string): AreaResolution {
  const now = tree.byCode.get(code);
  if (now) return { kind: 'current', area: now };
  let frontier = [code];
  const reached: Area[] = [];
  for (let step = 0; step < SUCCESSION_STEPS_MAX && frontier.length > 0; step += 1) {
    const next: string[] = [];
    for (const old of frontier) {
      for (const successor of tree.successions.get(old)?.to ?? []) {
        const area = tree.byCode.get(successor);
        if (area === undefined) next.push(successor);
        else if (!reached.includes(area)) reached.push(area);
      }
    }
    frontier = next;
  }
  const [only] = reached;
  if (only === undefined) return { kind: 'unknown', code };
  const from = code as AreaCode;
  return reached.length === 1
    ? { kind: 'mapped', area: only, from }
    : { kind: 'choose', candidates: reached, from };
}

/** Findings for the place of the problem: only a code nobody knows blocks. */
export function checkArea(tree: AreaTree, code: string, field = 'areaCode'): Finding[] {
  if (code === '') return [block('area.missing', field)];
  const found = resolveArea(tree, code);
  if (found.kind === 'unknown') return [block('area.unknown', field)];
  return found.kind === 'current' ? [] : [warn('area.changed', field)];
}
