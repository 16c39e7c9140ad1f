/**
 * The county's signed receipt of a case, as the tablet holds it: fetched when there is a line, shown
 * when there is none. It has no name and no word of anybody, but it says which cases are here: it lies
 * sealed like everything else of the vault.
 */
import { aboutTheBody } from './vault.ts';
import { readSealed, writeSealed, type Engine } from './engine.ts';
import { readHeaders } from './read-secret.ts';
import { META } from './settings.ts';
import type { SignedReceipt } from './workspace-types.ts';

/** Where earlier versions kept them, in clear and for everybody who uses the tablet. */
const STORAGE_BEFORE = 'daiban.receipts';
/** Receipts kept; the oldest goes and is fetched again when it is wanted. */
export const RECEIPTS_KEPT_MAX = 300;
const FETCH_TIMEOUT_MS = 15_000;

function isReceipt(value: unknown): value is SignedReceipt {
  if (typeof value !== 'object' || value === null) return false;
  const { address, spoken } = value as { address?: unknown; spoken?: unknown };
  if (typeof address !== 'string' || typeof spoken !== 'object' || spoken === null) return false;
  const { digits, words } = spoken as { digits?: unknown; words?: unknown };
  return /#[\w-]{170}$/.test(address) && typeof digits === 'string' && Array.isArray(words);
}

type Kept = readonly (readonly [caseId: string, receipt: SignedReceipt])[];

const keptIn = (value: unknown): Kept =>
  Array.isArray(value)
    ? (value as readonly unknown[]).filter(
        (one): one is Kept[number] =>
          Array.isArray(one) && typeof one[0] === 'string' && isReceipt(one[1]),
      )
    : [];

async function kept(engine: Engine): Promise<Kept> {
  try {
    return keptIn(await readSealed(engine, META.signedReceipts));
  } catch (error) {
    // A torn body costs what can be fetched again; a lock is thrown on.
    aboutTheBody(error);
    return [];
  }
}

/** The receipt that lies here; null when there is none yet. */
export const heldReceipt = async (engine: Engine, caseId: string): Promise<SignedReceipt | null> =>
  (await kept(engine)).find(([id]) => id === caseId)?.[1] ?? null;

/** Keeps them, the newest last; nothing is written when they lie there. */
async function keep(engine: Engine, more: Kept): Promise<void> {
  const before = await kept(engine);
  const fresh = new Map(more);
  const known = new Map(before);
  const same = (id: string, receipt: SignedReceipt): boolean =>
    JSON.stringify(known.get(id)) === JSON.stringify(receipt);
  if (more.every(([id, receipt]) => same(id, receipt))) return;
  const all = [...before.filter(([id]) => !fresh.has(id)), ...more].slice(-RECEIPTS_KEPT_MAX);
  await writeSealed(engine, META.signedReceipts, all);
}

/** Asks the county for the receipt of the file as it is now; the one held stays when that fails. */
export async function refreshReceipt(
  engine: Engine,
  { caseId, isVault }: { readonly caseId: string; readonly isVault: boolean },
): Promise<SignedReceipt | null> {
  try {
    const reply = await fetch(`/api/receipt/${encodeURIComponent(caseId)}`, {
      redirect: 'error',
      headers: isVault ? await readHeaders(engine) : {},
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    const value: unknown = reply.ok ? await reply.json() : null;
    if (isReceipt(value)) await keep(engine, [[caseId, value]]);
  } catch {
    // No line, not the county, or no room: the one held is as good as it was.
  }
  return heldReceipt(engine, caseId);
}

function before(storage: Pick<Storage, 'getItem'>): Kept {
  try {
    return keptIn(JSON.parse(storage.getItem(STORAGE_BEFORE) ?? '[]'));
  } catch {
    return [];
  }
}

/**
 * What an earlier version left in clear: those of this store's cases are taken in, then all of it
 * goes. Colleagues' receipts are fetched again when they are wanted.
 */
export async function takeReceiptsBefore(
  engine: Engine,
  storage: Pick<Storage, 'getItem' | 'removeItem'> = localStorage,
): Promise<void> {
  if (storage.getItem(STORAGE_BEFORE) === null) return;
  const cases = new Set((await engine.store.cases()).map(({ id }) => id));
  await keep(
    engine,
    before(storage).filter(([id]) => cases.has(id)),
  );
  storage.removeItem(STORAGE_BEFORE);
}
