/** Brings pieces to the county and believes only an answer to the very bytes that were sent. */
import { CLIENT_HEADER } from './version.ts';
import {
  HANDIN_MEDIA_TYPE,
  HANDIN_PATH,
  handInAnswerSchema,
  type HandInAnswer,
} from './handin-answer.ts';
import type { HandInPiece } from './handin-pieces.ts';
import { receiptInput, receiptOf, toHex, type Digest } from './hash.ts';
import { HELD_NO_ROOM } from './sealed-rows.ts';

/** How long one piece may take before it counts as cut. */
export const PIECE_TIMEOUT_MS = 120_000;

/** Why it stopped before its end. SIGN_IN: nobody is signed in; FOREIGN: somebody else answered. */
export type BringStop = 'OFFLINE' | 'SIGN_IN' | 'BUSY' | 'FULL' | 'REFUSED' | 'FOREIGN';

export interface BringDeps {
  readonly digest: Digest;
  readonly fetch: typeof fetch;
  readonly origin: string;
  readonly build: string;
}

export type Brought =
  { readonly kind: 'answer'; readonly answer: HandInAnswer } | { readonly kind: BringStop };

const stopOf = (status: number): BringStop => {
  if (status === 401) return 'SIGN_IN';
  if (status === 429 || status === 503) return 'BUSY';
  if (status === 507) return 'FULL';
  return status >= 500 || status === 408 ? 'OFFLINE' : 'REFUSED';
};

/** The receipt over our own bytes, as the county must say it. */
async function receiptFits(
  digest: Digest,
  { items }: HandInPiece,
  answer: HandInAnswer,
): Promise<boolean> {
  if (answer.items.length !== items.length) return false;
  const same = items.every(({ id, dv, ds }, n) => {
    const told = answer.items[n];
    return told?.id === id && told.dv === dv && told.ds === ds;
  });
  const links = items.filter((_, n) => ['stored', 'dup'].includes(answer.items[n]?.result.s ?? ''));
  return same && receiptOf(await digest(receiptInput(links))) === answer.receipt;
}

/** One piece there and back. */
export async function bringPiece(deps: BringDeps, piece: HandInPiece): Promise<Brought> {
  // The browser's own fetch refuses to be called as a member of something else.
  const { fetch } = deps;
  try {
    const response = await fetch(`${deps.origin}${HANDIN_PATH}`, {
      ...{ method: 'POST', redirect: 'manual', cache: 'no-store', credentials: 'same-origin' },
      headers: { 'content-type': HANDIN_MEDIA_TYPE, [CLIENT_HEADER]: deps.build },
      body: piece.bytes,
      signal: AbortSignal.timeout(PIECE_TIMEOUT_MS),
    });
    if (response.status !== 200)
      return { kind: response.type === 'opaqueredirect' ? 'FOREIGN' : stopOf(response.status) };
    const answer = handInAnswerSchema.safeParse(await response.json().catch(() => null));
    if (!answer.success || answer.data.got !== toHex(await deps.digest(piece.bytes)))
      return { kind: 'FOREIGN' };
    const fits = piece.items.length === 0 || (await receiptFits(deps.digest, piece, answer.data));
    return fits ? { kind: 'answer', answer: answer.data } : { kind: 'FOREIGN' };
  } catch {
    return { kind: 'OFFLINE' };
  }
}

/** What became of a hand-in file, or of a store, in numbers for people. */
export interface BringReport {
  readonly stored: number;
  /** Was here before. */
  readonly dup: number;
  /** The county read it and keeps it aside. */
  readonly refused: number;
  /** Lies at the county unopened. */
  readonly held: number;
  /** The county had no room to keep it unopened: it lies here alone. */
  readonly unkept: number;
  readonly filesComplete: number;
  readonly filesBegun: number;
  /** Of the files: in the name of who brought them, for want of their tablet's signature. */
  readonly filesUnsigned: number;
  /** Null: to the end. */
  readonly stop: BringStop | null;
}

export const NOTHING_BROUGHT: BringReport = {
  ...{ stored: 0, dup: 0, refused: 0, held: 0, unkept: 0, filesComplete: 0, filesBegun: 0 },
  filesUnsigned: 0,
  stop: null,
};

const count = (answer: HandInAnswer, kind: string): number =>
  answer.items.filter(({ result }) => result.s === kind).length;
const countUnkept = (answer: HandInAnswer): number =>
  answer.items.filter(({ result }) => result.s === 'held' && result.code === HELD_NO_ROOM).length;

/** Brings all pieces in order; `heard` gets each answer before the next piece goes. */
export async function bringPieces(
  deps: BringDeps,
  pieces: AsyncIterable<HandInPiece>,
  heard: (answer: HandInAnswer, report: BringReport) => Promise<void> | void,
): Promise<BringReport> {
  let report = NOTHING_BROUGHT;
  const begun = new Set<string>();
  const whole = new Set<string>();
  const unsigned = new Set<string>();
  for await (const piece of pieces) {
    const brought = await bringPiece(deps, piece);
    if (brought.kind !== 'answer') return { ...report, stop: brought.kind };
    const { answer } = brought;
    for (const { fileId, complete, unsigned: bare } of answer.files) {
      (complete ? whole : begun).add(fileId);
      if (bare) unsigned.add(fileId);
    }
    report = {
      stored: report.stored + count(answer, 'stored'),
      dup: report.dup + count(answer, 'dup'),
      refused: report.refused + count(answer, 'rejected') + count(answer, 'conflict'),
      held: report.held + count(answer, 'held') - countUnkept(answer),
      unkept: report.unkept + countUnkept(answer),
      filesComplete: whole.size,
      filesBegun: [...begun].filter((id) => !whole.has(id)).length,
      filesUnsigned: unsigned.size,
      stop: null,
    };
    await heard(answer, report);
  }
  return report;
}
