/**
 * Whether this tablet's clock was put right since the county's last answer, by a second clock that
 * nobody can set. Known as long as the window lives; what a reload forgets, the next answer says.
 */

/** A smaller difference between the two clocks is no jump: drift, and time servers at work. */
const JUMP_MS = 30_000;
/** So near to the county's difference a jump has taken it away. */
const NEAR_SECONDS = 120;

/** Jumps that are looked at; nights asleep are among them. */
const JUMPS_MAX = 64;

/** One moment by the clock that shows the date and by the one that only runs. */
export interface TwoClocks {
  readonly wallMs: number;
  readonly runningMs: number;
}

/** Jumps of the clock since the county's last answer, each looked at for itself. */
export class ClockWatch {
  private last: TwoClocks | null = null;
  private jumps: readonly number[] = [];
  private heardAt = '';

  /** A look at both clocks; often, since a sleep between two looks is a jump ahead as well. */
  see(now: TwoClocks): void {
    const { last } = this;
    this.last = now;
    if (!last) return;
    const jump = now.wallMs - last.wallMs - (now.runningMs - last.runningMs);
    if (Math.abs(jump) > JUMP_MS) this.jumps = [...this.jumps.slice(1 - JUMPS_MAX), jump / 1000];
  }

  /** The county's answer of this moment measured the clock as it stands: older jumps are in it. */
  heard(receiptAt: string): void {
    if (receiptAt !== this.heardAt) this.jumps = [];
    this.heardAt = receiptAt;
  }

  /** True when one jump took the difference of so many seconds, county minus tablet, away. */
  mended(offsetSeconds: number): boolean {
    if (Math.abs(offsetSeconds) <= NEAR_SECONDS) return false;
    return this.jumps.some((jump) => Math.abs(offsetSeconds - jump) <= NEAR_SECONDS);
  }
}
