import areas from '../domain/data/areas.json' with { type: 'json' };

/** The county that this installation serves: 12-digit code and name. */
export const COUNTY = {
  code: areas.tree[0]?.code ?? '',
  name: areas.tree[0]?.name ?? '',
} as const;
