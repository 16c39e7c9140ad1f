/** Wrong tries of the vaults of this tablet, on the disk before they are judged. */
import type { HouseDeps } from './house-types.ts';
import { afterWrong, NO_TRIES, waitSeconds } from './vault/delays.ts';
import type { Wrap } from './vault/wraps.ts';

/** The counted tries. */
export class HouseTries {
  private readonly deps: HouseDeps;

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  /** Seconds until the next try; 0: it may be made now. */
  async waitFor(vaultId: string): Promise<number> {
    const row = await (await this.deps.registry()).vault(vaultId);
    return row ? waitSeconds(row.tries, this.deps.wall()) : 0;
  }

  /** Looks and counts in one transaction: two windows at once are two tries. */
  async count(vaultId: string): Promise<number> {
    const now = this.deps.wall();
    let wait = 0;
    await (
      await this.deps.registry()
    ).change(vaultId, ({ tries }) => {
      wait = waitSeconds(tries, now);
      return wait > 0 ? {} : { tries: afterWrong(tries, now) };
    });
    return wait;
  }

  /** The machine failed, not the person. */
  async uncount(vaultId: string): Promise<void> {
    await (
      await this.deps.registry()
    ).change(vaultId, ({ tries }) => ({
      tries: { ...tries, wrong: Math.max(0, tries.wrong - 1) },
    }));
  }

  /** It opened: none are wrong any more, and a stronger wrap takes the place of the old. */
  async forgive(vaultId: string, old: Wrap, stronger: Wrap | null): Promise<void> {
    const same = JSON.stringify(old);
    await (
      await this.deps.registry()
    ).change(vaultId, ({ wraps }) => ({
      tries: NO_TRIES,
      wraps: stronger ? wraps.map((w) => (JSON.stringify(w) === same ? stronger : w)) : wraps,
    }));
  }
}
