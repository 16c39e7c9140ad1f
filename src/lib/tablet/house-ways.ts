/**
 * The ways into a vault that is there: another card, one that the county printed, a new way in after
 * everything was forgotten, and what the county has to know of them.
 *
 *     reopen   card ─▶ slip (county, or paper) ─▶ keys in the worker ─▶ new PIN ─▶ wraps, strict
 */
import { fail, ok, type Result } from '../domain/values.ts';
import type { Recipient } from '../protocol/sealed.ts';
import { readSlip } from '../protocol/reopen.ts';
import { isShared, withoutPrf } from './house-prf.ts';
import type { HouseDeps, Making, Unlocked } from './house-types.ts';
import type { VaultChange, VaultRow } from './registry.ts';
import type { AddCardRefusal, ReopenRefusal } from './vault-types.ts';
import { cardIdOf, readCard, type Card, type PrintedCard } from './vault/card.ts';
import { NO_TRIES } from './vault/delays.ts';
import { newCard, passphraseFault } from './vault/enrolment.ts';
import { pinFault, type PinFault } from './vault/pin-rules.ts';
import { VaultRefusal } from './vault/worker-client.ts';
import type { Secret, Wrap } from './vault/wraps.ts';

/** Cards that may open one vault at a time: the one on the lanyard and one at home. */
export const CARDS_MAX = 3;
/** Cards of earlier days that a vault remembers as void. */
export const SPENT_MAX = 32;
const DAY_MS = 86_400_000;

export const cardsOf = (wraps: readonly Wrap[]): readonly string[] =>
  wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : []));

/** The wraps that hold from now on; cards that are not among them never open it again. */
function goingOn(row: VaultRow, wraps: readonly Wrap[]): VaultChange {
  const cards = cardsOf(wraps);
  const gone = cardsOf(row.wraps).filter((one) => !cards.includes(one));
  return { wraps: [...wraps], spent: [...(row.spent ?? []), ...gone].slice(-SPENT_MAX) };
}

/** Asks the county for the slip of a vault; null: none waits. */
export type AskSlip = (
  vaultId: string,
) => Promise<Result<string | null, 'OFFLINE' | 'SIGN_IN' | 'NOT_YOURS' | 'COUNTY_FAULT'>>;

/** Opened by the county's new way in; nothing counts before `finish`. */
export interface Reopened {
  readonly vaultId: string;
  /** The new digits, and a new sentence or null where the old one is still known. */
  finish(of: {
    readonly pin: string;
    readonly passphrase: string | null;
  }): Promise<Result<Unlocked, PinFault | 'TOO_SHORT' | 'ONE_CHARACTER'>>;
  /** Left in the middle: the keys go, the slip opens again. */
  cancel(): void;
}

/** The ways of this tablet's vaults, for one window. */
export class HouseWays {
  private readonly deps: HouseDeps;

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  private async wrap({ client }: Pick<Unlocked, 'client'>, secret: Secret): Promise<Wrap> {
    const wrap = await client.addWrap(secret, this.deps.kdf);
    if (!wrap) throw new VaultRefusal('BROKEN');
    return wrap;
  }

  /**
   * Another card for an open vault: made here and shown once, or (`scanned`) printed by the county for
   * this vault; a card that is there gets new digits. `only`: the ones before open it no more.
   */
  async addCard(
    open: Unlocked,
    of: {
      readonly pin: string;
      readonly only: boolean;
      readonly known: readonly string[];
      readonly scanned?: string;
    },
  ): Promise<Result<PrintedCard | null, AddCardRefusal>> {
    const { vaultId } = open.row;
    const card = await this.cardFor(vaultId, of);
    if (!card.ok) return card;
    const registry = await this.deps.registry();
    const cardId = card.value.secret.kind === 'card' ? card.value.secret.cardId : '';
    if ((await registry.vault(vaultId))?.spent?.includes(cardId)) return fail('FOREIGN');
    const wrap = await this.wrap(open, card.value.secret);
    await registry.change(vaultId, (row) => {
      const isOther = (w: Wrap): boolean => w.kind === 'card' && w.cardId !== cardId;
      const others = of.only ? [] : row.wraps.filter(isOther).slice(1 - CARDS_MAX);
      return goingOn(row, [...row.wraps.filter((w) => w.kind !== 'card'), ...others, wrap]);
    });
    return ok(card.value.printed);
  }

  private async cardFor(
    vaultId: string,
    of: { readonly pin: string; readonly known: readonly string[]; readonly scanned?: string },
  ): Promise<Result<{ secret: Secret; printed: PrintedCard | null }, AddCardRefusal>> {
    const { digest } = this.deps;
    if (of.scanned === undefined) return newCard(digest, { vaultId, ...of });
    const card = await readCard(digest, of.scanned);
    if (!card) return fail('NO_CARD');
    if (card.vaultId !== vaultId) return fail('FOREIGN');
    const fault = pinFault(of.pin, of.known);
    if (fault) return fail(fault);
    const cardId = await cardIdOf(digest, card);
    const secret: Secret = { kind: 'card', cardId, card: card.secret, pin: of.pin };
    return ok({ secret, printed: null });
  }

  /** One authenticator a vault; it is never the only way, and none where a second vault is. */
  async addPrf(open: Unlocked): Promise<boolean> {
    const { prf } = this.deps;
    const { vaultId } = open.row;
    const registry = await this.deps.registry();
    if (await isShared(registry)) return false;
    const credentialId = (await prf?.make()) ?? null;
    const output = credentialId && (await prf?.output(credentialId, vaultId));
    if (!credentialId || !output) return false;
    const wrap = await this.wrap(open, { kind: 'prf', credentialId, output });
    const others = (w: Wrap): boolean => w.kind !== 'prf';
    await registry.change(vaultId, ({ wraps }) => ({ wraps: [...wraps.filter(others), wrap] }));
    // Another window made a vault meanwhile.
    if (!(await isShared(registry))) return true;
    await withoutPrf(registry);
    return false;
  }

  async removePrf(): Promise<void> {
    await withoutPrf(await this.deps.registry());
  }

  /**
   * What the county has to know: a wrap for each of its recovery keys in force, and which cards open
   * the vault. At the county first and then here, so that a broken line is tried again at the next
   * unlock. False: nothing to do, or not done.
   */
  async tell(
    { row: { vaultId }, client }: Unlocked,
    recipients: readonly Recipient[],
    upload: Making['upload'],
  ): Promise<boolean> {
    const registry = await this.deps.registry();
    const row = await registry.vault(vaultId);
    if (!row) return false;
    const recovery = recipients.filter(({ kind }) => kind === 'recovery');
    if (recovery.length === 0) return false;
    const isNew = recovery.some(({ keyId }) => !row.countyKeys?.includes(keyId));
    const cards = cardsOf(row.wraps);
    if (!isNew && row.told?.join() === cards.join()) return false;
    const made = await client.countyWraps(recovery);
    const wraps = made.flatMap((w) => (w.kind === 'county' ? [w] : []));
    if (!(await upload({ vaultId, wraps, cards })).ok) return false;
    const countyKeys = wraps.map(({ keyId }) => keyId);
    await registry.change(vaultId, () => ({ countyKeys, told: [...cards] }));
    return true;
  }

  /** The county's word about cards: these open nothing here any more. */
  async dropCards(cardIds: readonly string[]): Promise<void> {
    const registry = await this.deps.registry();
    const gone = (w: Wrap): boolean => w.kind === 'card' && cardIds.includes(w.cardId);
    for (const row of await registry.vaults())
      if (row.wraps.some(gone))
        await registry.change(row.vaultId, (now) =>
          goingOn(
            now,
            now.wraps.filter((w) => !gone(w)),
          ),
        );
  }

  /** What the county made for who forgot everything; `slip` where it was brought on paper. */
  async reopen(
    of: { readonly scanned: string; readonly slip: string | null },
    ask: AskSlip,
  ): Promise<Result<Reopened, ReopenRefusal>> {
    const found = await this.reopenable(of.scanned);
    if (!found.ok) return found;
    const { row, card, cardId } = found.value;
    const asked = of.slip === null ? await ask(row.vaultId) : ok(of.slip);
    if (!asked.ok) return asked;
    if (asked.value === null) return fail('NONE');
    const read = await readSlip(asked.value);
    if (!read) return fail('NO_SLIP');
    if (read.until < Math.floor(Math.max(row.seenAt, this.deps.wall()) / DAY_MS))
      return fail('EXPIRED');
    const client = this.deps.newVault();
    try {
      await client.reopen({ vaultId: row.vaultId, card: card.secret, slip: asked.value });
    } catch (error) {
      client.lock();
      return fail(error instanceof VaultRefusal && error.code === 'WRONG' ? 'WRONG' : 'STORAGE');
    }
    return ok({
      vaultId: row.vaultId,
      cancel: () => client.lock(),
      finish: (chosen) => this.finish({ row, client }, { cardId, card, ...chosen }),
    });
  }

  private async reopenable(
    scanned: string,
  ): Promise<Result<{ row: VaultRow; card: Card; cardId: string }, ReopenRefusal>> {
    const card = await readCard(this.deps.digest, scanned);
    if (!card) return fail('NO_CARD');
    const row = await (await this.deps.registry()).vault(card.vaultId);
    if (!row?.ready) return fail('FOREIGN');
    if (row.bar) return fail('BARRED');
    const cardId = await cardIdOf(this.deps.digest, card);
    // Its digits are set: from then on the card alone opens nothing.
    if (cardsOf(row.wraps).includes(cardId)) return fail('IN_USE');
    if (row.spent?.includes(cardId)) return fail('SPENT');
    return ok({ row, card, cardId });
  }

  /** The new card under its digits, alone; the cards before and the authenticator open it no more. */
  private async finish(
    open: Unlocked,
    of: {
      readonly cardId: string;
      readonly card: Card;
      readonly pin: string;
      readonly passphrase: string | null;
    },
  ): Promise<Result<Unlocked, PinFault | 'TOO_SHORT' | 'ONE_CHARACTER'>> {
    const { cardId, card, pin, passphrase } = of;
    const fault = pinFault(pin) ?? (passphrase === null ? null : passphraseFault(passphrase));
    if (fault) return fail(fault);
    const made = [await this.wrap(open, { kind: 'card', cardId, card: card.secret, pin })];
    if (passphrase !== null) made.push(await this.wrap(open, { kind: 'pass', passphrase }));
    const registry = await this.deps.registry();
    const row = await registry.change(open.row.vaultId, (now) => {
      const stays = (w: Wrap): boolean => w.kind === 'pass' && passphrase === null;
      return { ...goingOn(now, [...now.wraps.filter(stays), ...made]), tries: NO_TRIES };
    });
    if (!row) throw new VaultRefusal('BROKEN');
    return ok({ row, client: open.client });
  }
}
