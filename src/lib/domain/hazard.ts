/** 隐患 (REFERENCE 3.7): a stream of its own without a case; each report is its newest state. */
import type { CaseFile, Hazard } from './case-file.ts';
import type { Payload } from './events.ts';

export type HazardLevel = Payload<'hazard.reported'>['level'];

/** 红橙黄蓝, gravest first. */
export const HAZARD_LEVELS_ZH: Readonly<Record<HazardLevel, string>> = {
  RED: '红',
  ORANGE: '橙',
  YELLOW: '黄',
  BLUE: '蓝',
};

/** A stream is a hazard's when its first event reported one. */
export const isHazardStream = (file: CaseFile): boolean =>
  file.hazard !== null && file.status === 'NONE';

/** 转事项 counts once: the first link on the county's log (K26). */
export const hazardOutcome = (hazard: Hazard): 'OPEN' | 'RESOLVED' | 'TO_CASE' => {
  if (hazard.toCase !== null) return 'TO_CASE';
  return hazard.latest.status === 'RESOLVED' ? 'RESOLVED' : 'OPEN';
};

/** 隐患排查 of the statistics: found, resolved, turned into cases. */
export function hazardCounts(files: readonly CaseFile[]): {
  readonly found: number;
  readonly resolved: number;
  readonly toCase: number;
} {
  const outcomes = files.flatMap((f) => (f.hazard === null ? [] : [hazardOutcome(f.hazard)]));
  return {
    found: outcomes.length,
    resolved: outcomes.filter((o) => o === 'RESOLVED').length,
    toCase: outcomes.filter((o) => o === 'TO_CASE').length,
  };
}
