import { can, type Subject } from '../../domain/permissions.ts';
import {
  doubleSatisfactionRate,
  fastTransferRate,
  fieldShare,
  meanDuration,
  onceSolvedRate,
  onsiteShare,
  onTimeRate,
  peopleCount,
  ratingRate,
  registeredCount,
  repeatRate,
  satisfactionRate,
  unitTimelyRate,
} from '../../domain/statistics.ts';
import { inPeriod, type Period, type Ratio } from '../../domain/statistics-arithmetic.ts';
import { type CaseSummary, summaryOf } from '../../domain/statistics-summary.ts';
import type { LocalDate } from '../../domain/values.ts';
import { shanghaiDay } from './acts/spec.ts';
import type { DeskDeps } from './deps.ts';
import { areaName, categoryName, unitName } from './names.ts';
import { clockContext } from './see.ts';

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

async function summaries(deps: DeskDeps, person: Subject): Promise<CaseSummary[]> {
  const context = clockContext(deps);
  const records = await deps.cases.all();
  const opened = await deps.openedRatings(records.map(({ file }) => file));
  const all: CaseSummary[] = [];
  for (const record of records) {
    const { file } = record;
    if (file.status === 'NONE') continue;
    const object = { areaCode: file.head.areaCode ?? '' };
    if (!can(person, 'stats.view', { object, now: context.now })) continue;
    const own = file.ratings.flatMap(({ mark }) => opened.get(mark.eventId) ?? []);
    all.push(summaryOf(file, await deps.cases.clocks(record, context), own));
  }
  return all;
}

const tile = (id: string, ratio: Ratio) => ({
  id,
  text: ratio.percent === null ? '—' : `${ratio.percent.toFixed(1)}%`,
  numerator: ratio.numerator,
  denominator: ratio.denominator,
});

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
  const id = PERIODS.find((one) => one === asked) ?? 'year';
  const period = periodOf(id, shanghaiDay(now));
  const all = await summaries(deps, person);
  const registered = all.filter(
    ({ registeredAt, status }) => inPeriod(period, registeredAt) && status !== 'VOIDED',
  );
  const mean = meanDuration(all, period);
  const units = counted(registered.flatMap(({ unit }) => unit ?? []))
    .slice(0, UNITS_SHOWN)
    .map(([unit]) => {
      const own = all.filter((one) => one.unit === unit);
      return { ...tile(unit, onTimeRate(own, period, now)), name: unitName(unit) };
    });
  const ended = registered.filter(({ endedAt }) => endedAt !== null);
  return {
    period: id,
    from: period.from as string,
    to: period.to as string,
    registered: registeredCount(all, period),
    persons: peopleCount(all, period),
    mean: { text: mean.days === null ? '—' : mean.days.toFixed(1), count: mean.count },
    tiles: [
      tile('transferIn24h', fastTransferRate(all, period)),
      tile('unitInTime', unitTimelyRate(all, period)),
      tile('closedInTime', onTimeRate(all, period, now)),
      tile('satisfiedUnit', satisfactionRate(all, period, 'UNIT')),
      tile('satisfiedOffice', satisfactionRate(all, period, 'OFFICE')),
      tile('rated', ratingRate(all, period, 'UNIT')),
      tile('bothSatisfied', doubleSatisfactionRate(all, period)),
      tile('onsite', onsiteShare(all, period)),
      tile('onceSolved', onceSolvedRate(all, period, deps.settings['onceSolved.repeatDays'])),
      tile('repeat', repeatRate(all, period)),
      tile('fromField', fieldShare(all, period)),
    ],
    funnel: [
      { id: 'taken', mark: '投', n: all.filter((one) => inPeriod(period, one.takenAt)).length },
      { id: 'registered', mark: '办', n: registered.length },
      {
        id: 'handled',
        mark: '办',
        n: registered.filter((one) => one.unit !== null || one.endedAt !== null).length,
      },
      { id: 'closed', mark: '办', n: ended.length },
      { id: 'rated', mark: '评', n: ended.filter(({ ratings }) => ratings.length > 0).length },
    ],
    heat: heatOf(registered),
    units,
  };
}
