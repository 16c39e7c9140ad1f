/**
 * Making, opening and barring the vaults of this tablet; knows nothing of screens or stores.
 *
 *     make    secrets --> wraps --> registry (strict) --> county has W_county --> ready
 *     unlock  wait? --> the try is counted on the disk --> wrap --> keys in the worker, two sealers
 */
import { ok, type Result } from '../domain/values.ts';
import { HouseMaking } from './house-making.ts';
import { HouseQuick } from './house-quick.ts';
import { HouseTries } from './house-tries.ts';
import { HouseWays } from './house-ways.ts';
import {
  refusedUnlock as refused,
  type HouseDeps,
  type Made,
  type Making,
  type Unlocked,
} from './house-types.ts';
import type { KeptLock } from './locker.ts';
import type { VaultRow } from './registry.ts';
import type { EnrolRefusal, UnlockRefusal, VaultKey } from './vault-types.ts';
import { cardIdOf, readCard } from './vault/card.ts';
import type { Bar } from './vault/lock.ts';
import type { PinFault } from './vault/pin-rules.ts';
import { VaultRefusal } from './vault/worker-client.ts';
import type { Secret, SecretWrap, Wrap } from './vault/wraps.ts';

export type { HouseDeps, Made, Making, Unlocked, Uploaded } from './house-types.ts';

/** The vaults of this tablet, for one window. */
export class VaultHouse {
  private readonly deps: HouseDeps;
  private readonly making: HouseMaking;
  private readonly tries: HouseTries;
  private readonly quick: HouseQuick;
  private readonly ways: HouseWays;

  constructor(deps: HouseDeps) {
    this.deps = deps;
    this.making = new HouseMaking(deps);
    this.tries = new HouseTries(deps);
    this.quick = new HouseQuick(deps);
    this.ways = new HouseWays(deps);
  }

  async rows(): Promise<readonly VaultRow[]> {
    return (await this.deps.registry()).vaults();
  }

  /** A new vault, unlocked. Whatever refuses it: nothing personal was written anywhere. */
  make(making: Making): Promise<Result<Made, EnrolRefusal>> {
    return this.making.make(making);
  }

  /** Opens a vault; a wrong try is on the disk before it is made. */
  async unlock(key: VaultKey): Promise<Result<Unlocked, UnlockRefusal>> {
    if (key.kind === 'quick') return this.quick.unlock(key.vaultId, key.pin);
    const found = await this.find(key);
    if (!found.ok) return found;
    const { row, wrap, secret } = found.value;
    if (row.bar) return refused('BARRED');
    const counted = await this.tries.count(row.vaultId);
    if (counted > 0) return refused('WAIT', counted);
    const client = this.deps.newVault();
    try {
      const { vaultId } = row;
      const stronger = await client.unlock({
        vaultId,
        wrap,
        secret,
        ...(this.deps.kdf ? { kdf: this.deps.kdf } : {}),
      });
      const tried = await this.tries.forgive(vaultId, wrap, stronger);
      return ok({ row, client, tried });
    } catch (error) {
      client.lock();
      const code = error instanceof VaultRefusal ? error.code : 'BROKEN';
      if (code === 'WRONG') return refused('WRONG', await this.tries.waitFor(row.vaultId));
      await this.tries.uncount(row.vaultId);
      if (code === 'NO_ARGON2') return refused('NO_ARGON2');
      return refused('STORAGE');
    }
  }

  private async find(key: Exclude<VaultKey, { kind: 'quick' }>): Promise<Found> {
    const rows = (await this.rows()).filter(({ ready }) => ready);
    if (key.kind === 'pass') {
      const row = rows.find(({ vaultId }) => vaultId === key.vaultId);
      const wrap = row?.wraps.find(({ kind }) => kind === 'pass');
      if (!row || !wrap) return refused('FOREIGN');
      return ok({ row, wrap, secret: { kind: 'pass', passphrase: key.passphrase } });
    }
    if (key.kind === 'prf') {
      const row = rows.find(({ vaultId }) => vaultId === key.vaultId);
      const wrap = row?.wraps.find(({ kind }) => kind === 'prf');
      if (!row || wrap?.kind !== 'prf') return refused('FOREIGN');
      const { credentialId } = wrap;
      const output = await this.deps.prf?.output(credentialId, row.vaultId);
      return output
        ? ok({ row, wrap, secret: { kind: 'prf', credentialId, output } })
        : refused('NO_PRF');
    }
    const card = await readCard(this.deps.digest, key.scanned);
    if (!card) return refused('NO_CARD');
    const cardId = await cardIdOf(this.deps.digest, card);
    const row = rows.find(({ vaultId }) => vaultId === card.vaultId);
    // A card that was replaced is as foreign as one of another tablet.
    const wrap = row?.wraps.find((w) => w.kind === 'card' && w.cardId === cardId);
    if (!row || !wrap) return refused('FOREIGN');
    return ok({ row, wrap, secret: { kind: 'card', cardId, card: card.secret, pin: key.pin } });
  }

  /** Six digits that open again for four hours what is open now. */
  setQuick(open: Unlocked, pin: string): Promise<Result<null, PinFault>> {
    return this.quick.set(open, pin);
  }

  /** Whether this is the quick PIN, for the villager's curtain; opens nothing. */
  checkQuick(vaultId: string, pin: string): Promise<boolean> {
    return this.quick.check(vaultId, pin);
  }

  hasQuick(vaultId: string): boolean {
    return this.quick.has(vaultId);
  }

  dropQuick(vaultId: string): void {
    this.quick.drop(vaultId);
  }

  /** Another card for an open vault, made here or printed by the county. */
  addCard(...of: Parameters<HouseWays['addCard']>): ReturnType<HouseWays['addCard']> {
    return this.ways.addCard(...of);
  }

  /** The tablet's authenticator as one more way in; false: it has none, or it was given up. */
  addPrf(open: Unlocked): Promise<boolean> {
    return this.ways.addPrf(open);
  }

  removePrf(): Promise<void> {
    return this.ways.removePrf();
  }

  /** Wraps for the county's newest recovery keys and the names of the cards; false: nothing to do. */
  tell(...of: Parameters<HouseWays['tell']>): Promise<boolean> {
    return this.ways.tell(...of);
  }

  /** The county's word about cards: these open nothing here any more, nor do their digits alone. */
  dropCards(cardIds: readonly string[]): Promise<void> {
    // First what lies in memory: a disk that takes nothing keeps no quick PIN alive.
    this.quick.dropWith(cardIds);
    return this.ways.dropCards(cardIds);
  }

  /** Opens by what the county made for who forgot everything. */
  reopen(...of: Parameters<HouseWays['reopen']>): ReturnType<HouseWays['reopen']> {
    return this.ways.reopen(...of);
  }

  /** The county's word about a vault, or that there was a contact at all; nothing else writes a bar. */
  async contact(vaultId: string, bar: Bar | null): Promise<void> {
    const now = this.deps.wall();
    const registry = await this.deps.registry();
    await registry.change(vaultId, () => ({ bar, contactAt: now, seenAt: now }));
    if (bar) this.dropQuick(vaultId);
  }

  /** The county was there, and said nothing of a bar: the one that stands, stands, and is given. */
  async seen(vaultId: string): Promise<Bar | null> {
    const now = this.deps.wall();
    const registry = await this.deps.registry();
    const row = await registry.change(vaultId, () => ({ contactAt: now, seenAt: now }));
    return row?.bar ?? null;
  }

  /** The latest clock that a window's lock saw; one that missed the county's last word says nothing. */
  async keepLock(vaultId: string, { contactAt, seenAt }: KeptLock): Promise<void> {
    const registry = await this.deps.registry();
    await registry.change(vaultId, (row) =>
      row.contactAt > contactAt ? {} : { seenAt: Math.max(row.seenAt, seenAt) },
    );
  }

  /** Seconds until the next try; 0: it may be made now. */
  waitFor(vaultId: string): Promise<number> {
    return this.tries.waitFor(vaultId);
  }
}

type Found = Result<
  { readonly row: VaultRow; readonly wrap: SecretWrap | Wrap; readonly secret: Secret },
  UnlockRefusal
>;
