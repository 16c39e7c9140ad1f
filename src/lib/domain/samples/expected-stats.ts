/** The hand-made table of expected figures, and ours beside it. */
import stats from '../data/sample-stats.json' with { type: 'json' };
import { DEFAULT_SETTINGS } from '../settings.ts';
import * as formula from '../statistics.ts';
import type { Period, Ratio } from '../statistics-arithmetic.ts';
import type { CaseSummary } from '../statistics-summary.ts';
import type { Instant, LocalDate } from '../values.ts';

/** 统计期 of the table. */
export const STATS_PERIOD: Period = {
  from: stats.period[0] as LocalDate,
  to: stats.period[1] as LocalDate,
};

/** One figure compared. */
export interface StatComparison {
  readonly name: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const shown = ({ numerator, denominator, percent }: Ratio) => ({
  num: numerator,
  den: denominator,
  value: percent,
});

/** Every figure of `sample-stats.json` beside the one our formulas give. */
export function compareStats(
  all: readonly CaseSummary[],
  hazards: readonly formula.HazardSummary[],
  now: Instant,
): StatComparison[] {
  const p = STATS_PERIOD;
  const duration = formula.meanDuration(all, p);
  const lag = formula.offlineLag(all, p);
  const found = formula.hazardCounts(hazards, p);
  const once = formula.onceSolvedRate(all, p, DEFAULT_SETTINGS['onceSolved.repeatDays']);
  const ours: Readonly<Record<string, unknown>> = {
    'N_reg 登记件次': formula.registeredCount(all, p),
    'N_people 信访人次': formula.peopleCount(all, p),
    办结率: shown(formula.closingRate(all, p)),
    '及时受理率_信访部门(C1)': shown(formula.officeTimelyRate(all, p)),
    '及时受理率_责任单位(C2)': shown(formula.unitTimelyRate(all, p)),
    按期办结率: shown(formula.onTimeRate(all, p, now)),
    参评率_UNIT: shown(formula.ratingRate(all, p, 'UNIT')),
    满意率_UNIT: shown(formula.satisfactionRate(all, p, 'UNIT')),
    参评率_OFFICE: shown(formula.ratingRate(all, p, 'OFFICE')),
    满意率_OFFICE: shown(formula.satisfactionRate(all, p, 'OFFICE')),
    双满意率: shown(formula.doubleSatisfactionRate(all, p)),
    重复信访率: shown(formula.repeatRate(all, p)),
    越级标记件数: formula.skipLevelMarks(all, p),
    平均办理时长_天: { n: duration.count, value: duration.days },
    一次性化解率: shown(once),
    离线滞后_小时: { n: lag.count, mean: lag.mean, max: lag.max },
    就地化解占比: shown(formula.onsiteShare(all, p)),
    隐患排查: { total: found.found, resolved: found.resolved, toCase: found.toCase },
  };
  return Object.entries(stats)
    .filter(([name]) => name !== 'period')
    .map(([name, expected]) => ({ name, expected, actual: ours[name] }));
}
