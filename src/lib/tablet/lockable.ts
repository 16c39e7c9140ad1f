import type { Vault } from './vault.ts';

/** The seam of one database over many unlocks. */
export interface Lockable {
  readonly vault: Vault;
  /** The keys of a new unlock. */
  behind(inner: Vault): void;
}

/**
 * What holds the seam (the loop, a recorder, an open draft) keeps it, and each unlock puts new keys
 * behind it. Between lock and unlock the last ones answer: they still write and refuse to read.
 */
export function lockable(first: Vault): Lockable {
  let inner = first;
  const vault = new Proxy({} as Vault, {
    get: (_, name) => inner[name as keyof Vault],
  });
  return { vault, behind: (next) => void (inner = next) };
}
