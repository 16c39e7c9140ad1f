/**
 * A second county, made for the cells alone: of every role one person as he is, one on the sealed
 * list, one whose name is told in a case, and one who is both; for every relation of expected.csv
 * the case in which this person stands so. Facts only; what follows from them is the table's.
 */
import { active, facts, NAMESAKE, type CaseFacts, type Person } from './cast.ts';

const VILLAGE = '230278200201';
const SISTER_VILLAGE = '230278200202';
const TOWNSHIP = '230278200000';
const OTHER_VILLAGE = '230278201202';

/** Roles with an account. */
export const HELD_ROLES = [
  ...['A', 'T', 'O1', 'O2', 'O3', 'O4', 'O5', 'D', 'D2', 'L', 'X', 'ADMIN'],
] as const;
const VARIANTS = ['', '-listed', '-named', '-listed-named'] as const;
type Variant = (typeof VARIANTS)[number];

const userOf = (role: string, variant: Variant = ''): string =>
  `is-${role.toLowerCase()}${variant}`;

function personOf(role: string, variant: Variant): Person {
  const isUnit = role === 'D' || role === 'D2';
  const area = { A: VILLAGE, T: TOWNSHIP }[role];
  return active(role, userOf(role, variant), {
    ...(area === undefined ? {} : { area }),
    ...(isUnit || role === 'ADMIN' ? { area: null } : {}),
    ...(isUnit ? { unit: 'SWJ' } : {}),
    ...(variant.includes('named') ? { name: NAMESAKE } : { name: `${role}员${variant}` }),
    listed: variant.startsWith('-listed'),
  });
}

/** All grants of one person in a state that is none: refused for all of them, refused for each. */
const without = (state: Person['state']): Person => ({
  ...active('all', `is-${state}`, { listed: true }),
  state,
});

export const CELL_PEOPLE: readonly Person[] = [
  ...HELD_ROLES.flatMap((role) => VARIANTS.map((variant) => personOf(role, variant))),
  active('A', 'is-somebody', { area: VILLAGE }),
  ...(['revoked', 'expired', 'not-yet'] as const).map(without),
];

interface Stand {
  readonly variant: Variant;
  readonly name: string;
  /** The case is the person's own: the township has one of its own beside. */
  readonly own: boolean;
  readonly rest: Partial<CaseFacts>;
}
const own = (name: string, rest: Partial<CaseFacts> = {}, variant: Variant = ''): Stand => ({
  ...{ variant, name, own: true, rest },
});
const foreign = (name: string, rest: Partial<CaseFacts> = {}): Stand => ({
  ...{ variant: '', name, own: false },
  rest: { agent: 'is-somebody', unit: null, leader: null, ...rest },
});

const words = { accused: 'COUNTY' } as const;
const byUnit = { accused: 'COUNTY', answered: true } as const;
const shy = { identityToUnit: false };
const guarded = { guarded: true };
const named = { accusedName: NAMESAKE };
const written = { ...named, writtenAs: `信访局的${[...NAMESAKE].join('\u3000')}主任` };
const both = { unit: 'SWJ', coUnits: [TOWNSHIP] };

/** Relation of the table → who stands so and in which case. */
const STANDS: Readonly<Record<string, Stand>> = {
  own: own('own'),
  'own-elsewhere': own('ownfar', { area: OTHER_VILLAGE }),
  'same-area': foreign('near'),
  'same-township': foreign('sister', { area: SISTER_VILLAGE }),
  'other-area': foreign('far', { area: OTHER_VILLAGE }),
  former: { ...own('former', { area: OTHER_VILLAGE, unit: null, leader: null }) },
  'as-unit': foreign('unit', { ...both, area: OTHER_VILLAGE }),
  // She is asked whether a unit may know where it is about somebody.
  'as-unit-shy': foreign('unitshy', { ...both, ...shy, accused: 'VILLAGE', area: OTHER_VILLAGE }),
  charge: foreign('charge', { concern: true }),
  recused: own('recused', { recused: true }),
  named: own('named', named, '-named'),
  'named-written': own('written', written, '-named'),
  'accused-county': own('county', { ...guarded, ...byUnit }),
  'accused-county-words': own('countywords', { ...guarded, ...words }),
  'accused-village': own('village', { ...guarded, accused: 'VILLAGE' }),
  'accused-township': own('township', { ...guarded, accused: 'TOWNSHIP' }),
  'accused-unknown': own('unknown', { ...guarded, accused: 'UNKNOWN' }),
  complained: own('complained', { ...shy, ...byUnit }),
  'complained-words': own('complwords', { ...shy, ...words }),
  'complained-township': own('compltown', { ...shy, ...both, accused: 'TOWNSHIP' }),
  closed: own('closed', { closed: true }),
  sealed: own('sealed', { sealed: true }),
  'sealed-listed': own('sealedlist', { sealed: true }, '-listed'),
  'sealed-listed-named': own('sealednamed', { sealed: true, ...named }, '-listed-named'),
  'sealed-listed-alike': own(
    'sealedalike',
    { sealed: true, ...named, writtenAs: '姓同的科长' },
    '-listed-named',
  ),
};

/** The agent, the township's own and the leader are those of the relation's variant. */
function casesOf({ variant, name, own: isOwn, rest }: Stand): CaseFacts[] {
  if (!isOwn) return [facts(name, rest)];
  const leader = userOf('L', variant);
  return (['A', 'T'] as const).map((role) => {
    const holder = userOf(role, variant);
    const hands = name === 'former' ? { agent: 'is-somebody', former: holder } : { agent: holder };
    return facts(`${name}${role}`, { leader, ...rest, ...hands });
  });
}

export const CELL_CASES: readonly CaseFacts[] = Object.values(STANDS).flatMap(casesOf);
export const CELL_RELATIONS = Object.keys(STANDS);

const userIn = (user: string): Person => {
  const found = CELL_PEOPLE.find((one) => one.user === user);
  if (found === undefined) throw new Error(`nobody is ${user}`);
  return found;
};

/** Who of that role stands in that relation, and the case; villager and system have no account. */
export function standing(role: string, relation: string): { who: string | null; one: CaseFacts } {
  const stand = STANDS[relation];
  if (stand === undefined) throw new Error(`no case is ${relation}`);
  const name = stand.own ? `${stand.name}${role === 'T' ? 'T' : 'A'}` : stand.name;
  const one = CELL_CASES.find((it) => it.name === name);
  if (one === undefined) throw new Error(`no case ${name}`);
  const who = HELD_ROLES.some((held) => held === role) ? userOf(role, stand.variant) : null;
  if (who !== null) userIn(who);
  return { who, one };
}
