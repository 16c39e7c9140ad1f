/** The county of the simulation: the real exchange over the memory store, with a hand to hurt it. */
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { CaseId, EventId, Instant, Sha256 } from '../../src/lib/domain/values.ts';
import type { ClockAndIds } from '../../src/lib/ports/clock-and-ids.ts';
import { memoryCountyStore } from '../../src/lib/ports/county-store-memory.ts';
import type { CountyStore, CountyTx, MediaRow } from '../../src/lib/ports/county-store.ts';
import type { LogRow } from '../../src/lib/ports/event-store.ts';
import { memoryMediaStore } from '../../src/lib/ports/media-store.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { HandInAnswer } from '../../src/lib/protocol/handin-answer.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { ackList, takePiece } from '../../src/lib/server/sync/handin.ts';
import { openAgain } from '../../src/lib/server/sync/sealed-again.ts';
import type { CountyDeps } from '../../src/lib/server/sync/deps.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import type { Asker, Judge } from '../../src/lib/server/sync/judge.ts';
import { openLedger } from '../../src/lib/server/sync/ledger.ts';
import { attachmentsArrived, missingOf, senderOf } from '../../src/lib/server/sync/media-rows.ts';
import { adoptAside, recordAtCounty, type NewRecord } from '../../src/lib/server/sync/record.ts';
import { COUNTY, countedClock, digest } from './county.ts';
import { simCheck } from './signing.ts';
import { asker } from './sim-tablet.ts';
import { SimOpener, type SimCipher } from './sim-vault.ts';
import { Violation } from './world.ts';

class Crash extends Error {}

/** How the process ends in the middle of an exchange; `none` means that it does not. */
export type CrashAt = 'none' | 'before commit' | 'after commit';
type Deps = CountyDeps<Asker>;

export interface CountyInputs {
  readonly judge: Judge<Asker>;
  /** The bug that is planted, or null. */
  readonly mutant: string | null;
  now(): number;
  /** How much later than the counted clock it is here. */
  readonly laterMs: number;
  /** What keyed vaults sealed; null where there are none. */
  readonly cipher: SimCipher | null;
}

/** A commit that another node cannot see yet (naiveSeq): for so many ticks. */
const UNSEEN_TICKS = 40;

export class SimCounty {
  readonly store = memoryCountyStore();
  readonly media = memoryMediaStore(digest);
  /** The K rule that the last answer named for an event; empty when it met none. */
  readonly rules = new Map<string, string>();
  readonly nodes: readonly Deps[];
  readonly #inputs: CountyInputs;
  #crash: CrashAt = 'none';
  #snapshot: unknown = null;
  #backed: readonly LogRow[] = [];
  #epochs = 0;
  #shift: number;
  readonly #committedAt: number[] = [];
  /** Keys of the county's list, newest first, and those whose private halves are at hand. */
  keysInForce: readonly string[] = ['intake-1'];
  #keys: ReadonlySet<string> = new Set(this.keysInForce);

  constructor(inputs: CountyInputs) {
    this.#inputs = inputs;
    this.#shift = inputs.laterMs;
    const store: CountyStore = {
      close: this.store.close,
      transact: (county, body) =>
        this.store.transact(county, async (tx) => {
          const value = await body(this.#seen(tx));
          if (this.#crash === 'before commit') throw new Crash();
          return value;
        }),
    };
    const { cipher } = inputs;
    const sealed: Pick<Deps, 'sealed'> = cipher
      ? {
          sealed: {
            opener: async () => new SimOpener(cipher, this.#keys),
            askerOf: async (personId: string) => asker(personId),
          },
        }
      : {};
    this.nodes = ['C', 'D'].map((name) => ({
      ...{ county: COUNTY, store, clock: this.#clock(name), digest, judge: inputs.judge },
      signatures: simCheck,
      settings: { spreadSeconds: 120, minBuild: '0' },
      ...sealed,
    }));
  }

  /** Time goes with the ticks, a little further with every look. */
  #clock(name: string): ClockAndIds {
    const { now } = this.#inputs;
    const start = Date.parse('2026-06-08T01:00:00Z');
    let looks = 0;
    const ms = () => start + this.#shift + now() * 1_000 + (looks += 1);
    return { ...countedClock(name), now: () => new Date(ms()).toISOString() as Instant };
  }

  /** Planted: positions given out before their commit, or a cursor made of times. */
  #seen(tx: CountyTx): CountyTx {
    const { mutant, now } = this.#inputs;
    if (mutant !== 'naiveSeq' && mutant !== 'tsCursor') return tx;
    const log = this.log();
    return {
      ...tx,
      feed: async (of) => {
        const { after } = of;
        const { rows, scanned } = await tx.feed(of);
        const since = after === 0 ? '' : (log[after - 1]?.receivedAt ?? '');
        const shown = (row: LogRow) =>
          mutant === 'tsCursor'
            ? row.receivedAt > since
            : (this.#committedAt[row.seq] ?? -Infinity) < now() - UNSEEN_TICKS;
        return { rows: rows.filter(shown), scanned };
      },
    };
  }

  async begin(): Promise<void> {
    const at = '2026-06-08T00:00:00Z' as Instant;
    const epochs = [{ id: 'epoch-0', baseSeq: 0, reason: 'begin', at }];
    await this.store.transact(COUNTY, (tx) => tx.write({ epochs }));
  }

  log(): readonly LogRow[] {
    return this.store.log(COUNTY);
  }

  /** The county's clock jumps. */
  jump(ms: number): void {
    this.#shift = this.#inputs.laterMs + ms;
  }

  node(number: number): Deps {
    return this.nodes[number] ?? (this.nodes[0] as Deps);
  }

  /** The answer, or null when the process died before it could leave. */
  async handle(
    { asker, node, ends }: { asker: Asker; node: number; ends: CrashAt },
    request: ExchangeRequest,
  ): Promise<ExchangeReply | null> {
    const { mutant } = this.#inputs;
    const bad = ({ p }: { readonly p: unknown }) => (p as { bad?: boolean } | null)?.bad === true;
    if (mutant === 'poisonBlocks' && request.events.some(bad)) return null;
    const early = mutant === 'ackEarly' && ends === 'before commit';
    const before = early ? this.store.snapshot(COUNTY) : null;
    this.#crash = early ? 'none' : ends;
    const head = this.log().length;
    try {
      const done = await exchange(this.node(node), asker, request);
      for (let seq = head + 1; seq <= this.log().length; seq++)
        this.#committedAt[seq] = this.#inputs.now();
      if (early) this.store.restore(COUNTY, before, null);
      if (!done.ok) return null;
      const { reply, announced } = done.value;
      if (reply.kind === 'exchange') this.#durable(reply);
      if (ends === 'after commit') return null;
      if (reply.kind === 'epoch') return reply;
      return { ...reply, missing: await missingOf(this.media, announced) };
    } catch (error) {
      if (error instanceof Crash) return null;
      if (error instanceof Violation) throw error;
      throw new Violation(`the county threw: ${String(error)}`, { cause: error });
    } finally {
      this.#crash = 'none';
    }
  }

  /** A new key; the two newest are sealed to, all before still open. */
  rotate(): void {
    const name = `intake-${String(Number(this.keysInForce[0]?.slice(7)) + 1)}`;
    this.keysInForce = [name, ...this.keysInForce].slice(0, 2);
    if (this.#keys.size > 0) this.#keys = new Set([...this.#keys, name]);
  }

  /** The key file is away, or another one's: what comes sealed is held. */
  loseKeys(): void {
    this.#keys = new Set();
  }

  findKeys(): void {
    const newest = Number(this.keysInForce[0]?.slice(7));
    this.#keys = new Set(Array.from({ length: newest }, (_, n) => `intake-${String(n + 1)}`));
  }

  /** What the county does every day with what it holds unopened. */
  async openHeld(): Promise<void> {
    await openAgain(this.node(0));
  }

  /** The list of an ack file. */
  ackOf(items: readonly { readonly dv: string; readonly ds: number; readonly id: string }[]) {
    const { store, clock } = this.node(0);
    return ackList({ store, county: COUNTY, clock }, items);
  }

  /** One piece of sealed work; null when the process died before its answer could leave. */
  async handIn(
    { asker: person, node, ends }: { asker: Asker; node: number; ends: CrashAt },
    piece: Uint8Array<ArrayBuffer>,
  ): Promise<HandInAnswer | null> {
    const sync = this.node(node);
    const container = { sync, store: sync.store, county: COUNTY, digest } as unknown as Container;
    this.#crash = ends;
    try {
      const answer = await takePiece(container, person as Subject, piece);
      const log = this.log();
      for (const { id, result } of answer.items)
        if ((result.s === 'stored' || result.s === 'dup') && log[result.seq - 1]?.id !== id)
          throw new Violation(`S4 ${id} was answered ${result.s} and is not there`);
      return ends === 'after commit' ? null : answer;
    } catch (error) {
      if (error instanceof Crash) return null;
      if (error instanceof Violation) throw error;
      throw new Violation(`the county threw: ${String(error)}`, { cause: error });
    } finally {
      this.#crash = 'none';
    }
  }

  /** S4 at its root: what an answer calls stored stands in the log when the answer leaves. */
  #durable(reply: Extract<ExchangeReply, { kind: 'exchange' }>): void {
    const log = this.log();
    for (const result of reply.results) {
      if (result.s !== 'stored' && result.s !== 'dup') continue;
      const row = log[result.seq - 1];
      if (row?.id !== result.id || row.tag !== result.tag)
        throw new Violation(`S4 ${result.id} was answered ${result.s} and is not there`);
      if (result.s === 'stored') this.rules.set(result.id, result.rule ?? '');
    }
  }

  /** The office does something in a case, if the county knows it. */
  async act(
    { caseId, actor, node }: { caseId: string; actor: Actor; node: number },
    events: readonly NewRecord[],
  ): Promise<void> {
    const known = await this.store.transact(COUNTY, (tx) => tx.cases([caseId as CaseId]));
    if (known.size === 0) return;
    await recordAtCounty(this.node(node), { actor, caseId: caseId as CaseId, events });
  }

  async adopt(id: string, actor: Actor): Promise<void> {
    await adoptAside(this.node(0), { id: id as EventId, actor, reason: '核过，算数' });
  }

  asideOpen(): readonly string[] {
    return this.store
      .asideRows(COUNTY)
      .filter(({ adoptedSeq }) => adoptedSeq === null)
      .map(({ id }) => id);
  }

  /** A copy is made; when it was put back elsewhere and verified, `safe` rises to its end. */
  async backup(verified: boolean): Promise<void> {
    const { mutant } = this.#inputs;
    if (mutant !== 'safeWithoutCheck' || this.#snapshot === null) {
      this.#snapshot = this.store.snapshot(COUNTY);
      this.#backed = [...this.log()];
    }
    if (!verified) return;
    await this.store.transact(COUNTY, async (tx) => tx.write({ safe: (await tx.head()).seq }));
  }

  /** Whether the newest copy holds this event at this position. */
  isBacked(id: string, seq: number): boolean {
    return this.#backed[seq - 1]?.id === id;
  }

  restore(announced: boolean): void {
    if (this.#snapshot === null) return;
    this.store.restore(COUNTY, this.#snapshot, null);
    if (!announced) return;
    const baseSeq = this.log().length;
    this.#epochs += 1;
    const at = '2026-06-09T00:00:00Z' as Instant;
    const epoch = { id: `epoch-${String(this.#epochs)}`, baseSeq, reason: 'restore', at };
    this.store.restore(COUNTY, this.#snapshot, epoch);
  }

  /** One chunk as the endpoint takes it; null when it was not taken. */
  async chunk(
    asker: Asker,
    { sha, ...piece }: { sha: string; index: number; from: number; bytes: Uint8Array },
  ): Promise<{ complete: boolean } | null> {
    const rows = await this.store.transact(COUNTY, (tx) => tx.media([sha as Sha256]));
    const mine = rows.filter(({ personId }) => personId === asker.personId);
    if (mine.some(({ state }) => state === 'complete')) return { complete: true };
    const wanted = mine.find(({ state }) => state === 'wanted');
    if (wanted === undefined) return null;
    const key = { sha: wanted.sha, bytes: wanted.bytes, by: senderOf(wanted.personId) };
    const put = await this.media.putPiece(key, piece);
    if (!put.ok) return null;
    if (put.value) await this.#whole(mine);
    return { complete: put.value || this.#inputs.mutant === 'mediaAckEarly' };
  }

  async #whole(mine: readonly MediaRow[]): Promise<void> {
    const deps = this.node(0);
    await deps.store.transact(COUNTY, async (tx) => {
      const cases = mine.map(({ caseId }) => caseId);
      const ledger = openLedger(deps, await tx.head(), await tx.cases(cases));
      const complete = { state: 'complete', refused: '', completeAt: ledger.now } as const;
      await tx.write({ media: mine.map((row) => ({ ...row, ...complete })) });
      await attachmentsArrived(tx, ledger, cases);
      await tx.write(ledger.take());
    });
  }
}
