/**
 * 克山 2022 as a fixture (seed R06): 150 cases of this year of which 144 ended, the same months of
 * the year before with 25 repeats and 25 skip-level visits, and 453 hazards. The figures are
 * computed by the formulas of `statistics.ts` from these records; none of them is written down.
 */
import { addDays, endOfDayShanghai, startOfDayShanghai } from '../calendar.ts';
import {
  closingRate,
  hazardCounts,
  registeredCount,
  repeatRate,
  skipLevelMarks,
  type HazardSummary,
} from '../statistics.ts';
import { changeOf, type Period, type Ratio } from '../statistics-arithmetic.ts';
import type { CaseSummary } from '../statistics-summary.ts';
import type { CaseId, LocalDate } from '../values.ts';
import { plainSummary } from './plain-summary.ts';
import { sampleId } from './sample-ids.ts';

const THIS_YEAR: Period = { from: '2022-01-01' as LocalDate, to: '2022-05-15' as LocalDate };
const LAST_YEAR: Period = { from: '2021-01-01' as LocalDate, to: '2021-05-15' as LocalDate };
const DAYS = 135;

function caseOf(name: string, day: LocalDate, marks: Partial<CaseSummary>): CaseSummary {
  const registeredAt = startOfDayShanghai(day);
  return plainSummary({
    caseId: sampleId(`keshan/${name}`) as CaseId,
    registeredAt,
    endedAt: endOfDayShanghai(day),
    takenAt: registeredAt,
    takenReceivedAt: registeredAt,
    ...marks,
  });
}

interface Year {
  readonly cases: number;
  readonly stillOpen: number;
  readonly repeats: number;
  readonly skipLevel: number;
}

function yearOf(period: Period, year: Year): CaseSummary[] {
  return Array.from({ length: year.cases }, (_, i) => {
    const open = i >= year.cases - year.stillOpen;
    return caseOf(`${period.from}/${String(i)}`, addDays(period.from, i % DAYS), {
      ...(open ? { status: 'ACCEPTED', endedAt: null } : {}),
      repeat: i < year.repeats,
      first: i >= year.repeats,
      skipLevel: i >= year.repeats && i < year.repeats + year.skipLevel,
    });
  });
}

function hazardsOf(count: number): HazardSummary[] {
  return Array.from({ length: count }, (_, i) => ({
    foundOn: addDays(THIS_YEAR.from, i % DAYS),
    status: i % 3 === 0 ? 'WATCHING' : 'RESOLVED',
  }));
}

/** What the fixture yields, each by its formula. */
export interface KeshanFigures {
  readonly registered: number;
  readonly closing: Ratio;
  readonly hazards: number;
  /** Changes against the year before, per cent. */
  readonly repeats: number | null;
  readonly skipLevel: number | null;
}

/** The fixture's records, and the figures computed from them. */
export function keshanFigures(): KeshanFigures {
  const all = [
    ...yearOf(THIS_YEAR, { cases: 150, stillOpen: 6, repeats: 6, skipLevel: 12 }),
    ...yearOf(LAST_YEAR, { cases: 160, stillOpen: 0, repeats: 25, skipLevel: 25 }),
  ];
  const repeats = (period: Period) => repeatRate(all, period).numerator;
  const marks = (period: Period) => skipLevelMarks(all, period);
  return {
    registered: registeredCount(all, THIS_YEAR),
    closing: closingRate(all, THIS_YEAR),
    hazards: hazardCounts(hazardsOf(453), THIS_YEAR).found,
    repeats: changeOf(repeats(THIS_YEAR), repeats(LAST_YEAR)).percent,
    skipLevel: changeOf(marks(THIS_YEAR), marks(LAST_YEAR)).percent,
  };
}
