/** What a planted bug is. */
import type { Faults } from './faults.ts';

export interface Patch {
  /** Path below `src/lib`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly put: string;
}

export interface Mutant {
  readonly name: string;
  /** Shows in the histories with keyed vaults. */
  readonly sealed?: true;
  /** What is broken. */
  readonly what: string;
  readonly patches?: readonly Patch[];
  /** The same faults with raised rates, so that a rare bug shows in bounded time. */
  readonly profile?: Partial<Faults>;
  /** Harmless by design: another rule of the protocol catches what it breaks. */
  readonly tolerated?: true;
}

export const patch = (file: string, find: string, put: string): Patch => ({ file, find, put });
