import type { Instant } from '../domain/values.ts';
import type { NoReply, Transport } from '../ports/transport.ts';
import { noReplyOf } from './blind-rows.ts';
import { coarseDay } from './coarse-day.ts';
import { MediaPace } from './media-pace.ts';
import { announce, outgoingMedia, uploadMissing, type Outgoing } from './media-sync.ts';
import {
  afterFailure,
  afterSuccess,
  cutWait,
  firstLink,
  quietWait,
  SPREAD_SECONDS_DEFAULT,
  spreadWait,
  waitSeconds,
  WORKING_SECONDS,
  type Link,
} from './retry.ts';
import { SendJob } from './send-job.ts';
import { NO_JOB, type JobFigures, type Running } from './send-job-types.ts';
import { measured, noSignal, type Measured, type Signal } from './signal.ts';
import type { Held } from './sync-lock.ts';
import { exchangeRound, type Missing, type SyncDeps } from './sync-round.ts';
import { isLocked } from './vault.ts';
import type { WaitReason } from './workspace-types.ts';

/** What woke the loop. `hand` is a person's 现在试着送. */
export type Wake = 'start' | 'save' | 'online' | 'shown' | 'timer' | 'worker' | 'hand';

export interface LoopDeps extends SyncDeps {
  /** Monotone milliseconds. */
  ticks(): number;
  /** Calls back once after so many milliseconds; returns how to call it off. */
  timer(ms: number, call: () => void): () => void;
  /** Runs while no other tab runs: Web Lock `sync`; `held` turns false when it was taken away. */
  lock<T>(run: (held: Held) => Promise<T>): Promise<T>;
  /** Nearest deadline of a case, '' when none. */
  dueOf(caseId: string): string;
  /** The device id changed: the county has to hear of it before it takes events. */
  enrolAgain(): Promise<void>;
  /** What earlier runs of today measured, and where this one's figures are kept. */
  readonly signal?: Signal;
  keepSignal?(signal: Signal): void;
  /** What the quickest request of this window took to be answered, before the loop sent one. */
  latencyMs?(): number | null;
}

/** What the loop tells the screens; counts come from the store. */
export interface LoopStatus {
  readonly phase: 'idle' | 'sending' | 'waiting' | 'stopped';
  readonly reason: WaitReason | null;
  readonly lastTriedAt: Instant | null;
  readonly nextTryAt: Instant | null;
  /** Today's link as measured by real requests. */
  readonly signal: Signal;
  /** Share at the county per file hash, for files under way. */
  readonly progress: ReadonlyMap<string, number>;
  /** Figures of the files that this stretch of sending carries. */
  readonly job: JobFigures;
  /** The request that is on its way now. */
  readonly running: Running | null;
  /** The county has taken what it takes of this person's files in one day; the rest is for later. */
  readonly filesTomorrow: boolean;
  /** The county named a newer program in its last answer. */
  readonly outdated: boolean;
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
    ...{ signal: noSignal(0), progress: new Map(), filesTomorrow: false, outdated: false },
    ...{ job: NO_JOB, running: null },
  };
  private readonly job = new SendJob();
  private readonly deps: LoopDeps;
  private readonly changed: (status: LoopStatus, stored: boolean) => void;
  private readonly pace: MediaPace;
  private link: Link;
  /** How long the last exchange was on its way, without what the tablet did before and after. */
  private awayMs = 0;
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopped = false;
  private callOff: () => void = () => undefined;
  /** Before this tick only a person may try again: the county asked for it. */
  private notBefore = 0;
  /** Tick of the last answer, or of the start: how long this tablet was out of reach. */
  private lastContact: number;
  /** Tick of the last answer that this loop heard. */
  private answered = -Infinity;
  private spreadSeconds = SPREAD_SECONDS_DEFAULT;

  constructor(deps: LoopDeps, changed: (status: LoopStatus, stored: boolean) => void) {
    this.deps = deps;
    this.changed = changed;
    const signal = deps.signal ?? noSignal(coarseDay(deps.clock.now()));
    this.status = { ...this.status, signal };
    this.link = firstLink(signal.bytesPerSecond, signal.latencyMs);
    this.lastContact = deps.ticks();
    this.pace = new MediaPace(() => deps.ticks(), signal.bytesPerSecond);
  }

  /** Asks for a run; while one is going on, for another right after it. */
  wake(why: Wake): void {
    if (this.stopped) return;
    if (this.running) {
      this.wanted = true;
      return;
    }
    if (why !== 'hand' && this.deps.ticks() < this.notBefore) return;
    // What the browser says about the network is a reason to try, never one not to.
    const away = (this.deps.ticks() - this.lastContact) / 1000;
    const together = why === 'online' || why === 'worker';
    const spread = together ? spreadWait(away, this.spreadSeconds, this.dice) : 0;
    if (spread > 0) return this.wait('RETRY_SOON', spread);
    this.callOff();
    if (this.status.signal.latencyMs === null && this.link.failures === 0) this.known();
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
    this.known();
    this.notBefore = 0;
    this.wake('start');
  }

  private readonly timed: Transport = {
    exchange: async (request) => {
      const started = this.deps.ticks();
      this.under({ kind: 'text', bytes: this.link.bytesMax, since: started });
      const outcome = await this.deps.transport.exchange(request);
      this.awayMs = this.deps.ticks() - started;
      this.status = { ...this.status, running: null };
      return outcome;
    },
    putChunk: (...chunk) => this.deps.transport.putChunk(...chunk),
  };

  /** Begins with what is known of today's link. */
  private known(): void {
    const { signal } = this.status;
    const latencyMs = signal.latencyMs ?? this.deps.latencyMs?.() ?? null;
    this.status = { ...this.status, signal: { ...signal, latencyMs } };
    this.link = firstLink(signal.bytesPerSecond, latencyMs);
  }

  private under(running: Running): void {
    this.tell({ running }, false);
  }

  private readonly dice = (): number => this.deps.clock.random();

  private async run(): Promise<void> {
    try {
      do {
        this.wanted = false;
        const failure = await this.deps.lock((held) => this.drain(held));
        if (failure) return this.wasCut(failure) ? this.again(failure) : this.failed(failure);
      } while (this.wanted && !this.stopped);
      // Pictures that were asked to wait come back on their own time; text waits for nobody.
      const rest = this.pace.restSeconds();
      const job = rest > 0 ? this.status.job : this.job.end();
      this.tell({ ...{ phase: 'idle', reason: null, running: null }, ...carried(job) });
      this.schedule(rest > 0 ? Math.min(rest, quietWait(this.dice)) : quietWait(this.dice));
    } catch (error) {
      // Another tab took over from a window that slept: it sends now.
      const taken = (error as { name?: string }).name === 'AbortError';
      if (taken) return this.wait('RETRY_SOON', quietWait(this.dice));
      // Locked in the middle: nothing was learned and nothing changed; the unlock wakes the loop.
      if (isLocked(error))
        return this.tell({
          phase: 'idle',
          reason: null,
          running: null,
          ...carried(this.job.end()),
        });
      // The store refused or broke: what was saved stays, the screens show it, we try later.
      // Nothing was learned of the county: its name stays out of it.
      this.noted({ outcome: { kind: 'offline' }, tookMs: 0 });
      this.wait('RETRY_SOON', waitSeconds(this.link, { kind: 'offline' }, this.dice));
    }
  }

  /** Text until nothing is left, then files; text that is saved meanwhile goes first. */
  private async drain(held: Held): Promise<Failure | null> {
    for (let round = 0; round < ROUNDS_MAX && !this.stopped && held(); round++) {
      const files = await outgoingMedia(this.deps, (id) => this.deps.dueOf(id));
      const started = this.deps.ticks();
      this.status = { ...this.status, ...carried(this.job.see(files)) };
      this.tell({ phase: 'sending', reason: 'SENDING', lastTriedAt: this.deps.clock.now() });
      const deps = { ...this.deps, transport: this.timed };
      const result = await exchangeRound(deps, this.link.bytesMax, this.offer(files));
      const tookMs = this.deps.ticks() - started;
      if (result.kind === 'failed') return { outcome: result.outcome, tookMs };
      this.contact({
        kind: 'text',
        bytes: result.bytes,
        delivered: result.delivered,
        ms: this.awayMs,
      });
      this.spreadSeconds = result.spreadSeconds;
      this.status = { ...this.status, outdated: result.outdated };
      if (result.announced > 0) this.tell({ filesTomorrow: result.unnamed > 0 }, false);
      if (result.forked) await this.deps.enrolAgain();
      if (result.more) continue;
      const cut = await this.sealedFiles(held);
      if (cut) return { outcome: cut, tookMs: this.deps.ticks() - started };
      if (result.missing.length === 0) {
        await this.deps.store.dropLeftMedia();
        return null;
      }
      const again = await this.files(files, result.missing);
      if (typeof again === 'object') return again;
      if (!again) return null;
    }
    return null;
  }

  /** Files that only the county opens, behind the text and in front of the plain ones. */
  private async sealedFiles(held: Held): Promise<NoReply | null> {
    const mayGoOn = (): boolean => !this.wanted && !this.stopped && held();
    const stop = (await this.deps.blind?.files(mayGoOn))?.stop ?? null;
    return stop === null || stop === 'REFUSED' ? null : noReplyOf(stop);
  }

  private async files(
    files: Awaited<ReturnType<typeof outgoingMedia>>,
    missing: Missing,
  ): Promise<Failure | boolean> {
    const started = this.deps.ticks();
    const upload = await uploadMissing(
      this.deps,
      { files, missing, pace: this.pace },
      {
        interrupted: () => this.wanted || this.stopped,
        progress: (sha, sent) =>
          this.tell({ phase: 'sending', ...carried(this.job.arrived(sha, sent)) }, false),
        started: (bytes, beside) =>
          this.under({ kind: 'file', bytes: bytes * beside, since: this.deps.ticks() }),
        measured: (bytes, ms) => this.measure({ kind: 'file', bytes, delivered: bytes, ms }),
      },
    );
    this.tell({ running: null });
    if (upload.kind === 'failed')
      return { outcome: upload.outcome, tookMs: this.deps.ticks() - started };
    if (upload.kind === 'interrupted') return true;
    if (upload.kind === 'paused') return false;
    // More files than one answer names, or a chunk that went missing: ask again, but only if
    // this turn moved something.
    return upload.finished > 0 && files.length > missing.length + upload.unfinished;
  }

  /** What an exchange says of the files: a few on a bad link, none while their lane rests. */
  private readonly offer = (files: readonly Outgoing[]) =>
    announce(files, this.pace.restSeconds() > 0 ? 0 : this.pace.filesAtOnce(files.length));

  private contact(one: Measured): void {
    this.lastContact = this.answered = this.deps.ticks();
    this.notBefore = 0;
    this.measure(one);
    this.link = afterSuccess(this.link, this.status.signal.bytesPerSecond);
    this.tell({ phase: 'sending', reason: null });
  }

  /** Takes a real request into today's signal. */
  private measure(one: Measured): void {
    const today = coarseDay(this.deps.clock.now());
    const signal = measured(this.status.signal, one, today);
    this.status = { ...this.status, signal };
    this.deps.keepSignal?.(signal);
  }

  /** A connection broke that had just carried an answer; it is the first failure since. */
  private wasCut({ outcome, tookMs }: Failure): boolean {
    if (outcome.kind !== 'offline' || this.link.failures > 0 || this.stopped) return false;
    return this.deps.ticks() - tookMs - this.answered <= WORKING_SECONDS * 1000;
  }

  private noted(failure: Failure): void {
    this.link = afterFailure(this.link, failure, this.status.signal.bytesPerSecond);
  }

  /** Tries once more almost at once; the screens still say that it sends. */
  private again(failure: Failure): void {
    this.noted(failure);
    this.schedule(cutWait(this.dice));
  }

  private failed(failure: Failure): void {
    const { outcome } = failure;
    this.noted(failure);
    if (outcome.kind === 'refused' && outcome.error === 'SIGN_IN')
      return this.stop('SIGN_IN_AGAIN');
    const seconds = waitSeconds(this.link, outcome, this.dice);
    if (askedToWait(outcome)) this.notBefore = this.deps.ticks() + seconds * 1000;
    this.wait(reasonOf(outcome), seconds);
  }

  private wait(reason: WaitReason, seconds: number): void {
    this.schedule(seconds);
    const nextTryAt = later(this.deps.clock.now(), seconds);
    this.tell({ phase: 'waiting', reason, nextTryAt, running: null });
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

const carried = (job: JobFigures): Pick<LoopStatus, 'job' | 'progress'> => ({
  ...{ job, progress: job.progress },
});

const isStatus = (heard: unknown): heard is LoopStatus =>
  typeof heard === 'object' && heard !== null && 'phase' in heard && 'lastTriedAt' in heard;

interface Failure {
  readonly outcome: NoReply;
  readonly tookMs: number;
}

/** The county named a time: before it only a person may try. */
const askedToWait = (outcome: NoReply): boolean =>
  outcome.kind === 'busy' || (outcome.kind === 'refused' && outcome.status === 507);

const later = (from: string, seconds: number): Instant =>
  new Date(Date.parse(from) + seconds * 1000).toISOString() as Instant;

/** Why nothing went out, as a code for the dictionary. */
export function reasonOf(outcome: NoReply): WaitReason {
  switch (outcome.kind) {
    case 'offline':
      return 'NO_ANSWER';
    case 'not_the_county':
      return 'NOT_THE_COUNTY';
    case 'busy':
      return 'COUNTY_BUSY';
    case 'refused':
      if (outcome.error === 'SIGN_IN') return 'SIGN_IN_AGAIN';
      if (outcome.error === 'DEVICE') return 'OTHER_PERSON';
      return outcome.status === 507 ? 'COUNTY_FULL' : 'COUNTY_FAULT';
  }
}
