import type { Instant } from '../domain/values.ts';
import type { NoReply } from '../ports/transport.ts';
import { announce, outgoingMedia, uploadMissing } from './media-sync.ts';
import {
  afterFailure,
  afterSuccess,
  freshLink,
  quietWait,
  spreadWait,
  waitSeconds,
  type Link,
} from './retry.ts';
import { exchangeRound, type Missing, type SyncDeps } from './sync-round.ts';
import type { WaitReason } from './workspace-types.ts';

/** What woke the loop. `hand` is a person's 现在试着送. */
export type Wake = 'start' | 'save' | 'online' | 'timer' | 'worker' | 'hand';

export interface LoopDeps extends SyncDeps {
  /** Monotone milliseconds. */
  ticks(): number;
  /** Calls back once after so many milliseconds; returns how to call it off. */
  timer(ms: number, call: () => void): () => void;
  /** Runs while no other tab runs: Web Lock `sync`. */
  lock<T>(run: () => Promise<T>): Promise<T>;
  /** False only when the browser is sure that there is no network. */
  online(): boolean;
  /** Nearest deadline of a case, '' when none. */
  dueOf(caseId: string): string;
  /** The device id changed: the county has to hear of it before it takes events. */
  enrolAgain(): Promise<void>;
}

/** What the loop tells the screens; counts come from the store. */
export interface LoopStatus {
  readonly phase: 'idle' | 'sending' | 'waiting' | 'stopped';
  readonly reason: WaitReason | null;
  readonly lastTriedAt: Instant | null;
  readonly nextTryAt: Instant | null;
  readonly bytesPerSecond: number | null;
  /** Share at the county per file hash, for files under way. */
  readonly progress: ReadonlyMap<string, number>;
}

/** Exchanges of one run; a longer queue goes on after a pause of the event loop. */
export const ROUNDS_MAX = 500;

/**
 * One loop across all tabs, one exchange in flight.
 *
 *     idle --wake--> sending --nothing left--> idle (timer)
 *                       |  ^--- more, or woken meanwhile
 *                       +--no reply--> waiting --timer, online, save, hand--> sending
 */
export class SyncLoop {
  status: LoopStatus = {
    ...{ phase: 'idle', reason: null, lastTriedAt: null, nextTryAt: null },
    ...{ bytesPerSecond: null, progress: new Map() },
  };
  private readonly deps: LoopDeps;
  private readonly changed: (status: LoopStatus, stored: boolean) => void;
  private link: Link = freshLink;
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopped = false;
  private callOff: () => void = () => undefined;
  /** Before this tick only a person may try again: the county asked for it. */
  private notBefore = 0;
  private lastContact: number | null = null;
  private spreadSeconds = 0;

  constructor(deps: LoopDeps, changed: (status: LoopStatus, stored: boolean) => void) {
    this.deps = deps;
    this.changed = changed;
  }

  /** Asks for a run; while one is going on, for another right after it. */
  wake(why: Wake): void {
    if (this.stopped) return;
    if (this.running) {
      this.wanted = true;
      return;
    }
    if (why !== 'hand' && this.deps.ticks() < this.notBefore) return;
    if (why !== 'hand' && !this.deps.online()) return this.wait('NO_SIGNAL', quietWait(this.dice));
    const away = this.lastContact === null ? 0 : (this.deps.ticks() - this.lastContact) / 1000;
    const spread = why === 'online' ? spreadWait(away, this.spreadSeconds, this.dice) : 0;
    if (spread > 0) return this.wait('RETRY_SOON', spread);
    this.callOff();
    this.running = this.run().finally(() => {
      this.running = null;
    });
  }

  /** Resolves when the run that is going on has ended. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  stop(reason: WaitReason | null = null): void {
    this.stopped = true;
    this.callOff();
    this.tell({ phase: 'stopped', reason, nextTryAt: null });
  }

  /** What another window's loop found; taken on when it tried later than this one and has ended. */
  heard(theirs: unknown): void {
    if (this.running || this.stopped || !isStatus(theirs)) return;
    const { phase, reason, lastTriedAt } = theirs;
    const later = (lastTriedAt ?? '') > (this.status.lastTriedAt ?? '');
    if (!later || (phase !== 'idle' && phase !== 'waiting')) return;
    this.status = { ...this.status, phase, reason, lastTriedAt };
    this.changed(this.status, false);
  }

  /** After a new sign-in. */
  resume(): void {
    this.stopped = false;
    this.link = freshLink;
    this.notBefore = 0;
    this.wake('start');
  }

  private readonly dice = (): number => this.deps.clock.random();

  private async run(): Promise<void> {
    try {
      do {
        this.wanted = false;
        const failure = await this.deps.lock(() => this.drain());
        if (failure) return this.failed(failure.outcome, failure.tookMs);
      } while (this.wanted && !this.stopped);
      this.tell({ phase: 'idle', reason: null, progress: new Map() });
      this.schedule(quietWait(this.dice));
    } catch {
      // The store refused or broke: what was saved stays, the screens show it, we try later.
      this.failed({ kind: 'offline' }, 0);
    }
  }

  /** Text until nothing is left, then files; text that is saved meanwhile goes first. */
  private async drain(): Promise<Failure | null> {
    for (let round = 0; round < ROUNDS_MAX && !this.stopped; round++) {
      const files = await outgoingMedia(this.deps, (id) => this.deps.dueOf(id));
      const started = this.deps.ticks();
      this.tell({ phase: 'sending', reason: 'SENDING', lastTriedAt: this.deps.clock.now() });
      const result = await exchangeRound(this.deps, this.link.bytesMax, announce(files));
      const tookMs = this.deps.ticks() - started;
      if (result.kind === 'failed') return { outcome: result.outcome, tookMs };
      this.contact(result.bytes, tookMs);
      this.spreadSeconds = result.spreadSeconds;
      if (result.forked) await this.deps.enrolAgain();
      if (result.more) continue;
      if (result.missing.length === 0) return null;
      const again = await this.files(files, result.missing);
      if (typeof again === 'object') return again;
      if (!again) return null;
    }
    return null;
  }

  private async files(
    files: Awaited<ReturnType<typeof outgoingMedia>>,
    missing: Missing,
  ): Promise<Failure | boolean> {
    const started = this.deps.ticks();
    const upload = await uploadMissing(
      this.deps,
      { files, missing },
      {
        interrupted: () => this.wanted || this.stopped,
        progress: (sha, sent) => {
          const progress = new Map(this.status.progress).set(sha, sent);
          this.tell({ phase: 'sending', progress }, false);
        },
      },
    );
    this.changed(this.status, true);
    if (upload.kind === 'failed')
      return { outcome: upload.outcome, tookMs: this.deps.ticks() - started };
    if (upload.kind === 'interrupted') return true;
    // More files than one answer names, or a chunk that went missing: ask again, but only if
    // this turn moved something.
    return upload.finished > 0 && files.length > missing.length + upload.unfinished;
  }

  private contact(bytes: number, tookMs: number): void {
    this.link = afterSuccess(this.link);
    this.lastContact = this.deps.ticks();
    this.notBefore = 0;
    const measured = bytes > 2_000 && tookMs > 0 ? (bytes * 1000) / tookMs : null;
    this.tell({
      phase: 'sending',
      reason: null,
      bytesPerSecond: measured ?? this.status.bytesPerSecond,
    });
  }

  private failed(outcome: NoReply, tookMs: number): void {
    this.link = afterFailure(this.link, outcome, tookMs);
    if (outcome.kind === 'refused' && outcome.status === 401) return this.stop('SIGN_IN_AGAIN');
    const seconds = waitSeconds(this.link, outcome, this.dice);
    if (outcome.kind === 'busy') this.notBefore = this.deps.ticks() + seconds * 1000;
    this.wait(reasonOf(outcome), seconds);
  }

  private wait(reason: WaitReason, seconds: number): void {
    this.schedule(seconds);
    const nextTryAt = later(this.deps.clock.now(), seconds);
    this.tell({ phase: 'waiting', reason, nextTryAt });
  }

  private schedule(seconds: number): void {
    this.callOff();
    if (this.stopped) return;
    this.callOff = this.deps.timer(seconds * 1000, () => {
      this.notBefore = 0;
      this.wake('timer');
    });
  }

  private tell(change: Partial<LoopStatus>, stored = true): void {
    this.status = { ...this.status, ...change };
    this.changed(this.status, stored);
  }
}

const isStatus = (heard: unknown): heard is LoopStatus =>
  typeof heard === 'object' && heard !== null && 'phase' in heard && 'lastTriedAt' in heard;

interface Failure {
  readonly outcome: NoReply;
  readonly tookMs: number;
}

const later = (from: string, seconds: number): Instant =>
  new Date(Date.parse(from) + seconds * 1000).toISOString() as Instant;

/** Why nothing went out, as a code for the dictionary. */
export function reasonOf(outcome: NoReply): WaitReason {
  switch (outcome.kind) {
    case 'offline':
      return 'NO_SIGNAL';
    case 'not_the_county':
      return 'NOT_THE_COUNTY';
    case 'busy':
      return 'COUNTY_BUSY';
    case 'refused':
      return outcome.status === 401 ? 'SIGN_IN_AGAIN' : 'COUNTY_FAULT';
  }
}
