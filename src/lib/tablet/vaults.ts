/**
 * Making, opening and barring the vaults of this tablet; knows nothing of screens or stores.
 *
 *     make    secrets --> wraps --> registry (strict) --> county has W_county --> ready
 *     unlock  wait? --> the try is counted on the disk --> wrap --> keys in the worker, two sealers
 */
import { fail, ok, type Result } from '../domain/values.ts';
import type { Digest } from '../protocol/hash.ts';
import type { Recipient } from '../protocol/sealed.ts';
import type { KeptLock } from './locker.ts';
import { databaseOf } from './registry-look.ts';
import type { Registry, VaultRow } from './registry.ts';
import type { Enrolling, EnrolRefusal, UnlockRefusal, VaultKey } from './vault-types.ts';
import { readCard, cardIdOf, type PrintedCard } from './vault/card.ts';
import { afterWrong, NO_TRIES, waitSeconds } from './vault/delays.ts';
import { newCard, newVaultId, passphraseFault } from './vault/enrolment.ts';
import type { Kdf } from './vault/kdf.ts';
import type { KeeperClient } from './vault/keeper-client.ts';
import type { Bar } from './vault/lock.ts';
import { pinFault, type PinFault } from './vault/pin-rules.ts';
import { QUICK_MS } from './vault/quick-pin.ts';
import type { VaultClient } from './vault/vault-client.ts';
import { VaultRefusal } from './vault/worker-client.ts';
import type { Secret, SecretWrap, Wrap } from './vault/wraps.ts';

/** Cards that may open one vault at a time: the one on the lanyard and one at home. */
export const CARDS_MAX = 3;

export interface HouseDeps {
  registry(): Promise<Registry>;
  readonly digest: Digest;
  /** Milliseconds since 1970 by this device, and of a clock that does not jump. */
  wall(): number;
  up(): number;
  newVault(): VaultClient;
  newKeeper(): KeeperClient;
  /** Parameters for new wraps; the standard ones without it. */
  readonly kdf?: Kdf;
}

/** A vault whose keys are in the worker behind `client`; `vault/opened.ts` makes a seam of it. */
export interface Unlocked {
  readonly row: VaultRow;
  readonly client: VaultClient;
}

/** What a new vault is made of besides what the agent brought. */
export interface Making extends Enrolling {
  readonly dv: string;
  /** Numbers of the agent himself: no PIN is taken out of them. */
  readonly known: readonly string[];
  readonly recipients: readonly Recipient[];
  readonly day: number;
  /** Plain store whose rows move into the new vault; null where there is none. */
  readonly movingFrom: VaultRow['movingFrom'];
  /** Gives the county its wraps; nothing personal is written before it has them. */
  upload(of: Uploaded): Promise<Result<null, 'OFFLINE' | 'COUNTY_FAULT'>>;
}

/** What the county gets of a new vault. */
export interface Uploaded {
  readonly vaultId: string;
  readonly wraps: readonly Extract<Wrap, { kind: 'county' }>[];
  readonly cards: readonly string[];
}

export interface Made {
  readonly open: Unlocked;
  readonly printed: PrintedCard | null;
}

const refused = (code: UnlockRefusal['code'], seconds = 0): Result<never, UnlockRefusal> =>
  fail({ code, waitSeconds: seconds });

export class VaultHouse {
  private readonly deps: HouseDeps;
  private readonly keepers = new Map<string, Kept>();

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  async rows(): Promise<readonly VaultRow[]> {
    return (await this.deps.registry()).vaults();
  }

  /** A new vault, unlocked. Whatever refuses it: nothing personal was written anywhere. */
  async make(making: Making): Promise<Result<Made, EnrolRefusal>> {
    const faulty = passphraseFault(making.passphrase);
    if (faulty) return fail({ code: 'PASSPHRASE', why: faulty });
    const card = await this.cardFor(making);
    if (!card.ok) return card;
    const registry = await this.deps.registry();
    const fault = await registry.selfTest(this.deps.digest);
    if (fault) return fail({ code: 'STORAGE', what: fault });
    const { vaultId, secret, printed } = card.value;
    const recovery = making.recipients.filter(({ kind }) => kind === 'recovery');
    if (recovery.length === 0) return fail({ code: 'COUNTY_FAULT' });
    const client = this.deps.newVault();
    const pass: Secret = { kind: 'pass', passphrase: making.passphrase };
    const secrets = secret ? [secret, pass] : [pass];
    const wraps = await client.create({ vaultId, secrets, recovery, ...this.kdf() });
    const kept = await this.keep(registry, making, { vaultId, wraps });
    if (kept.ok) return ok({ open: { row: kept.value, client }, printed });
    client.lock();
    return kept;
  }

  private kdf(): { readonly kdf?: Kdf } {
    return this.deps.kdf ? { kdf: this.deps.kdf } : {};
  }

  /** The wraps strict on this disk, then at the county; only now the vault counts. */
  private async keep(
    registry: Registry,
    making: Making,
    { vaultId, wraps }: { readonly vaultId: string; readonly wraps: readonly Wrap[] },
  ): Promise<Result<VaultRow, EnrolRefusal>> {
    const now = this.deps.wall();
    const row: VaultRow = {
      ...{ vaultId, database: databaseOf(vaultId), dv: making.dv, sign: making.sign },
      ...{ wraps: [...wraps], tries: NO_TRIES, contactAt: now, seenAt: now, bar: null },
      ...{ day: making.day, movingFrom: making.movingFrom, ready: false },
    };
    await registry.removeUnready(vaultId);
    if (!(await registry.add(row))) return fail({ code: 'CARD_IN_USE' });
    const uploaded = await making.upload({
      vaultId,
      wraps: wraps.flatMap((w) => (w.kind === 'county' ? [w] : [])),
      cards: wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : [])),
    });
    if (uploaded.ok) {
      const ready = await registry.change(vaultId, () => ({ ready: true }));
      if (ready) return ok(ready);
    }
    await registry.removeUnready(vaultId);
    return fail({ code: uploaded.ok ? 'COUNTY_FAULT' : uploaded.error });
  }

  /** The card that the county printed, one made here, or none. */
  private async cardFor({ card, pin, known }: Making): Promise<Result<NewSecret, EnrolRefusal>> {
    const vaultId = newVaultId();
    if (card === null) return ok({ vaultId, secret: null, printed: null });
    if (card === 'make') {
      const made = await newCard(this.deps.digest, { vaultId, pin, known });
      return made.ok
        ? ok({ vaultId, ...made.value })
        : fail({ code: 'PIN', why: made.error } as const);
    }
    const read = await readCard(this.deps.digest, card.scanned);
    if (!read) return fail({ code: 'NO_CARD' });
    const why = pinFault(pin, known);
    if (why) return fail({ code: 'PIN', why });
    const cardId = await cardIdOf(this.deps.digest, read);
    const secret: Secret = { kind: 'card', cardId, card: read.secret, pin };
    return ok({ vaultId: read.vaultId, secret, printed: null });
  }

  /** Opens a vault; a wrong try is on the disk before it is made. */
  async unlock(key: VaultKey): Promise<Result<Unlocked, UnlockRefusal>> {
    if (key.kind === 'quick') return this.quickUnlock(key.vaultId, key.pin);
    const found = await this.find(key);
    if (!found.ok) return found;
    const { row, wrap, secret } = found.value;
    if (row.bar) return refused('BARRED');
    const counted = await this.countTry(row.vaultId);
    if (counted > 0) return refused('WAIT', counted);
    const client = this.deps.newVault();
    try {
      const { vaultId } = row;
      const stronger = await client.unlock({ vaultId, wrap, secret, ...this.kdf() });
      await this.forgive(vaultId, wrap, stronger);
      return ok({ row, client });
    } catch (error) {
      client.lock();
      const code = error instanceof VaultRefusal ? error.code : 'BROKEN';
      if (code === 'WRONG') return refused('WRONG', await this.waitFor(row.vaultId));
      await this.uncount(row.vaultId);
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
    const card = await readCard(this.deps.digest, key.scanned);
    if (!card) return refused('NO_CARD');
    const cardId = await cardIdOf(this.deps.digest, card);
    const row = rows.find(({ vaultId }) => vaultId === card.vaultId);
    // A card that was replaced is as foreign as one of another tablet.
    const wrap = row?.wraps.find((w) => w.kind === 'card' && w.cardId === cardId);
    if (!row || !wrap) return refused('FOREIGN');
    return ok({ row, wrap, secret: { kind: 'card', cardId, card: card.secret, pin: key.pin } });
  }

  private async quickUnlock(
    vaultId: string,
    pin: string,
  ): Promise<Result<Unlocked, UnlockRefusal>> {
    const row = await (await this.deps.registry()).vault(vaultId);
    const kept = this.keepers.get(vaultId);
    if (!row?.ready) return refused('FOREIGN');
    if (row.bar) return refused('BARRED');
    if (!kept) return refused('DROPPED');
    const client = this.deps.newVault();
    try {
      await client.quickUnlock(vaultId, kept.keeper, pin);
      return ok({ row, client });
    } catch (error) {
      client.lock();
      const code = error instanceof VaultRefusal ? error.code : 'BROKEN';
      if (code === 'WRONG') return refused('WRONG');
      this.dropQuick(vaultId);
      return refused('DROPPED');
    }
  }

  /** Six digits that open again for four hours what is open now. */
  async setQuick({ row, client }: Unlocked, pin: string): Promise<Result<null, PinFault>> {
    const fault = pinFault(pin);
    if (fault) return fail(fault);
    this.dropQuick(row.vaultId);
    const keeper = this.deps.newKeeper();
    await client.keepQuick(keeper, pin);
    this.keepers.set(row.vaultId, { keeper, until: this.deps.up() + QUICK_MS });
    return ok(null);
  }

  /** Whether this is the quick PIN, for the villager's curtain; opens nothing. */
  async checkQuick(vaultId: string, pin: string): Promise<boolean> {
    const kept = this.keepers.get(vaultId);
    if (!kept) return false;
    const client = this.deps.newVault();
    try {
      await client.quickUnlock(vaultId, kept.keeper, pin);
      return true;
    } catch (error) {
      if (error instanceof VaultRefusal && error.code === 'DROPPED') this.dropQuick(vaultId);
      return false;
    } finally {
      client.lock();
    }
  }

  hasQuick(vaultId: string): boolean {
    const kept = this.keepers.get(vaultId);
    return kept !== undefined && this.deps.up() < kept.until;
  }

  dropQuick(vaultId: string): void {
    this.keepers.get(vaultId)?.keeper.end();
    this.keepers.delete(vaultId);
  }

  /** Another card for an open vault; `only`: the ones before open it no more. */
  async addCard(
    { row, client }: Unlocked,
    of: { readonly pin: string; readonly only: boolean; readonly known: readonly string[] },
  ): Promise<Result<PrintedCard, PinFault>> {
    const { vaultId } = row;
    const made = await newCard(this.deps.digest, { vaultId, pin: of.pin, known: of.known });
    if (!made.ok) return made;
    const wrap = await client.addWrap(made.value.secret, this.deps.kdf);
    if (!wrap) throw new VaultRefusal('BROKEN');
    const registry = await this.deps.registry();
    await registry.change(vaultId, ({ wraps }) => {
      const cards = of.only ? [] : wraps.filter((w) => w.kind === 'card').slice(1 - CARDS_MAX);
      return { wraps: [...wraps.filter((w) => w.kind !== 'card'), ...cards, wrap] };
    });
    return ok(made.value.printed);
  }

  /**
   * After a change of the county's recovery keys: a wrap for each key in force, at the county first
   * and then here, so that a broken line is tried again at the next unlock. False: nothing to do.
   */
  async wrapForCounty(
    { row, client }: Unlocked,
    recipients: readonly Recipient[],
    upload: Making['upload'],
  ): Promise<boolean> {
    const recovery = recipients.filter(({ kind }) => kind === 'recovery');
    const known = row.wraps.flatMap((w) => (w.kind === 'county' ? [w.keyId] : []));
    if (recovery.every(({ keyId }) => known.includes(keyId))) return false;
    const wraps = (await client.countyWraps(recovery)).flatMap((w) =>
      w.kind === 'county' ? [w] : [],
    );
    const cards = row.wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : []));
    const { vaultId } = row;
    if (!(await upload({ vaultId, wraps, cards })).ok) return false;
    const others = (w: Wrap): boolean => w.kind !== 'county';
    await (
      await this.deps.registry()
    ).change(vaultId, (now) => ({ wraps: [...now.wraps.filter(others), ...wraps] }));
    return true;
  }

  /** The county's word about cards: these open nothing here any more. */
  async dropCards(cardIds: readonly string[]): Promise<void> {
    const registry = await this.deps.registry();
    const gone = (w: Wrap): boolean => w.kind === 'card' && cardIds.includes(w.cardId);
    for (const row of await registry.vaults())
      if (row.wraps.some(gone))
        await registry.change(row.vaultId, ({ wraps }) => ({
          wraps: wraps.filter((w) => !gone(w)),
        }));
  }

  /** The county's word about a vault, or that there was a contact at all. */
  async contact(vaultId: string, bar: Bar | null): Promise<void> {
    const now = this.deps.wall();
    const registry = await this.deps.registry();
    await registry.change(vaultId, () => ({ bar, contactAt: now, seenAt: now }));
    if (bar) this.dropQuick(vaultId);
  }

  /** The county was there, and said nothing of a bar: the one that stands, stands. */
  async seen(vaultId: string): Promise<void> {
    const now = this.deps.wall();
    await (await this.deps.registry()).change(vaultId, () => ({ contactAt: now, seenAt: now }));
  }

  /** What a window's lock wants to be kept; the county's word goes before an older clock. */
  async keepLock(vaultId: string, { contactAt, seenAt, bar }: KeptLock): Promise<void> {
    await (await this.deps.registry()).change(vaultId, () => ({ contactAt, seenAt, bar }));
  }

  /** Seconds until the next try; 0: it may be made now. */
  async waitFor(vaultId: string): Promise<number> {
    const row = await (await this.deps.registry()).vault(vaultId);
    return row ? waitSeconds(row.tries, this.deps.wall()) : 0;
  }

  /** Looks and counts in one transaction: two windows at once are two tries. */
  private async countTry(vaultId: string): Promise<number> {
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
  private async uncount(vaultId: string): Promise<void> {
    await (
      await this.deps.registry()
    ).change(vaultId, ({ tries }) => ({
      tries: { ...tries, wrong: Math.max(0, tries.wrong - 1) },
    }));
  }

  private async forgive(vaultId: string, old: Wrap, stronger: Wrap | null): Promise<void> {
    const same = JSON.stringify(old);
    await (
      await this.deps.registry()
    ).change(vaultId, ({ wraps }) => ({
      tries: NO_TRIES,
      wraps: stronger ? wraps.map((w) => (JSON.stringify(w) === same ? stronger : w)) : wraps,
    }));
  }
}

interface Kept {
  readonly keeper: KeeperClient;
  readonly until: number;
}

interface NewSecret {
  readonly vaultId: string;
  readonly secret: Secret | null;
  readonly printed: PrintedCard | null;
}

type Found = Result<
  { readonly row: VaultRow; readonly wrap: SecretWrap | Wrap; readonly secret: Secret },
  UnlockRefusal
>;
