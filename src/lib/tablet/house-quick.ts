/** Quick PINs of the vaults that this window had open; they lie in memory alone. */
import { fail, ok, type Result } from '../domain/values.ts';
import { cardsOf } from './house-ways.ts';
import { refusedUnlock, type HouseDeps, type Unlocked } from './house-types.ts';
import type { UnlockRefusal } from './vault-types.ts';
import type { KeeperClient } from './vault/keeper-client.ts';
import { pinFault, type PinFault } from './vault/pin-rules.ts';
import { QUICK_MS, QUICK_TRIES } from './vault/quick-pin.ts';
import { isOver, type Times } from './vault/two-clocks.ts';
import { VaultRefusal } from './vault/worker-client.ts';

interface Kept {
  readonly keeper: KeeperClient;
  readonly since: Times;
  /** Cards that opened the vault when it was set: often it is the same digits. */
  readonly cards: readonly string[];
}

/** The quick PINs of one window. */
export class HouseQuick {
  private readonly deps: HouseDeps;
  private readonly keepers = new Map<string, Kept>();

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  async unlock(vaultId: string, pin: string): Promise<Result<Unlocked, UnlockRefusal>> {
    const row = await (await this.deps.registry()).vault(vaultId);
    const kept = this.kept(vaultId);
    if (!row?.ready) return refusedUnlock('FOREIGN');
    if (row.bar) return refusedUnlock('BARRED');
    if (!kept) return refusedUnlock('DROPPED');
    // Another window heard that a card is void.
    if (kept.cards.some((cardId) => row.spent?.includes(cardId))) {
      this.drop(vaultId);
      return refusedUnlock('DROPPED');
    }
    const client = this.deps.newVault();
    try {
      await client.quickUnlock(vaultId, kept.keeper, pin);
      return ok({ row, client });
    } catch (error) {
      client.lock();
      const code = error instanceof VaultRefusal ? error.code : 'BROKEN';
      if (code === 'WRONG') return refusedUnlock('WRONG');
      this.drop(vaultId);
      if (code !== 'DROPPED') return refusedUnlock('DROPPED');
      await this.usedUp(vaultId);
      return refusedUnlock('USED_UP');
    }
  }

  /** Six digits that open again for four hours what is open now. */
  async set({ row, client }: Unlocked, pin: string): Promise<Result<null, PinFault>> {
    const fault = pinFault(pin);
    if (fault) return fail(fault);
    const now = await (await this.deps.registry()).vault(row.vaultId);
    const cards = cardsOf((now ?? row).wraps);
    this.drop(row.vaultId);
    const keeper = this.deps.newKeeper();
    await client.keepQuick(keeper, pin);
    this.keepers.set(row.vaultId, { keeper, since: this.now(), cards });
    return ok(null);
  }

  /** Whether this is the quick PIN, for the villager's curtain; opens nothing. */
  async check(vaultId: string, pin: string): Promise<boolean> {
    const kept = this.kept(vaultId);
    if (!kept) return false;
    const client = this.deps.newVault();
    try {
      await client.quickUnlock(vaultId, kept.keeper, pin);
      return true;
    } catch (error) {
      if (!(error instanceof VaultRefusal) || error.code !== 'DROPPED') return false;
      this.drop(vaultId);
      await this.usedUp(vaultId);
      return false;
    } finally {
      client.lock();
    }
  }

  /** Its time was not over: wrong digits ended it. Noted for its owner; a full disk stops nobody. */
  private async usedUp(vaultId: string): Promise<void> {
    const guessed = { times: QUICK_TRIES, at: this.deps.wall() };
    const registry = await this.deps.registry();
    await registry.change(vaultId, () => ({ guessed })).catch(() => undefined);
  }

  has(vaultId: string): boolean {
    return this.kept(vaultId) !== null;
  }

  /** The one that may still be used; what is over goes as soon as anybody looks. */
  private kept(vaultId: string): Kept | null {
    const kept = this.keepers.get(vaultId);
    if (!kept) return null;
    if (!isOver(kept.since, this.now(), QUICK_MS)) return kept;
    this.drop(vaultId);
    return null;
  }

  private now(): Times {
    return { up: this.deps.up(), wall: this.deps.wall() };
  }

  /** Void cards take the quick PINs with them that were set beside them. */
  dropWith(cardIds: readonly string[]): void {
    for (const [vaultId, { cards }] of this.keepers)
      if (cards.some((cardId) => cardIds.includes(cardId))) this.drop(vaultId);
  }

  drop(vaultId: string): void {
    this.keepers.get(vaultId)?.keeper.end();
    this.keepers.delete(vaultId);
  }
}
