/** 单位叫法: how people call the units of the county; from `departments.json` and the area tree. */
import areas from './data/areas.json' with { type: 'json' };
import departments from './data/departments.json' with { type: 'json' };
import { plainText } from './similarity.ts';

interface Area {
  readonly code: string;
  readonly name: string;
  readonly children?: readonly Area[];
}

interface Unit {
  readonly id: string;
  readonly name: string;
  /** What people also call it: 水利局 for 县水务局. */
  readonly aka?: readonly string[];
}

const WORD_MIN = 2;

/** 县水务局 is meant by 水务局 and by 水务. */
function wordsOf({ name, aka = [] }: Unit): readonly string[] {
  const bare = plainText(name).replace(/^[县市]/u, '');
  const stem = bare.replace(/局$/u, '');
  return [bare, stem, ...aka.map(plainText)].filter((word) => word.length >= WORD_MIN);
}

const WORDS = new Map<string, readonly string[]>([
  ...(departments.departments as readonly Unit[]).map((unit) => [unit.id, wordsOf(unit)] as const),
  ...(areas.tree as readonly Area[])
    .flatMap(({ children = [] }) => children)
    .map(({ code, name }) => [code, [plainText(name)]] as const),
]);

/** Folded words that mean this unit; none for a unit that the county does not know. */
export const wordsOfUnit = (unitId: string): readonly string[] => WORDS.get(unitId) ?? [];

/** Longest first: 水务局 goes before 水务. */
const ALL_WORDS = [...new Set([...WORDS.values()].flat())].sort((a, b) => b.length - a.length);

/** Folded words with the names of units taken out; what is left may be a person. */
export const withoutUnits = (folded: string): string =>
  ALL_WORDS.reduce((rest, word) => rest.replaceAll(word, ''), folded);

const TOWNSHIP_DIGITS = 9;

/** The unit is the township in which this place lies. */
export const isAreaOf = (unitId: string, areaCode: string): boolean =>
  /^\d{12}$/.test(unitId) &&
  areaCode !== '' &&
  unitId.slice(0, TOWNSHIP_DIGITS) === areaCode.slice(0, TOWNSHIP_DIGITS);
