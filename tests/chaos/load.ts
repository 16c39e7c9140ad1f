/** Tablets that work without pause: take, add, send, and try again when nobody answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../src/lib/ports/transport.ts';
import type { Marked, Marker } from './markers.ts';
import { ChaosTablet } from './tablet.ts';

/** A person may ask this often at once; then another tablet goes on in its place. */
const EXCHANGES_PER_TABLET = 26;
const ADDED_PER_TURN = 4;
const UNSENT_MAX = 12;
const PAUSE_MS = 30;
/** Tries of the last drain; by then nobody disturbs. */
const DRAIN_TRIES = 200;

export interface LoadOf {
  readonly name: string;
  readonly marks: Marker;
  /** Tablets at work at the same time. */
  readonly tablets: number;
  /** Where the n-th exchange of a tablet goes. */
  origin(this: void, tablet: string, exchange: number): string;
  readonly transport?: (real: Transport, tablet: ChaosTablet) => Transport;
}

/** Work that goes on until it is told to stop; what was promised is kept. */
export class Load {
  readonly promised: Marked[] = [];
  readonly tablets: ChaosTablet[] = [];
  exchanges = 0;
  /** Exchanges without an answer. */
  broken = 0;
  /** Exchanges that the county refused as a whole, by status. */
  private readonly refusals = new Map<number, number>();
  /** Ids acked since the last look. */
  private fresh: string[] = [];
  private readonly seen = new Set<string>();
  private readonly of: LoadOf;
  private running = true;
  private workers: Promise<void>[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(of: LoadOf) {
    this.of = of;
  }

  start(): void {
    this.workers = Array.from({ length: this.of.tablets }, () => this.work());
  }

  get acked(): number {
    return this.seen.size;
  }

  /** Ids that some tablet was told are stored, each once. */
  takeAcked(): readonly string[] {
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  /** Everything that is still unsent goes; answers how many events could not. */
  async drain(): Promise<number> {
    let unsent = 0;
    for (const tablet of this.tablets) {
      let done = await this.settled(tablet);
      for (let n = 0; n < DRAIN_TRIES && !done; n++) {
        const wait = tablet.lastFailure?.kind === 'busy' ? 500 : PAUSE_MS;
        await sleep(wait);
        done = await this.settled(tablet);
      }
      unsent += tablet.unsent;
    }
    return unsent;
  }

  get refusedExchanges(): number {
    return [...this.refusals.values()].reduce((a, b) => a + b, 0);
  }

  /** In words for the report: how often which status. */
  get statuses(): string {
    return [...this.refusals].map(([status, n]) => `${n} times ${status}`).join(', ');
  }

  get refused(): number {
    return this.tablets.reduce((sum, tablet) => sum + tablet.refused, 0);
  }

  private async settled(tablet: ChaosTablet): Promise<boolean> {
    const done = await tablet.drain();
    this.note(tablet);
    return done;
  }

  private note(tablet: ChaosTablet): void {
    for (const id of tablet.ackedIds())
      if (!this.seen.has(id)) {
        this.seen.add(id);
        this.fresh.push(id);
      }
  }

  private async exchange(tablet: ChaosTablet) {
    this.exchanges++;
    const round = await tablet.round();
    this.note(tablet);
    return round;
  }

  /** What was answered before now is noted, but for what takes longer than so many milliseconds. */
  async heard(patienceMs: number): Promise<void> {
    await Promise.race([Promise.allSettled(this.underWay), sleep(patienceMs)]);
  }

  private async work(): Promise<void> {
    while (this.running) {
      const tablet = await this.newTablet();
      if (!tablet) continue;
      let answered = 0;
      while (this.running && answered < EXCHANGES_PER_TABLET) {
        if (tablet.unsent < UNSENT_MAX)
          this.promised.push(...(await tablet.add(this.of.marks, ADDED_PER_TURN)));
        const going = this.exchange(tablet);
        this.underWay.add(going);
        const round = await going.finally(() => this.underWay.delete(going));
        if (round.kind === 'done') {
          answered++;
          continue;
        }
        this.broken++;
        const failure = tablet.lastFailure;
        if (failure?.kind === 'refused')
          this.refusals.set(failure.status, (this.refusals.get(failure.status) ?? 0) + 1);
        await sleep(PAUSE_MS);
      }
    }
  }

  /** A tablet with its first case; null when nobody answered the enrolment. */
  private async newTablet(): Promise<ChaosTablet | null> {
    const name = `${this.of.name}${this.tablets.length}`;
    const tablet: ChaosTablet = new ChaosTablet({
      name,
      origin: () => this.of.origin(name, tablet.exchanges),
      ...(this.of.transport ? { transport: this.of.transport } : {}),
    });
    this.tablets.push(tablet);
    try {
      await tablet.enrol();
    } catch {
      this.tablets.splice(this.tablets.indexOf(tablet), 1);
      await sleep(PAUSE_MS);
      return null;
    }
    this.promised.push(await tablet.take(this.of.marks));
    return tablet;
  }
}
