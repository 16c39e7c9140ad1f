/** Values that pass a schema, odd ones among them: for properties over everything the door lets in. */
import fc from 'fast-check';
import * as z from 'zod/mini';

const TEXTS = [
  ...['x', '', '1', '0', ' ', '\u{1f600}', '信访', 'A01', 'A02', 'xfj-reviewer', 'toString'],
  ...['230278200201', '110101001001', '000000000000', '999999999999', '__proto__', 'YES'],
  ...['2026-06-08', '2026-02-31', '9999-12-31', '0000-00-00', '2026-00-00', '1960', '0001-01-01'],
  ...['2026-06-08T01:30:00Z', '9999-12-31T23:59:59Z', '2026-02-31T00:00:00Z'],
  ...['2026-00-00T00:00:00Z', '0000-01-01T00:00:00.5Z', '2026-06-30T23:59:59.999Z'],
  ...['e-words_______________', 'c-story_______________', 'c-master______________'],
  ...['a'.repeat(64), 'DL230278202600001', 'C16', 'K05', 'areaCode', 'claims', 'xfDate', 'urgency'],
  ...['petitioners.0.name', 'petitioners.9.phone', 'petitioners.0.constructor', 'respondent'],
  ...[
    'numbers.nationalNo',
    'categoryL2',
    'dictations.0',
    'repeatOf',
    'agent',
    'absorbs',
    'x'.repeat(50),
  ],
];
const NUMBERS = [0, 1, -1, 2, 5, 99, 100, 0.5, 1e9, -0, Number.MAX_SAFE_INTEGER, 1e308];
const ANYTHING: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, null, true, false, [], {}, [null], [{}]),
  fc.constantFrom<unknown>({ a: 1 }, { text: 5 }, [{ text: 'x' }], { type: 'UNIT' }, ['x'], [[]]),
);

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
}

const fitting = (schema: z.core.$ZodType, from: readonly unknown[]): fc.Arbitrary<unknown> => {
  const fit = from.filter((value) => z.core.safeParse(schema, value).success);
  if (fit.length === 0) throw new Error(`no value for a ${schema._zod.def.type}`);
  return fc.constantFrom(...fit);
};

/** Members of an object: each by its own schema, at times one that the schema does not name. */
function membersOf(shape: Readonly<Record<string, z.core.$ZodType>>): fc.Arbitrary<object> {
  const members = Object.fromEntries(Object.entries(shape).map(([k, s]) => [k, valuesOf(s)]));
  const strange = fc.option(fc.record({ unknownField: ANYTHING }), { nil: {} });
  return fc.tuple(fc.record(members), strange).map(([known, more]) => {
    const kept = Object.entries({ ...known, ...more }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(kept);
  });
}

/** An arbitrary of a schema as this project writes them; an unknown kind of schema is an error. */
export function valuesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const def = schema._zod.def as Def;
  switch (def.type) {
    case 'object':
      return membersOf(def.shape ?? {});
    case 'optional':
      return fc.option(valuesOf(def.innerType as z.core.$ZodType), { nil: undefined });
    case 'nullable':
      return fc.option(valuesOf(def.innerType as z.core.$ZodType), { nil: null });
    case 'array':
      return fc.array(valuesOf(def.element as z.core.$ZodType), { maxLength: 2 });
    case 'union':
      return fc.oneof(...(def.options ?? []).map(valuesOf));
    case 'enum':
      return fitting(schema, Object.values(def.entries ?? {}));
    case 'literal':
      return fitting(schema, (schema._zod.def as unknown as { values: unknown[] }).values);
    case 'boolean':
      return fc.boolean();
    case 'number':
    case 'int':
      return fitting(schema, NUMBERS);
    case 'string':
      return fitting(schema, TEXTS);
    case 'unknown':
    case 'any':
      return ANYTHING;
    default:
      throw new Error(`no values for a schema of kind ${def.type}`);
  }
}
