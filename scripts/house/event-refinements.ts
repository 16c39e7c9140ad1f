// What a payload's schema asks beyond the shapes of its members, in the schema's own words.

interface Def {
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly innerType?: unknown;
  readonly element?: unknown;
  readonly options?: readonly unknown[];
}
interface CheckDef {
  readonly check?: string;
  readonly error?: (issue: object) => unknown;
}

const defOf = (schema: unknown): Def =>
  (schema as { readonly _zod?: { readonly def: Def } })._zod?.def ?? {};

/** Every `refine` of a schema and of what lies in it, each once, with the member it stands at. */
export function refinements(schema: unknown, at = ''): string[] {
  const { checks = [], shape = {}, innerType, element, options = [] } = defOf(schema);
  const own = checks
    .map(({ _zod }) => _zod.def)
    .filter(({ check }) => check === 'custom')
    .map(({ error }) => `${at === '' ? '' : `\`${at}\` `}${String(error?.({}) ?? 'see the code')}`);
  const inside: (readonly [string, unknown])[] = [
    ...Object.entries(shape).map(
      ([name, one]) => [at === '' ? name : `${at}.${name}`, one] as const,
    ),
    ...(element === undefined ? [] : [[`${at}[]`, element] as const]),
    ...[innerType, ...options].filter((one) => one !== undefined).map((one) => [at, one] as const),
  ];
  return [...new Set([...own, ...inside.flatMap(([where, one]) => refinements(one, where))])];
}
