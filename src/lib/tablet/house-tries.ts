/**
 * Wrong tries of the vaults of this tablet, on the disk before they are judged. A disk that takes
 * nothing any more closes no vault: then this window counts alone, and its kill forgives.
 */
import type { HouseDeps } from './house-types.ts';
import type { VaultRow } from './registry.ts';
import type { Tried } from './vault-types.ts';
import { afterWrong, FREE_TRIES, NO_TRIES, waitSeconds, type Tries } from './vault/delays.ts';
import type { Wrap } from './vault/wraps.ts';

/** The counted tries. */
export class HouseTries {
  private readonly deps: HouseDeps;
  /** As they were before the try that is being judged, by vault. */
  private readonly before = new Map<string, Tries>();
  /** What the disk did not take, by vault. */
  private readonly unkept = new Map<string, Tries>();

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  private triesOf({ vaultId, tries }: VaultRow): Tries {
    return this.unkept.get(vaultId) ?? tries;
  }

  /** Seconds until the next try; 0: it may be made now. */
  async waitFor(vaultId: string): Promise<number> {
    const row = await (await this.deps.registry()).vault(vaultId);
    return row ? waitSeconds(this.triesOf(row), this.deps.wall()) : 0;
  }

  /** Looks and counts in one transaction: two windows at once are two tries. */
  async count(vaultId: string): Promise<number> {
    const now = this.deps.wall();
    let wait = 0;
    await this.keep(vaultId, (tries) => {
      wait = waitSeconds(tries, now);
      this.before.set(vaultId, tries);
      return wait > 0 ? tries : afterWrong(tries, now);
    });
    return wait;
  }

  /** The machine failed, not the person. */
  async uncount(vaultId: string): Promise<void> {
    await this.keep(vaultId, (tries) => ({ ...tries, wrong: Math.max(0, tries.wrong - 1) }));
  }

  /**
   * It opened: none are wrong any more, and a stronger wrap takes the place of the old. What is worth
   * telling its owner of those before.
   */
  async forgive(vaultId: string, old: Wrap, stronger: Wrap | null): Promise<Tried | null> {
    const same = JSON.stringify(old);
    const told: { guessed?: VaultRow['guessed'] } = {};
    await this.keep(
      vaultId,
      () => NO_TRIES,
      ({ wraps, guessed: digits }) => {
        told.guessed = digits;
        const kept = stronger && wraps.map((w) => (JSON.stringify(w) === same ? stronger : w));
        return { guessed: undefined, ...(kept ? { wraps: kept } : {}) };
      },
    );
    const { guessed } = told;
    const { wrong, lastAt } = this.before.get(vaultId) ?? NO_TRIES;
    this.before.delete(vaultId);
    const secrets = wrong >= FREE_TRIES ? wrong : 0;
    if (!guessed && secrets === 0) return null;
    const at = Math.max(guessed?.at ?? 0, secrets > 0 ? lastAt : 0);
    return { digits: guessed?.times ?? 0, secrets, at };
  }

  /** On the disk, and where it takes nothing here. */
  private async keep(
    vaultId: string,
    next: (tries: Tries) => Tries,
    more: (row: VaultRow) => Partial<Pick<VaultRow, 'wraps' | 'guessed'>> = () => ({}),
  ): Promise<void> {
    const registry = await this.deps.registry();
    try {
      await registry.change(vaultId, (row) => ({ ...more(row), tries: next(this.triesOf(row)) }));
      this.unkept.delete(vaultId);
    } catch {
      const row = await registry.vault(vaultId);
      if (row) this.unkept.set(vaultId, next(this.triesOf(row)));
    }
  }
}
