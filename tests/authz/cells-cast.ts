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

/** States in which nobody has a right. */
const OUT = ['revoked', 'expired', 'not-yet'] as const;
/** All grants of one person in such a state: refused for all of them, refused for each. */
const without = (state: Person['state']): Person => ({
  ...active('all', `is-${state}`, { listed: true, unit: 'SWJ' }),
  state,
});

export const CELL_PEOPLE: readonly Person[] = [
  ...HELD_ROLES.flatMap((role) => VARIANTS.map((variant) => personOf(role, variant))),
  active('A', 'is-somebody', { area: VILLAGE }),
  ...OUT.map(without),
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
  'accused-county-words': own('cntwords', { ...guarded, ...words }),
  'accused-village': own('village', { ...guarded, accused: 'VILLAGE' }),
  'accused-township': own('township', { ...guarded, accused: 'TOWNSHIP' }),
  'accused-unknown': own('unknown', { ...guarded, accused: 'UNKNOWN' }),
  complained: own('complain', { ...shy, ...byUnit }),
  'complained-words': own('complword', { ...shy, ...words }),
  'complained-township': own('compltow', { ...shy, ...both, accused: 'TOWNSHIP' }),
  closed: own('closed', { closed: true }),
  sealed: own('sealed', { sealed: true }),
  'sealed-listed': own('seallist', { sealed: true }, '-listed'),
  'sealed-listed-named': own('sealname', { sealed: true, ...named }, '-listed-named'),
  'sealed-listed-alike': own(
    'sealalike',
    { sealed: true, ...named, writtenAs: '姓同的科长' },
    '-listed-named',
  ),
};

/** Who has a case of his own: an agent, the township, and each whose time is over or to come. */
const HOLDERS = ['A', 'T', ...OUT] as const;
type Holder = (typeof HOLDERS)[number];
const isOut = (word: string): word is (typeof OUT)[number] => OUT.some((one) => one === word);
const caseOf = ({ name }: Stand, holder: Holder): string => `${name}-${holder}`.slice(0, 16);

/** The agent and the leader are those of the relation's variant, or the one without a right. */
function casesOf(stand: Stand): CaseFacts[] {
  const { variant, name, own: isOwn, rest } = stand;
  if (!isOwn) return [facts(name, rest)];
  return HOLDERS.map((holder) => {
    const user = isOut(holder) ? `is-${holder}` : userOf(holder, variant);
    const leader = isOut(holder) ? user : userOf('L', variant);
    const hands = name === 'former' ? { agent: 'is-somebody', former: user } : { agent: user };
    return facts(caseOf(stand, holder), { leader, ...rest, ...hands });
  });
}

export const CELL_CASES: readonly CaseFacts[] = Object.values(STANDS).flatMap(casesOf);
export const CELL_RELATIONS = Object.keys(STANDS);

const userIn = (user: string): Person => {
  const found = CELL_PEOPLE.find((one) => one.user === user);
  if (found === undefined) throw new Error(`nobody is ${user}`);
  return found;
};

/** Who of that role, or in that state, stands in that relation, and the case. */
export function standing(role: string, relation: string): { who: string | null; one: CaseFacts } {
  const stand = STANDS[relation];
  if (stand === undefined) throw new Error(`no case is ${relation}`);
  const holder = isOut(role) || role === 'T' ? role : 'A';
  const name = stand.own ? caseOf(stand, holder) : stand.name;
  const one = CELL_CASES.find((it) => it.name === name);
  if (one === undefined) throw new Error(`no case ${name}`);
  const isHeld = HELD_ROLES.some((held) => held === role);
  const who = isOut(role) ? `is-${role}` : isHeld ? userOf(role, stand.variant) : null;
  if (who !== null) userIn(who);
  return { who, one };
}
