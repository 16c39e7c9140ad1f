/** What the page that opens a forgotten lock does in the browser; keys never leave it. */
import { sha256OfBytes } from '$lib/domain/text-hash';
import { fromBase64Url, randomBytes } from '$lib/protocol/bytes';
import { CARD_SECRET_BYTES, printedCard, type PrintedCard } from '$lib/protocol/card';
import { toBase64Url } from '$lib/protocol/hash';
import { readShare } from '$lib/protocol/key-share';
import {
  makeSlip,
  newPagePair,
  openCountyWrap,
  openSheet,
  recoveryPair,
  sealSheet,
  slipGroups,
  type OwnPair,
} from '$lib/protocol/reopen';

/** Pairs of this page by the opening they belong to; a page that is left has none. */
const pairs = new Map<string, OwnPair>();

/** Whether this page is the one that began it. */
export const hasPair = (id: string): boolean => pairs.has(id);

/** A fresh id and pair for an opening. */
export async function beginHere(): Promise<{ readonly id: string; readonly to: string }> {
  const pair = await newPagePair();
  const id = toBase64Url(randomBytes(16));
  pairs.set(id, pair);
  return { id, to: toBase64Url(pair.publicKey) };
}

/** A typed sheet, sealed to the page that opens; null: a wrong letter, or the sheet of another key. */
export async function sealedSheet(
  line: { readonly id: string; readonly to: string; readonly keyIds: readonly string[] },
  typed: string,
): Promise<{ readonly key: string; readonly sealed: string } | null> {
  const to = fromBase64Url(line.to);
  for (const keyId of line.keyIds) {
    const part = await readShare(keyId, typed);
    if (part && to)
      return { key: keyId, sealed: await sealSheet(to, { id: line.id, keyId }, part) };
  }
  return null;
}

/** What the county hands to this page when two people gave their sheets. */
export interface Opening {
  readonly vaultId: string;
  readonly wraps: readonly { readonly keyId: string; readonly box: string }[];
  readonly keys: Readonly<Record<string, string>>;
  readonly sheets: readonly { readonly keyId: string; readonly sealed: string }[];
  readonly until: number;
}

/** The new card and its slip, for the printer. */
export interface NewWayIn {
  readonly card: PrintedCard;
  readonly slip: string;
  readonly groups: readonly string[];
}

const digest = (bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(sha256OfBytes(bytes));

/** Puts the key together, opens the vault's, makes the new card; null: these sheets are not its. */
export async function newWayIn(id: string, of: Opening): Promise<NewWayIn | null> {
  const pair = pairs.get(id);
  if (!pair) return null;
  const { vaultId } = of;
  for (const wrap of of.wraps) {
    const { keyId } = wrap;
    const publicKey = fromBase64Url(of.keys[keyId] ?? '');
    const mine = of.sheets.filter((sheet) => sheet.keyId === keyId);
    const read = await Promise.all(
      mine.map(({ sealed }) => openSheet(pair, { id, keyId }, sealed)),
    );
    const parts = read.filter((part) => part !== null);
    const recovery = publicKey && (await recoveryPair(publicKey, parts));
    for (const part of parts) part.bytes.fill(0);
    const dek = recovery && (await openCountyWrap(vaultId, wrap, recovery));
    if (!dek) continue;
    const card = { vaultId, secret: randomBytes(CARD_SECRET_BYTES) };
    const slip = await makeSlip(card, of.until, dek);
    dek.fill(0);
    const printed = await printedCard(digest, card);
    return { card: printed, slip, groups: slipGroups(slip) };
  }
  return null;
}

/** The key of this opening is needed no more. */
export const endHere = (id: string): void => void pairs.delete(id);
