/** 垧、亩、垄: land as it is said. Nothing is rewritten: a meaning stands beside the words. */
import { chineseNumber, NUMBER_SAID } from './chinese-number.ts';

/** 一垧十五亩 in the north-east; elsewhere ten: so it is asked. */
export const MU_PER_SHANG = 15;
/** More are not asked about in one intake. */
export const LAND_SAID_MAX = 10;

export interface LandSaid {
  /** Exactly as it stands in the words. */
  readonly said: string;
  /** Tenths of a 垧; null for 垄, whose width only the villager knows. */
  readonly shangTenths: number | null;
}

const PATTERN = new RegExp(
  `(半|${NUMBER_SAID})(?:\\.(\\d))?垧(半|[一二三四五六七八九](?![一二三四五六七八九十百千万亩分]))?|${NUMBER_SAID}(?:条|根)?垄`,
  'gu',
);

function tenthsOf(whole: string, point: string | undefined, tail: string | undefined) {
  const n = whole === '半' ? 0 : chineseNumber(whole);
  if (n === null) return null;
  const half = whole === '半' ? 5 : 0;
  const rest = tail === '半' ? 5 : tail ? (chineseNumber(tail) ?? 0) : Number(point ?? 0);
  return n * 10 + half + rest;
}

/** Every 垧 and 垄 of a text, once each, in order. */
export function landSaid(text: string): readonly LandSaid[] {
  const found = new Map<string, LandSaid>();
  for (const match of text.matchAll(PATTERN)) {
    const [said, whole, point, tail] = match;
    const shangTenths = whole === undefined ? null : tenthsOf(whole, point, tail);
    if (whole === undefined || (shangTenths ?? 0) > 0) found.set(said, { said, shangTenths });
  }
  return [...found.values()].slice(0, LAND_SAID_MAX);
}

/** 亩 of so many tenths of a 垧: `48`, `7.5`. */
export const muOf = (shangTenths: number, muPerShang: number): string =>
  String((shangTenths * muPerShang) / 10);
