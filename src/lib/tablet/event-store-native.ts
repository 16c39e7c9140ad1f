import { StoreFailure } from '../ports/tablet-store.ts';
import type { NativeDb } from './db-name.ts';

/** Runs a callback of a request; what it throws ends the transaction. */
export type Step = (step: () => void) => void;

/**
 * One transaction on the native connection that Dexie opened: no promise stands between a request
 * and what follows from it, and nobody waits for the answer of a put. Writing ones are strict.
 * `work` asks its first requests at once and leaves the outcome with `done`.
 */
export async function native<T>(
  db: NativeDb,
  of: { readonly stores: readonly string[]; readonly mode: 'readonly' | 'readwrite' },
  work: (tx: IDBTransaction, step: Step, done: (value: T) => void) => void,
): Promise<T> {
  if (!db.isOpen()) await db.open();
  const tx = db.backendDB().transaction([...of.stores], of.mode, { durability: 'strict' });
  return new Promise((resolve, reject) => {
    let outcome: { readonly value: T } | null = null;
    let broken: unknown = null;
    tx.oncomplete = () => {
      if (outcome) resolve(outcome.value);
      else reject(new StoreFailure('STORE_BROKEN'));
    };
    tx.onabort = () => reject(broken ?? tx.error ?? new StoreFailure('STORE_BROKEN'));
    const step: Step = (run) => {
      try {
        run();
      } catch (error) {
        broken = error;
        tx.abort();
      }
    };
    step(() => work(tx, step, (value) => (outcome = { value })));
  });
}

/** Asks several things of one transaction; `then` runs with all answers, in the order asked. */
export function all<T>(
  step: Step,
  requests: readonly IDBRequest<T>[],
  then: (answers: readonly T[]) => void,
): void {
  const last = requests.at(-1);
  if (!last) return step(() => then([]));
  // Requests of one transaction are answered in order: after the last all have their result.
  last.onsuccess = () => step(() => then(requests.map((r) => r.result)));
}
