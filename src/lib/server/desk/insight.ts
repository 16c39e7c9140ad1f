import { can, grantsAt, sightOf, type CaseSight, type Subject } from '../../domain/permissions.ts';
import {
  demandRanking,
  meanDuration,
  onTimeRate,
  peopleCount,
  registeredCount,
} from '../../domain/statistics.ts';
import { inPeriod, type Period, ratioOf } from '../../domain/statistics-arithmetic.ts';
import { type CaseSummary, summaryOf } from '../../domain/statistics-summary.ts';
import type { Instant, LocalDate } from '../../domain/values.ts';
import { shanghaiDay } from './acts/spec.ts';
import type { DeskDeps } from './deps.ts';
import { casesBehind, type Counting, type FigureId, FIGURES, type TwoCounts } from './figures.ts';
import { areaName, categoryName, placeName, unitName } from './names.ts';
import { clockContext, isListed, may, SEALED_TOLD_FROM } from './see.ts';

/** Rows and columns of the heat table; the rest stands in the totals only. */
const TOWNSHIPS_SHOWN = 8;
const CATEGORIES_SHOWN = 8;
const UNITS_SHOWN = 8;

export const PERIODS = ['year', 'month', 'week', 'day'] as const;
export type PeriodId = (typeof PERIODS)[number];

/** Shanghai days of a period that ends today. */
export function periodOf(id: PeriodId, today: string): Period {
  const to = today as LocalDate;
  if (id === 'year') return { from: `${today.slice(0, 4)}-01-01` as LocalDate, to };
  if (id === 'month') return { from: `${today.slice(0, 7)}-01` as LocalDate, to };
  const back = id === 'day' ? 0 : (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  const from = new Date(Date.parse(`${today}T00:00:00Z`) - back * 86_400_000);
  return { from: from.toISOString().slice(0, 10) as LocalDate, to };
}

/** The cases of a person's area: those that he may see, and the sealed ones that he may not. */
interface Summaries {
  readonly open: readonly CaseSummary[];
  readonly hidden: readonly CaseSummary[];
}

/**
 * Hidden cases join a figure when five of them are in it. The list beside the figure shows the
 * others: a smaller difference, in any figure, period or line, would point at a person.
 */
const told = (
  { open, hidden }: Summaries,
  inFigure: (hidden: readonly CaseSummary[]) => number,
): readonly CaseSummary[] => (inFigure(hidden) < SEALED_TOLD_FROM ? open : [...open, ...hidden]);

const inFigure =
  (id: FigureId, by: Counting) =>
  (hidden: readonly CaseSummary[]): number =>
    casesBehind(id, hidden, by).size;

/** Figures that say what villagers answered; of a few it would be what one of them answered. */
const ANSWERS: readonly FigureId[] = ['satisfiedUnit', 'satisfiedOffice', 'bothSatisfied'];
const ANSWERS_TOLD_FROM = 5;
/** The rating desk, and the director: the sealed answers are theirs to weigh. */
const RATING_DESK = ['O4', 'O5'];

/** Whether a figure of answers would show this person what a few villagers answered. */
function fewAnswers(
  { id, denominator }: { readonly id: FigureId; readonly denominator: number },
  person: Subject,
  now: Instant,
): boolean {
  if (!ANSWERS.includes(id) || denominator === 0 || denominator >= ANSWERS_TOLD_FROM) return false;
  return !grantsAt(person, now).some(({ role }) => RATING_DESK.includes(role));
}

async function summaries(deps: DeskDeps, person: Subject): Promise<Summaries> {
  const context = clockContext(deps);
  const records = await deps.cases.all();
  const opened = await deps.openedRatings(records.map(({ file }) => file));
  const open: CaseSummary[] = [];
  const hidden: CaseSummary[] = [];
  for (const record of records) {
    const { file } = record;
    if (file.status === 'NONE') continue;
    const object = { areaCode: file.head.areaCode ?? '' };
    if (!can(person, 'stats.view', { object, now: context.now })) continue;
    const own = file.ratings.flatMap(({ mark }) => opened.get(mark.eventId) ?? []);
    const summary = summaryOf(file, await deps.cases.clocks(record, context), own);
    const sight = sightOf(file);
    const isHidden = sight.sealed && !may(deps, person, ['case.view', sight]);
    (isHidden ? hidden : open).push(summary);
  }
  return { open, hidden: isListed(person, context.now) ? [] : hidden };
}

function tile(id: string, { numerator, denominator }: TwoCounts) {
  const { percent } = ratioOf(numerator, denominator);
  return { id, text: percent === null ? '—' : `${percent.toFixed(1)}%`, numerator, denominator };
}

/** Tiles of the page in their order. */
const TILES: readonly FigureId[] = [
  'transferIn24h',
  'unitInTime',
  'closedInTime',
  'satisfiedUnit',
  'satisfiedOffice',
  'rated',
  'bothSatisfied',
  'onsite',
  'onceSolved',
  'repeat',
  'fromField',
];

const countingOf = (deps: DeskDeps, id: PeriodId): Counting => ({
  period: periodOf(id, shanghaiDay(deps.now())),
  now: deps.now(),
  settings: deps.settings,
});

/** A known period, else the year. */
export const knownPeriod = (asked: string): PeriodId =>
  PERIODS.find((one) => one === asked) ?? 'year';

/** The cases behind a figure as this person sees the figure, sealed ones among them. */
export async function behindFigure(
  deps: DeskDeps,
  person: Subject,
  asked: { readonly figure: FigureId; readonly period: PeriodId },
): Promise<ReadonlyMap<string, TwoCounts>> {
  const counting = countingOf(deps, asked.period);
  const all = told(await summaries(deps, person), inFigure(asked.figure, counting));
  return casesBehind(asked.figure, all, counting);
}

/**
 * Whether the list behind one part of a figure would say of this case what the villager answered,
 * to somebody who may not read his rating.
 */
export const tellsAnswer = (
  deps: DeskDeps,
  person: Subject,
  of: { readonly figure: FigureId; readonly part: keyof TwoCounts; readonly sight: CaseSight },
): boolean =>
  ANSWERS.includes(of.figure) &&
  of.part === 'numerator' &&
  !may(deps, person, ['rating.view', of.sight]);

const DAY_MS = 86_400_000;
const daysBack = (day: LocalDate, days: number): LocalDate =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10) as LocalDate;

/** As many days before as the period has so far; a week is set against the same days of the last. */
export function periodBefore(id: PeriodId, { from, to }: Period): Period {
  const length = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  const back = id === 'week' ? 7 : length;
  return { from: daysBack(from, back), to: daysBack(to, back) };
}

/** Lines of a ranking that the page shows. */
const RANKING_SHOWN = 10;

/** 诉求排行 by content and by village, each against the period before (R29). */
function demandOf(all: readonly CaseSummary[], id: PeriodId, period: Period) {
  const periods = { now: period, before: periodBefore(id, period) };
  const lines = (keyOf: (one: CaseSummary) => string | null, nameOf: (key: string) => string) =>
    demandRanking(all, periods, keyOf)
      .slice(0, RANKING_SHOWN)
      .map(({ key, change }) => ({ key, name: nameOf(key), ...change }));
  return {
    from: periods.before.from as string,
    to: periods.before.to as string,
    categories: lines(({ categoryL2 }) => categoryL2, categoryName),
    villages: lines(({ areaCode }) => areaCode, placeName),
  };
}

/** How many of a list carry each key, most first. */
function counted(list: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const key of list) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function heatOf(all: readonly CaseSummary[]) {
  const open = all.filter(({ sealed }) => !sealed);
  const townOf = (one: CaseSummary) => `${(one.areaCode ?? '').slice(0, 9)}000`;
  const categories = counted(open.flatMap(({ categoryL2 }) => categoryL2 ?? []))
    .slice(0, CATEGORIES_SHOWN)
    .map(([code]) => code);
  const rows = counted(open.map(townOf))
    .slice(0, TOWNSHIPS_SHOWN)
    .map(([town, total]) => ({
      key: town,
      name: areaName(town),
      total,
      cells: categories.map(
        (code) => open.filter((one) => townOf(one) === town && one.categoryL2 === code).length,
      ),
    }));
  return { categories: categories.map(categoryName), rows };
}

/** 形势研判: every figure with its two counts, over the cases in the person's area. */
export async function insightOf(deps: DeskDeps, person: Subject, asked: string) {
  const now = deps.now();
  const id = knownPeriod(asked);
  const counting = countingOf(deps, id);
  const { period } = counting;
  const both = await summaries(deps, person);
  const toldFor = (figure: FigureId) => told(both, inFigure(figure, counting));
  const isRegistered = ({ registeredAt, status }: CaseSummary) =>
    inPeriod(period, registeredAt) && status !== 'VOIDED';
  const registered = both.open.filter(isRegistered);
  const mean = meanDuration(toldFor('meanDays'), period);
  const step = (id: string, mark: string, holds: (one: CaseSummary) => boolean) => {
    const all = told(both, (hidden) => hidden.filter(holds).length);
    return { id, mark, n: all.filter(holds).length };
  };
  const units = counted(registered.flatMap(({ unit }) => unit ?? []))
    .slice(0, UNITS_SHOWN)
    .map(([unit]) => {
      const own = both.open.filter((one) => one.unit === unit);
      return { ...tile(unit, onTimeRate(own, period, now)), name: unitName(unit) };
    });
  const isEnded = (one: CaseSummary) => isRegistered(one) && one.endedAt !== null;
  const answered = (one: FigureId) => {
    const counts = FIGURES[one](toldFor(one), counting);
    const few = fewAnswers({ id: one, denominator: counts.denominator }, person, now);
    return { ...tile(one, few ? { numerator: 0, denominator: 0 } : counts), few };
  };
  return {
    period: id,
    from: period.from as string,
    to: period.to as string,
    registered: registeredCount(toldFor('registered'), period),
    persons: peopleCount(toldFor('registered'), period),
    mean: { text: mean.days === null ? '—' : mean.days.toFixed(1), count: mean.count },
    tiles: TILES.map(answered),
    demand: demandOf(both.open, id, period),
    funnel: [
      step('taken', '投', (one) => inPeriod(period, one.takenAt)),
      step('registered', '办', isRegistered),
      step('handled', '办', (one) => isRegistered(one) && (one.unit !== null || isEnded(one))),
      step('closed', '办', isEnded),
      step('rated', '评', (one) => isEnded(one) && one.ratings.length > 0),
    ],
    heat: heatOf(registered),
    units,
  };
}
