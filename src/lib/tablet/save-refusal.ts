import { StoreFailure } from '../ports/tablet-store.ts';
import { isLocked } from './vault.ts';
import type { SaveRefusal } from './workspace-types.ts';

/**
 * Any failure of the store, and a vault locked in the middle, as a value for the screen; anything
 * else is thrown. Nothing was written.
 */
export function refusalOf(error: unknown): SaveRefusal {
  if (isLocked(error)) return { code: 'LOCKED' };
  if (!(error instanceof StoreFailure)) throw error;
  return { code: error.code === 'STORAGE_FULL' ? 'STORAGE_FULL' : 'STORE_BROKEN' };
}
