/** Broken safeties of the attacked county process; nothing of this is in the product. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';

/** Long enough that a kill falls between answer and commit. */
const LATE_MS = 150;

/** `ackEarly`: the answer leaves before the commit. */
const ackEarly = (real: CountyStore): CountyStore => ({
  ...real,
  transact: (county, body) =>
    new Promise((resolve, reject) => {
      real
        .transact(county, async (tx) => {
          const value = await body(tx);
          resolve(value);
          await sleep(LATE_MS);
          return value;
        })
        .catch(reject);
    }),
});

/** `ackAnyway`: what the disk refused is answered as if it stood there. */
const ackAnyway = (real: CountyStore): CountyStore => ({
  ...real,
  transact: async (county, body) => {
    type Value = Awaited<ReturnType<typeof body>>;
    let seen: { readonly is: Value } | undefined;
    try {
      return await real.transact(county, async (tx) => {
        const deaf = { ...tx, write: (batch: never) => tx.write(batch).catch(() => undefined) };
        const value = await body(deaf as typeof tx);
        seen = { is: value };
        return value;
      });
    } catch (error) {
      if (seen === undefined) throw error;
      return seen.is;
    }
  },
});

const PLANTS: Readonly<Record<string, (real: CountyStore) => CountyStore>> = {
  ackEarly,
  ackAnyway,
};

/** The store with the named fault; the honest one when no plant is named. */
export const plantedStore = (real: CountyStore, plant: string): CountyStore =>
  PLANTS[plant]?.(real) ?? real;
