import type { AreaTree } from '../domain/area.ts';
import areas from '../domain/data/areas.json' with { type: 'json' };
import { SAMPLE_AREA_TREE } from '../domain/samples/area-tree.ts';

/** The county that this installation serves: 12-digit code and name. */
export const COUNTY = {
  code: areas.tree[0]?.code ?? '',
  name: areas.tree[0]?.name ?? '',
} as const;

/** Dialling code put before a local telephone number of the county. */
export const DIALLING_CODE = '0452';

/** Its places as they are today, and what became of older codes (K13). */
export const AREAS: AreaTree = SAMPLE_AREA_TREE;
