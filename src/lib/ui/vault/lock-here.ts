import { getContext, setContext } from 'svelte';

const key = Symbol('lock');

/** What the button in the top bar does; `press` is null where there is nothing to lock. */
export interface LockHere {
  readonly press: (() => Promise<void>) | null;
}
const nothing: LockHere = { press: null };

/** Called once by the tablet's layout, with a reader, so that the button comes and goes. */
export function provideLock(lock: LockHere): void {
  setContext(key, lock);
}

/** The lock above this component; none at the desk and on a tablet without a vault. */
export const useLock = (): LockHere => getContext<LockHere | undefined>(key) ?? nothing;
