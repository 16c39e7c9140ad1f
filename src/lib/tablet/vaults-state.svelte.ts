import { CountyNews } from './county-said.svelte.ts';
import { fail, ok, type Result } from '../domain/values.ts';
import { Locker, watchWindow } from './locker.ts';
import type { VaultRow } from './registry.ts';
import { unsentIn } from './registry-look.ts';
import type {
  Enrolled,
  Enrolling,
  EnrolRefusal,
  LeftBehind,
  Tried,
  UnlockRefusal,
  VaultKey,
  Vaults,
  VaultsMode,
  VaultTile,
} from './vault-types.ts';
import { waitSeconds, type Tries } from './vault/delays.ts';
import { OFFLINE_DAYS, type Bar, type Hold, type LockEffect, type LockMode } from './vault/lock.ts';
import type { PinFault } from './vault/pin-rules.ts';
import type { VaultClient } from './vault/vault-client.ts';
import type { Unlocked } from './vaults.ts';
import type { VaultsHost } from './vaults-host.ts';

const DAY_MS = 86_400_000;
/** Days without a contact after which the lock screen offers 应急包. */
export const QUIET_DAYS = 3;
/** How often a wait after wrong tries is counted down on the screen. */
const SECOND_MS = 1_000;
const CHANNEL = 'daiban-lock';

/** The vaults as the screens see them: tiles, mode and waits in runes, the work in `vaults.ts`. */
export class VaultsState implements Vaults {
  mode = $state<VaultsMode>('none');
  here = $state.raw<readonly VaultTile[]>([]);
  current = $state<string | null>(null);
  countyKeys = $state.raw<Vaults['countyKeys']>({ isRefused: false, prints: [] });
  readonly said = new CountyNews();
  tried = $state.raw<Tried | null>(null);
  cardWaits = $state(false);
  private readonly host: VaultsHost;
  private locker: Locker | null = null;
  private unwatch: () => void = () => undefined;
  private unlocked: Unlocked | null = null;
  private shut: Promise<void> = Promise.resolve();
  private tries = $state.raw<Readonly<Record<string, Tries>>>({});
  private second = $state(0);
  private readonly channel =
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  constructor(host: VaultsHost) {
    this.host = host;
    // A lock in one window is one in all.
    this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const same = data === this.unlocked?.row.vaultId;
      if (same && !this.locker?.isHeld) this.locker?.tell({ kind: 'pressed' });
    });
  }

  readonly triedRead = (): void => void (this.tried = null);

  /** Vaults that are on the disk; the tablet starts locked when there is one. */
  async show(rows: readonly VaultRow[]): Promise<void> {
    const ready = rows.filter((row) => row.ready);
    if (ready.length > 0 && this.mode === 'none') this.mode = 'locked';
    this.tries = Object.fromEntries(ready.map((row) => [row.vaultId, row.tries]));
    const house = this.unlocked || this.current ? await this.host.house() : null;
    this.here = await Promise.all(
      ready.map(async (row) => ({
        ...{ vaultId: row.vaultId, sign: row.sign, bar: row.bar },
        waits: (await unsentIn(row.database).catch(() => 0)) > 0,
        expired: daysAway(row) > OFFLINE_DAYS,
        quiet: daysAway(row) > QUIET_DAYS,
        quick: house?.hasQuick(row.vaultId) ?? false,
        ways: row.wraps.flatMap(({ kind }) => (kind === 'county' ? [] : [kind])),
      })),
    );
  }

  /** The tiles as they are by now. */
  async showAgain(): Promise<void> {
    await this.show(await (await this.host.house()).rows());
  }

  waitSeconds(vaultId: string): number {
    void this.second;
    const tries = this.tries[vaultId];
    const wait = tries ? waitSeconds(tries, Date.now()) : 0;
    if (wait > 0) this.countDown();
    return wait;
  }

  private counting = false;
  private countDown(): void {
    if (this.counting) return;
    this.counting = true;
    setTimeout(() => {
      this.counting = false;
      this.second++;
    }, SECOND_MS);
  }

  async enrol(of: Enrolling): Promise<Result<Enrolled, EnrolRefusal>> {
    const rest = await this.host.making();
    if (!rest) return fail({ code: 'NOT_SIGNED_IN' });
    const persisted = await this.host.askPersistence();
    const made = await (await this.host.house()).make({ ...rest, ...of });
    if (!made.ok) return made;
    const { open, printed } = made.value;
    const opened = await this.enter(open);
    if (!opened) return fail({ code: 'STORAGE', what: 'broken' });
    await this.cardShown(printed !== null);
    return ok({ vaultId: open.row.vaultId, printed, persisted });
  }

  /** A store that breaks on the way is a refusal in words, never a button that does nothing. */
  unlock(key: VaultKey): Promise<Result<null, UnlockRefusal>> {
    return this.tryKey(key).catch(() => fail({ code: 'STORAGE', waitSeconds: 0 } as const));
  }

  private async tryKey(key: VaultKey): Promise<Result<null, UnlockRefusal>> {
    await this.shut;
    const house = await this.host.house();
    const unlocked = await house.unlock(key);
    if (!unlocked.ok) {
      await this.showAgain();
      return unlocked;
    }
    // The screen of a running recording stays behind the lock: nobody else comes in before its end.
    if (this.mode === 'capture-only' && unlocked.value.row.vaultId !== this.current) {
      unlocked.value.client.lock();
      return fail({ code: 'FOREIGN', waitSeconds: 0 });
    }
    if (await this.enter(unlocked.value)) return ok(null);
    return fail({ code: 'STORAGE', waitSeconds: 0 });
  }

  /** The worker of these keys broke down: that is a lock. */
  broken(client: VaultClient): void {
    if (this.unlocked?.client === client) this.locker?.tell({ kind: 'pressed' });
  }

  private async enter(unlocked: Unlocked): Promise<boolean> {
    const { row } = unlocked;
    const same = this.current === row.vaultId && this.locker !== null;
    if (!same) this.watch(row);
    this.current = row.vaultId;
    if (this.locker?.mode === 'expired') return this.enterToTake(unlocked);
    this.said.read();
    this.tried = unlocked.tried ?? this.tried;
    this.unlocked = unlocked;
    this.locker?.tell({ kind: 'unlocked' });
    // The county's word came in between: the keys went again before anything was read.
    if (this.mode !== 'unlocked') {
      await this.shut;
      await this.showAgain();
      return true;
    }
    try {
      await this.host.enter(unlocked);
    } catch {
      this.locker?.tell({ kind: 'pressed' });
      await this.shut;
      // The vault itself said that the thirty days are over: that is no broken store.
      return (this.locker?.mode as LockMode | undefined) === 'expired';
    } finally {
      await this.showAgain();
    }
    return true;
  }

  /** What the vault that was just opened knows of the clock, before anything of it is shown. */
  remember(seenAt: number | null): void {
    this.locker?.remember(seenAt);
  }

  /** Thirty days are over: the keys make the sealers for what is said now and go again. */
  private async enterToTake(unlocked: Unlocked): Promise<boolean> {
    try {
      await this.host.enterToTake(unlocked);
      return true;
    } catch {
      return false;
    } finally {
      unlocked.client.lock();
      await this.showAgain();
    }
  }

  /** A lock for this vault, driven by this window. */
  private watch(row: VaultRow): void {
    this.unwatch();
    const { contactAt, seenAt, bar, vaultId } = row;
    const locker: Locker = new Locker(
      {
        ...{ up: () => performance.now(), wall: () => Date.now() },
        // A hold of the vault before may end later than its lock.
        effect: (effect) => this.locker === locker && this.does(effect),
        changed: (mode) => this.locker === locker && this.changed(mode),
        keep: (kept) =>
          void this.host.house().then((house) => house.keepLock(vaultId, kept), ignore),
        keepSealed: (seenAt) => this.host.keepSeen(vaultId, seenAt),
      },
      { contactAt, seenAt, bar },
    );
    this.locker = locker;
    this.unwatch = watchWindow(locker, {
      ...{ window, document },
      every: (ms, call) => {
        const id = setInterval(call, ms);
        return () => clearInterval(id);
      },
    });
  }

  private does(effect: LockEffect): void {
    if (effect === 'dropQuick') {
      const vaultId = this.current;
      if (vaultId) void this.host.house().then((house) => house.dropQuick(vaultId));
      return;
    }
    if (effect === 'endKeeper') {
      this.shut = this.shut.then(() => this.host.drop());
      return;
    }
    const { unlocked } = this;
    this.unlocked = null;
    if (!unlocked) return;
    // The screens go first (`changed`); what they were writing gets a moment, then the keys go.
    this.shut = this.host.settled().then(() => unlocked.client.lock());
    this.channel?.postMessage(unlocked.row.vaultId);
  }

  private changed(mode: LockMode): void {
    if (this.mode === mode) return;
    const before = this.mode;
    this.mode = mode;
    // While a recording goes on the screens stay, covered; they go with its end.
    if (mode === 'unlocked' || mode === 'capture-only') return;
    if (before === 'unlocked' || before === 'capture-only') this.host.leave();
    void this.showAgain().catch(ignore);
  }

  async setQuick(pin: string): Promise<Result<null, PinFault | 'LOCKED'>> {
    if (!this.unlocked) return fail('LOCKED');
    const set = await (await this.host.house()).setQuick(this.unlocked, pin);
    await this.showAgain();
    return set;
  }

  /** The curtain's question; opens nothing. */
  async checkQuick(pin: string): Promise<boolean> {
    const right = await (await this.host.house()).checkQuick(this.current ?? '', pin);
    if (!right) await this.showAgain().catch(ignore);
    return right;
  }

  /** Whether keys are here now. */
  get isOpen(): boolean {
    return this.unlocked !== null;
  }

  get hasQuick(): boolean {
    return this.here.some(({ vaultId, quick }) => quick && vaultId === this.current);
  }

  async addCard(of: Parameters<Vaults['addCard']>[0]): ReturnType<Vaults['addCard']> {
    const { unlocked } = this;
    if (!unlocked) return fail('LOCKED');
    const house = await this.host.house();
    const added = await house.addCard(unlocked, { ...of, known: this.host.known() });
    if (added.ok) this.host.changed(unlocked);
    if (added.ok) await this.cardShown(added.value !== null);
    return added;
  }

  /**
   * On the disk before its letters are on the screen, which has them once; a card that the county
   * printed takes the place of one that was lost. A full disk keeps no card back.
   */
  private async cardShown(waits: boolean): Promise<void> {
    this.cardWaits = waits;
    await this.host.keepCardWaits(waits).catch(ignore);
  }

  cardCopied(): Promise<void> {
    return this.cardShown(false);
  }

  async addPrf(): Promise<boolean> {
    const { unlocked } = this;
    const added = unlocked !== null && (await (await this.host.house()).addPrf(unlocked));
    await this.showAgain();
    return added;
  }

  async removePrf(): Promise<void> {
    if (this.unlocked) await (await this.host.house()).removePrf();
    await this.showAgain();
  }

  async reopen(of: Parameters<Vaults['reopen']>[0]): ReturnType<Vaults['reopen']> {
    await this.shut;
    const house = await this.host.house();
    const reopened = await house.reopen(of, (vaultId) => this.host.askSlip(vaultId));
    if (!reopened.ok) return reopened;
    const { vaultId, finish, cancel } = reopened.value;
    // As with any key: nobody else comes in over a running recording.
    if (this.mode === 'capture-only' && vaultId !== this.current) {
      cancel();
      return fail('FOREIGN');
    }
    return ok({
      cancel,
      finish: async (chosen) => {
        const { passphrase } = chosen;
        if (passphrase !== null && (await this.host.isLogin(passphrase))) return fail('LOGIN');
        const done = await finish(chosen);
        if (!done.ok) return done;
        const entered = await this.enter(done.value);
        if (entered) await this.cardShown(false);
        return entered ? ok(null) : fail('STORAGE');
      },
    });
  }

  async lock(): Promise<void> {
    this.locker?.tell({ kind: 'pressed' });
    await this.shut;
  }

  async logOut(): Promise<LeftBehind | null> {
    // First the keys: a store that is broken keeps nobody's vault open.
    this.locker?.tell({ kind: 'loggedOut' });
    await this.shut.catch(ignore);
    this.current = null;
    this.unwatch();
    this.locker = null;
    const left = await this.host.loggedOut().catch(() => null);
    await this.showAgain().catch(ignore);
    return left;
  }

  hold(why: Hold): () => void {
    return this.locker?.hold(why) ?? ignore;
  }

  /** The county answered for a vault, the one of this window or one that it only carries for. */
  async contact(
    vaultId: string,
    word: { readonly bar: Bar | null; readonly cards: readonly string[] },
  ): Promise<void> {
    const house = await this.host.house();
    const was = this.here.find((tile) => tile.vaultId === vaultId)?.bar ?? null;
    if (word.cards.length > 0) await house.dropCards(word.cards);
    // First the screens, then the disk: a bar holds in this window whatever becomes of the write.
    if (vaultId === this.current) this.locker?.tell({ kind: 'contact', bar: word.bar });
    await house.contact(vaultId, word.bar);
    this.said.bar(vaultId, was, word.bar);
    if (this.mode !== 'unlocked') await this.showAgain();
  }

  /** Its agent signed in beside it: a contact, also for the lock that this window holds. */
  async seen(vaultId: string): Promise<void> {
    const bar = await (await this.host.house()).seen(vaultId);
    if (vaultId === this.current) this.locker?.tell({ kind: 'contact', bar });
  }

  async ask(vaultId: string): Promise<boolean> {
    const before = this.said.meetings;
    await this.host.askCounty(vaultId).catch(ignore);
    return this.said.meetings > before;
  }

  another(): void {
    this.host.asks('signIn');
  }

  back(): void {
    this.host.asks('unlock');
  }

  get jot(): Vaults['jot'] {
    const barred = this.here.some(({ vaultId, bar }) => vaultId === this.current && bar !== null);
    const may = !barred && this.mode !== 'none' && this.mode !== 'enrolling' && this.host.canJot();
    return may ? (words, isWhole) => this.host.jot(words, isWhole) : null;
  }
}

const ignore = (): void => undefined;

/** Since the last contact, by the latest clock that was seen; what is no whole day counts, too. */
const daysAway = ({ seenAt, contactAt }: VaultRow): number =>
  (Math.max(seenAt, Date.now()) - contactAt) / DAY_MS;
