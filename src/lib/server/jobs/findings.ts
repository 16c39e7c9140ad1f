/** What a look at the county's data found: a count that is never cut, and the first sentences. */
const FAULTS_SHOWN_MAX = 20;

export interface Findings {
  /** How many things were looked at. */
  attempts: number;
  /** How many of them do not hold. */
  broken: number;
  /** The first of them as plain sentences. */
  readonly faults: string[];
}

export const noFindings = (): Findings => ({ attempts: 0, broken: 0, faults: [] });

/** Notes one thing that does not hold. */
export function say(findings: Findings, fault: string): void {
  findings.broken += 1;
  if (findings.faults.length < FAULTS_SHOWN_MAX) findings.faults.push(fault);
}
