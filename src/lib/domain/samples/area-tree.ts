import {
  areaTreeOf,
  type Area,
  type AreaLevel,
  type AreaSuccession,
  type AreaTree,
} from '../area.ts';
import changed from '../data/area-successions.json' with { type: 'json' };
import areas from '../data/areas.json' with { type: 'json' };
import type { AreaCode } from '../values.ts';

const rows: Area[] = areas.flat.map((row) => ({
  code: row.code as AreaCode,
  name: row.name,
  level: row.level as AreaLevel,
  parent: row.parent as AreaCode | null,
}));

/** 北禾县（示例）: the area tree of the sample county. */
export const SAMPLE_AREA_TREE: AreaTree = areaTreeOf(
  areas.meta.codeVersion,
  rows,
  changed.successions as readonly AreaSuccession[],
);
