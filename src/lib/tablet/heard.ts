/**
 * When the county was heard last, to the second: sealed inside the sync record, which itself says the
 * day alone. The day is enough to send while the tablet is locked; a finer time would tell whoever has
 * the disk at which hour its agent was where there is a signal.
 */
import type { SyncRecord } from '../ports/tablet-store.ts';
import { fromBase64Url } from '../protocol/bytes.ts';
import { toBase64Url } from '../protocol/hash.ts';
import { dayOnly } from './coarse-day.ts';
import { metaPlace } from './places.ts';
import { orTorn, type Vault } from './vault.ts';

const HEARD = metaPlace('heard');
const FILE_HEARD = metaPlace('fileHeard');

/** The county's own time of an answer, for {@link SyncRecord.heard}. */
export const sealHeard = async (vault: Vault, at: string): Promise<string> =>
  toBase64Url(await vault.seal(at, HEARD));

/** The same of a file that became whole, for {@link SyncRecord.fileHeard}. */
export const sealFileHeard = async (vault: Vault, at: string): Promise<string> =>
  toBase64Url(await vault.seal(at, FILE_HEARD));

/** What an answer of that time leaves in the sync record. */
export const heardNow = (at: string, heard: string) =>
  ({ lastReceiptAt: dayOnly(at), lastFileAt: undefined, heard, fileHeard: undefined }) as const;

async function opened(
  vault: Vault,
  sealed: string | undefined,
  place: typeof HEARD,
): Promise<string | null> {
  const body = sealed === undefined ? null : fromBase64Url(sealed);
  const value = body && (await orTorn(vault.open(body, place)));
  return typeof value === 'string' ? value : null;
}

/** The record with its times to the second; one that is torn has the day, and an older one has its own. */
export async function exactSync(vault: Vault, sync: SyncRecord): Promise<SyncRecord> {
  if (sync.heard === undefined) return sync;
  const [at, fileAt] = await Promise.all([
    opened(vault, sync.heard, HEARD),
    opened(vault, sync.fileHeard, FILE_HEARD),
  ]);
  return {
    ...sync,
    lastReceiptAt: at ?? sync.lastReceiptAt,
    ...(fileAt === null ? {} : { lastFileAt: fileAt }),
  };
}
