/**
 * Work of vaults that are not open in this window: their owner locked them, left, or is somebody
 * else. It goes sealed and stays his; nothing of it is read here, nor could be.
 *
 *     start, network, lock, every ten minutes ─▶ each vault's database that is not open here
 *         ─▶ under that vault's lock ─▶ drain ─▶ told how it ended
 *         no line, and something waits ─▶ again soon: a browser does not always say that it has one
 */
import type { BringReport, BringStop } from '../protocol/handin-send.ts';

/** Between two turns that nothing woke. */
export const CARRY_MS = 600_000;
/** After a turn that found no line; each further one waits twice as long, up to `CARRY_MS`. */
export const CARRY_AGAIN_MS = 15_000;

export interface CarryDeps {
  /** Databases of all vaults of this tablet. */
  databases(): Promise<readonly string[]>;
  /** False for the one that this window has open and sends itself. */
  mayCarry(database: string): boolean;
  /** Runs alone among all windows with that vault; null: another one has it just now. */
  alone<T>(database: string, run: () => Promise<T>): Promise<T | null>;
  drain(database: string, mayGoOn: () => boolean): Promise<BringReport | null>;
  /** Asks for the county's word about a vault that nobody opens; when it has to is the caller's. */
  greet(database: string): Promise<void>;
  /** Something went, or why nothing does. */
  carried(database: string, stop: BringStop | null): void;
  /** Wakes it after so many milliseconds; the last word counts. */
  later(ms: number): void;
}

/** One for each window. */
export class Carrier {
  private readonly deps: CarryDeps;
  private running: Promise<void> | null = null;
  private again = false;
  private failures = 0;

  constructor(deps: CarryDeps) {
    this.deps = deps;
  }

  /** A turn over all vaults, or another one after the turn that is going on. */
  wake(): Promise<void> {
    this.again = true;
    this.running ??= this.turns().finally(() => (this.running = null));
    return this.running;
  }

  /** Only the county's word about one vault, before anything is sent: somebody waits for it. */
  async ask(database: string): Promise<void> {
    if (this.deps.mayCarry(database)) await this.deps.greet(database);
  }

  private async turns(): Promise<void> {
    while (this.again) {
      this.again = false;
      // A network that failed one fails the next as well; a vault that does not open stops no other.
      for (const database of await this.deps.databases().catch(() => []))
        if ((await this.carry(database).catch(() => null)) === 'OFFLINE') return this.noLine();
      this.failures = 0;
    }
  }

  private noLine(): void {
    this.deps.later(Math.min(CARRY_MS, CARRY_AGAIN_MS * 2 ** this.failures));
    this.failures += 1;
  }

  private async carry(database: string): Promise<BringStop | null> {
    const { deps } = this;
    const mayGoOn = (): boolean => deps.mayCarry(database);
    if (!mayGoOn()) return null;
    const report = await deps.alone(database, () => deps.drain(database, mayGoOn));
    if (report?.stop !== 'OFFLINE' && mayGoOn()) await deps.greet(database);
    if (report) deps.carried(database, report.stop);
    return report?.stop ?? null;
  }
}
