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

/** A file of which the county has a part, or whose description it could not read. */
export interface FileLacking {
  readonly fileId: string;
  /** Slices in all, and how many are still wanted; null: its description did not come whole. */
  readonly lacks: { readonly of: number; readonly wanted: number } | null;
  /** Number of its case, for who may see it. */
  readonly no: string | null;
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
  /** The same by the reason why. */
  readonly heldBy: Readonly<Record<string, number>>;
  /** The county had no room to keep it unopened: it lies here alone. */
  readonly unkept: number;
  readonly filesComplete: number;
  readonly filesBegun: number;
  /** Of the files: in the name of who brought them, for want of their tablet's signature. */
  readonly filesUnsigned: number;
  /** Of the files: those that are not whole yet. */
  readonly lacking: readonly FileLacking[];
  /** Null: to the end. */
  readonly stop: BringStop | null;
}

export const NOTHING_BROUGHT: BringReport = {
  ...{ stored: 0, dup: 0, refused: 0, held: 0, unkept: 0, filesComplete: 0, filesBegun: 0 },
  ...{ filesUnsigned: 0, heldBy: {}, lacking: [] },
  stop: null,
};

const count = (answer: HandInAnswer, kind: string): number =>
  answer.items.filter(({ result }) => result.s === kind).length;
const countUnkept = (answer: HandInAnswer): number =>
  answer.items.filter(({ result }) => result.s === 'held' && result.code === HELD_NO_ROOM).length;

function heldWith(
  before: BringReport['heldBy'],
  { items }: HandInAnswer,
): Readonly<Record<string, number>> {
  const all = { ...before };
  for (const { result } of items)
    if (result.s === 'held' && result.code !== HELD_NO_ROOM)
      all[result.code] = (all[result.code] ?? 0) + 1;
  return all;
}

type FileAnswer = HandInAnswer['files'][number];

const lackingOf = ({ fileId, of, lacks, no }: FileAnswer): FileLacking => ({
  ...{ fileId, no: no ?? null },
  lacks: of === undefined || lacks === undefined ? null : { of, wanted: lacks },
});

/** Brings all pieces in order; `heard` gets each answer before the next piece goes. */
export async function bringPieces(
  deps: BringDeps,
  pieces: AsyncIterable<HandInPiece>,
  heard: (answer: HandInAnswer, report: BringReport) => Promise<void> | void,
): Promise<BringReport> {
  let report = NOTHING_BROUGHT;
  const begun = new Map<string, FileAnswer>();
  const whole = new Set<string>();
  const unsigned = new Set<string>();
  for await (const piece of pieces) {
    const brought = await bringPiece(deps, piece);
    if (brought.kind !== 'answer') return { ...report, stop: brought.kind };
    const { answer } = brought;
    for (const file of answer.files) {
      if (file.complete) whole.add(file.fileId);
      else begun.set(file.fileId, file);
      if (file.unsigned) unsigned.add(file.fileId);
    }
    const open = [...begun.values()].filter(({ fileId }) => !whole.has(fileId));
    report = {
      stored: report.stored + count(answer, 'stored'),
      dup: report.dup + count(answer, 'dup'),
      refused: report.refused + count(answer, 'rejected') + count(answer, 'conflict'),
      held: report.held + count(answer, 'held') - countUnkept(answer),
      unkept: report.unkept + countUnkept(answer),
      filesComplete: whole.size,
      heldBy: heldWith(report.heldBy, answer),
      filesBegun: open.length,
      lacking: open.map(lackingOf),
      filesUnsigned: unsigned.size,
      stop: null,
    };
    await heard(answer, report);
  }
  return report;
}
