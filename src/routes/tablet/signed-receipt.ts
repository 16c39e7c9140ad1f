/**
 * The county's signed receipt of a case, as the tablet holds it: fetched when there is a line, shown
 * when there is none. It has no name and no word of anybody, so it lies in the open beside the case's
 * random id.
 */

/** What is drawn and said. */
export interface SignedReceipt {
  /** Address behind the square. */
  readonly address: string;
  readonly spoken: { readonly digits: string; readonly words: readonly number[] };
}

const storageKey = 'daiban.receipts';
/** Receipts kept; the oldest goes and is fetched again when it is wanted. */
export const RECEIPTS_KEPT_MAX = 300;
const fetchTimeoutMs = 15_000;

function isReceipt(value: unknown): value is SignedReceipt {
  if (typeof value !== 'object' || value === null) return false;
  const { address, spoken } = value as { address?: unknown; spoken?: unknown };
  if (typeof address !== 'string' || typeof spoken !== 'object' || spoken === null) return false;
  const { digits, words } = spoken as { digits?: unknown; words?: unknown };
  return /#[\w-]{170}$/.test(address) && typeof digits === 'string' && Array.isArray(words);
}

type Kept = readonly (readonly [caseId: string, receipt: SignedReceipt])[];

function kept(storage: Pick<Storage, 'getItem'>): Kept {
  try {
    const value: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? (value as Kept).filter((one) => isReceipt(one[1])) : [];
  } catch {
    return [];
  }
}

/** The receipt that lies here; null when there is none yet. */
export function heldReceipt(
  caseId: string,
  storage: Pick<Storage, 'getItem'> = localStorage,
): SignedReceipt | null {
  return kept(storage).find(([id]) => id === caseId)?.[1] ?? null;
}

/** Keeps it, newest last. */
export function keepReceipt(
  caseId: string,
  receipt: SignedReceipt,
  storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
): void {
  const others = kept(storage).filter(([id]) => id !== caseId);
  const all = [...others, [caseId, receipt]].slice(-RECEIPTS_KEPT_MAX);
  try {
    storage.setItem(storageKey, JSON.stringify(all));
  } catch {
    // No room: it is fetched again.
  }
}

/** Asks the county for the receipt of the file as it is now; the one held stays when that fails. */
export async function refreshReceipt(caseId: string): Promise<SignedReceipt | null> {
  try {
    const reply = await fetch(`/api/receipt/${encodeURIComponent(caseId)}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(fetchTimeoutMs),
    });
    const value: unknown = reply.ok ? await reply.json() : null;
    if (isReceipt(value)) keepReceipt(caseId, value);
  } catch {
    // No line, or not the county: the one held is as good as it was.
  }
  return heldReceipt(caseId);
}
