/**
 * Brings a vault's sealed work to the county with no key at all: the vault is locked, forgotten or
 * another agent's, or the app is closed and the service worker does it.
 *
 *     rows p, slips, files ─► pieces ─► POST, in order ─► answer to these bytes ─► rows a, strict
 *                                          │ cut, 401, busy: stop; the next run goes on by itself
 */
import type { Digest } from '../protocol/hash.ts';
import type { HandInAnswer } from '../protocol/handin-answer.ts';
import { handInPieces } from '../protocol/handin-pieces.ts';
import { bringPieces, type BringDeps, type BringReport } from '../protocol/handin-send.ts';
import { handInRecords } from './handin-rows.ts';
import { openSealedDb, rowsHere } from './sealed-db.ts';
import type { SealedRowsTaking } from './sealed-rows-here.ts';
import { planSettled, settleScope, type Settlement } from './settle-sealed.ts';

export interface DrainDeps extends BringDeps {
  readonly digest: Digest;
  /** UTC instant of the tablet's clock. */
  now(): string;
  /** Asked before every piece: false ends the run, as when the window got its own loop back. */
  mayGoOn?(): boolean;
  /** Remembers what the county could not open, so that it is offered once a day. */
  readonly held?: HeldRows;
  /** Hears each answer that is taken in, for what the county read and does not take. */
  refused?(answer: HandInAnswer): Promise<void>;
  /** Bytes of a piece; `DRAIN_PIECE_BYTES` without it. */
  readonly pieceBytes?: number;
}

/** Neither in the log nor refused for what it says: nothing comes of asking again at once. */
const waits = (result: HandInAnswer['items'][number]['result']): boolean =>
  result.s === 'held' || (result.s === 'rejected' && result.code === 'SIGNATURE');

/** Rows that the county holds unopened, or had no room for, in the memory of one window. */
export class HeldRows {
  private day = '';
  private readonly ids = new Set<string>();

  /** `now`: UTC instant of the tablet's clock. */
  note(answer: HandInAnswer, now: string): void {
    this.turn(now);
    for (const { id, result } of answer.items) if (waits(result)) this.ids.add(id);
  }

  isResting(id: string, now: string): boolean {
    this.turn(now);
    return this.ids.has(id);
  }

  /** What kept these is mended: they are offered again at once. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.ids.delete(id);
  }

  private turn(now: string): void {
    const day = now.slice(0, 10);
    if (day !== this.day) this.ids.clear();
    this.day = day;
  }
}

/** A smaller piece than the county takes: a cut on a thin line costs less. */
export const DRAIN_PIECE_BYTES = 160 * 1024;

/** What an answer says of rows that are in the log now. */
export const settlementOf = (answer: HandInAnswer): Settlement => ({
  ...{ epoch: answer.epoch, safe: answer.safe },
  items: answer.items.flatMap(({ dv, ds, id, result }) =>
    result.s === 'stored' || result.s === 'dup'
      ? [{ dv, ds, id, seq: result.seq, tag: result.tag }]
      : [],
  ),
});

async function settle(here: SealedRowsTaking, answer: HandInAnswer): Promise<void> {
  const settlement = settlementOf(answer);
  if (settlement.items.length > 0)
    await here.exchange(settleScope(settlement), (view) => planSettled(view, settlement));
  const whole = answer.files.flatMap(({ fileId, complete }) => (complete ? [fileId] : []));
  if (whole.length > 0) await here.filesArrived(whole);
}

async function* whileAllowed<T>(
  all: AsyncIterable<T>,
  mayGoOn: (() => boolean) | undefined,
): AsyncGenerator<T> {
  for await (const one of all) {
    if (mayGoOn?.() === false) return;
    yield one;
  }
}

/**
 * Brings everything unsent of one database that is sealed for the county; null where there is no such
 * database. Run it under the lock of the loop of that vault; twice at once is harmless.
 */
export async function drainSealed(database: string, deps: DrainDeps): Promise<BringReport | null> {
  const db = await openSealedDb(database);
  if (!db) return null;
  try {
    return await drainRows(rowsHere(db), deps);
  } finally {
    db.close();
  }
}

/** The run itself, over whatever the rows lie in. */
export function drainRows(here: SealedRowsTaking, deps: DrainDeps): Promise<BringReport> {
  const { held, pieceBytes = DRAIN_PIECE_BYTES } = deps;
  const resting = (id: string): boolean => held?.isResting(id, deps.now()) ?? false;
  const records = handInRecords(here, { ...deps, inTurn: true, resting });
  const allowed = whileAllowed(handInPieces(deps.digest, records, pieceBytes), deps.mayGoOn);
  return bringPieces(deps, allowed, async (answer) => {
    held?.note(answer, deps.now());
    await settle(here, answer);
    await deps.refused?.(answer);
  });
}
