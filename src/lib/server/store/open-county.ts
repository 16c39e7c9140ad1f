import { randomBytes } from 'node:crypto';
import { GENESIS_TAG } from '../../protocol/hash.ts';
import type { Instant } from '../../domain/values.ts';
import type { CountyCode, CountyStore, Epoch, Head } from '../../ports/county-store.ts';

/** A fresh epoch id: 128 random bits. */
export const newEpochId = (): string => randomBytes(16).toString('base64url');

/** Gives a new county its first epoch; returns the current one and the head. */
export async function ensureHistory(
  store: CountyStore,
  county: CountyCode,
  now: Instant,
): Promise<{ readonly epoch: Epoch; readonly head: Head }> {
  return store.transact(county, async (tx) => {
    const head = await tx.head();
    const current = (await tx.epochs()).at(-1);
    if (current !== undefined) return { epoch: current, head };
    const epoch: Epoch = { id: newEpochId(), baseSeq: 0, reason: 'begin', at: now };
    await tx.write({ epochs: [epoch] });
    return { epoch, head: head.seq === 0 ? { seq: 0, tag: GENESIS_TAG } : head };
  });
}
