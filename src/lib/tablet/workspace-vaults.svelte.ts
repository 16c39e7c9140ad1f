import { version } from '$app/environment';
import { tick } from 'svelte';
import { fail, ok, type Result } from '../domain/values.ts';
import type { ExchangeReply, LockSaid } from '../protocol/sync.ts';
import { browserClock } from './browser.ts';
import type { Carrier } from './carry.ts';
import { coarseDay } from './coarse-day.ts';
import { DATABASE } from './db-name.ts';
import { JotsHere } from './jots-here.ts';
import type { IsLogin } from './login-words.ts';
import { readMarker } from './marker.ts';
import { databaseOf } from './registry-look.ts';
import { META, settingsFrom } from './settings.ts';
import type { SignedIn } from './sign-in.ts';
import type { Door } from './vault-door.ts';
import type { Enrolling, LeftBehind } from './vault-types.ts';
import type { VaultsHost } from './vaults-host.ts';
import { VaultsState } from './vaults-state.svelte.ts';
import type { Making, Unlocked, VaultHouse } from './vaults.ts';
import { WorkspaceEngine } from './workspace-engine.svelte.ts';
import type { Agent, SignInRefusal, StorageAnswer } from './workspace-types.ts';

/** What is being written when the screens go has this long. */
const SETTLE_MS = 1_000;

/**
 * The vaults behind the screens: which store is open, and who signs in to what.
 *
 *     no vault    signedOut --signIn--> ready                      the plain store, as ever
 *     county wants one      --signIn--> enrolling --enrol--> ready
 *     vaults here  locked --unlock--> ready --lock--> locked      --another--> signedOut
 */
export abstract class WorkspaceVaults extends WorkspaceEngine {
  readonly vaults: VaultsState = new VaultsState(this.hostOfVaults());
  private door: Door | null = null;
  private houseNow: Promise<VaultHouse> | null = null;
  /** Signed in, and the vault is still to be made. */
  private joining: SignedIn | null = null;
  /** The passphrase of the sign-in, forgotten but for a print; until a lock is open. */
  private login: IsLogin | null = null;
  private carrier: Carrier | null = null;
  private readonly jots = new JotsHere({ door: () => this.door, parts: () => this.parts });
  private pending: readonly Promise<unknown>[] = [];
  /** Date of the county's keys that are here. */
  private keysAt = '';
  /** History and place of the county's checked backup when idle work was done; '' after an unlock. */
  private resealedAt = '';
  /** Where the list stood when it was locked. */
  private scrollAt = 0;

  abstract askPersistence(): Promise<StorageAnswer>;

  private hostOfVaults(): VaultsHost {
    return {
      house: () => this.house(),
      making: () => this.making(),
      enter: (unlocked) => this.enter(unlocked),
      keepSeen: (vaultId, seenAt) => void this.keepSeen(vaultId, seenAt).catch(() => undefined),
      enterToTake: async (unlocked) => void (await this.openStore(unlocked)),
      leave: () => this.leave(),
      settled: () => this.settled(),
      drop: () => this.drop(),
      keepCardWaits: async (waits) => (await this.parts).keepCardWaits(await this.engine, waits),
      loggedOut: () => this.loggedOut(),
      asks: (what) => {
        if (!this.session) this.state = what === 'signIn' ? 'signedOut' : 'locked';
      },
      askPersistence: async () => (await this.askPersistence()).persisted === true,
      askSlip: async (vaultId) => {
        const parts = await this.parts;
        return parts.askSlip(parts.online(version), vaultId);
      },
      changed: (unlocked) => void this.tellAgain(unlocked).catch(() => undefined),
      known: () => this.known,
      isLogin: async (words) => (await this.login?.(words)) ?? false,
      askCounty: (vaultId) => this.askCounty(vaultId),
      canJot: () => this.door?.captures ?? false,
      jot: (words, isWhole) => this.jots.keep(words, isWhole),
    };
  }

  private house(): Promise<VaultHouse> {
    return (this.houseNow ??= this.parts.then((parts) =>
      parts.newHouse((client) => this.vaults.broken(client)),
    ));
  }

  private get known(): readonly string[] {
    const agent = this.joining?.session.agent ?? this.session?.agent;
    return agent ? [agent.agentCode, agent.user] : [];
  }

  protected override async showVaults(): Promise<void> {
    await this.vaults.show(await (await this.house()).rows());
    if (this.vaults.mode === 'none') return;
    await this.lookAtKeys();
    await this.carry();
  }

  /** What is not open here goes sealed; also the open one's, when somebody else is signed in. */
  private async carry(): Promise<void> {
    void (await this.theCarrier()).wake();
  }

  private async theCarrier(): Promise<Carrier> {
    const parts = await this.parts;
    return (this.carrier ??= parts.startCarrier({
      build: version,
      mayCarry: (database) =>
        !this.vaults.isOpen ||
        this.vaults.current === null ||
        database !== databaseOf(this.vaults.current) ||
        this.loop.reason === 'OTHER_PERSON',
      answered: (vaultId, reply) => this.answered(vaultId, reply),
      barred: (vaultId, lock) => this.barred(vaultId, lock),
      met: (signedIn) => this.vaults.said.met(signedIn),
      about: (vaultId, isOther) => this.vaults.said.about(vaultId, isOther),
      carried: () => void this.vaults.showAgain().catch(() => undefined),
    }));
  }

  /** The county's word about a vault first, then what waits in it. */
  private async askCounty(vaultId: string): Promise<void> {
    const carrier = await this.theCarrier();
    await carrier.ask(databaseOf(vaultId)).finally(() => void carrier.wake());
  }

  protected override ofVault(): ReturnType<WorkspaceEngine['ofVault']> {
    const { door } = this;
    if (!door) return super.ofVault();
    return {
      vaultId: door.vaultId,
      keysAt: () => this.keysAt,
      answered: (reply) => void this.answered(door.vaultId, reply).catch(() => undefined),
      barred: (lock) => void this.barred(door.vaultId, lock).catch(() => undefined),
      readSecret: async () => (await this.parts).readSecret(door.engine),
    };
  }

  /** The county's word: a contact, a bar, revoked cards, newer keys. */
  private async answered(vaultId: string, reply: ExchangeReply): Promise<void> {
    const parts = await this.parts;
    this.vaults.said.met(true);
    if (reply.keys) {
      await parts.keepCountyKeys(await parts.theRegistry(), reply.keys);
      await this.keepOwnKeys();
      this.keysAt = await parts.keysAt(await parts.theRegistry());
      await this.lookAtKeys();
    }
    if (vaultId === this.door?.vaultId) void this.resealIdle().catch(() => undefined);
    await this.vaults.contact(vaultId, { bar: reply.bar ?? null, cards: reply.cards ?? [] });
  }

  /**
   * The county takes nothing from whoever is signed in, and says what it says to this vault: no
   * contact that gives thirty days, unless it frees one that was barred.
   */
  private async barred(vaultId: string, { bar, cards = [] }: LockSaid): Promise<void> {
    const was = this.vaults.here.find((tile) => tile.vaultId === vaultId)?.bar ?? null;
    if (bar === was && cards.length === 0) return;
    if (bar !== was) return this.vaults.contact(vaultId, { bar, cards });
    await (await this.house()).dropCards(cards);
  }

  /** Once per unlock and whenever the county's checked backup has grown, with nothing else to do. */
  private async resealIdle(): Promise<void> {
    const { door } = this;
    await this.loopNow?.settled();
    const sync = await door?.engine.store.sync();
    const at = `${sync?.gen ?? 0} ${sync?.safe ?? 0}`;
    if (!door || !this.vaults.isOpen || this.resealedAt === at) return;
    this.resealedAt = at;
    await (await this.parts).resealAll(door.engine);
  }

  /** The county's list, where the vault's own one lets it follow, goes into the vault. */
  private async keepOwnKeys(): Promise<void> {
    const parts = await this.parts;
    const { session } = this;
    if (!session || !this.door) return;
    const registry = await parts.theRegistry();
    const { keys, isNew } = await parts.followKeys(registry, session.countyKeys);
    if (keys && isNew) await this.keepSession({ ...(this.session ?? session), countyKeys: keys });
  }

  /** What of the county's keys has to be seen by a person. */
  private async lookAtKeys(): Promise<void> {
    const parts = await this.parts;
    const registry = await parts.theRegistry();
    const isRefused = await parts.areKeysRefused(registry);
    this.vaults.countyKeys = { isRefused, prints: await parts.recoveryPrints(registry) };
  }

  private async making(): Promise<Omit<Making, keyof Enrolling> | null> {
    const { joining } = this;
    if (!joining?.recipients) return null;
    const { dv, recipients, movingFrom } = joining;
    const parts = await this.parts;
    return {
      ...{ dv, recipients, known: this.known, day: coarseDay(browserClock.now()), movingFrom },
      ...(this.login ? { isLogin: this.login } : {}),
      upload: async (of) => {
        await parts.beginStore(of.vaultId, dv);
        return parts.uploadWraps(parts.online(version), { ...of, dv });
      },
    };
  }

  /** The vault's store, with the keys of this unlock behind it. */
  private async openStore(unlocked: Unlocked): Promise<Door> {
    const parts = await this.parts;
    if (this.door?.vaultId === unlocked.row.vaultId) {
      await this.door.reopen(unlocked);
      return this.door;
    }
    await this.letGoOfPlain();
    this.door = await parts.openDoor(unlocked, { onOutdated: this.outdated });
    this.useEngine(this.door.engine);
    return this.door;
  }

  private async enter(unlocked: Unlocked): Promise<void> {
    const parts = await this.parts;
    this.resealedAt = '';
    const { engine } = await this.openStore(unlocked);
    this.vaults.remember(await parts.seenIn(engine));
    if (!this.vaults.isOpen) throw new Error('its thirty days are over');
    this.keysAt = await parts.keysAt(await parts.theRegistry());
    void this.lookAtKeys().catch(() => undefined);
    const { joining } = this;
    this.joining = this.login = null;
    // Only into the vault that was made for him, never into one that somebody else opened meanwhile.
    if (joining?.dv === unlocked.row.dv)
      await parts.writeSealed(engine, META.session, joining.session);
    void this.carry();
    void this.tellAgain(unlocked).catch(() => undefined);
    this.session = await parts.readSession(engine);
    await this.keepOwnKeys();
    const [settings, waits] = await Promise.all([
      parts.readSealed(engine, META.settings),
      parts.cardWaitsIn(engine),
    ]);
    if (settings) this.settings = settingsFrom(settings);
    this.vaults.cardWaits = waits;
    await this.lookForLossOf(unlocked);
    // The list at once, out of one body; what is behind it is read when it stands.
    await this.showStored(databaseOf(unlocked.row.vaultId));
    this.trouble = null;
    this.state = this.session ? 'ready' : 'signedOut';
    // What is told of a store that was lost stands beside the sign-in.
    if (!this.session) return this.refresh(false);
    await this.work();
    const to = this.scrollAt;
    if (to > 0) requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, to)));
  }

  private async keepSeen(vaultId: string, seenAt: number): Promise<void> {
    const [parts, { door }] = [await this.parts, this];
    if (door?.vaultId === vaultId && door.captures) await parts.keepSeen(door.engine, seenAt);
  }

  /** The county has another recovery key, or other cards open the vault: it hears of it. */
  private async tellAgain(unlocked: Unlocked): Promise<void> {
    const parts = await this.parts;
    const { door } = this;
    if (door?.vaultId !== unlocked.row.vaultId) return;
    const deps = parts.online(version, { secret: () => parts.readSecret(door.engine) });
    const recipients = await parts.recipientsHere(await parts.theRegistry());
    await (
      await this.house()
    ).tell(unlocked, recipients, (of) => parts.uploadWraps(deps, { ...of, dv: unlocked.row.dv }));
  }

  /** A store that is not the one of the registry's row was lost, or forked since. */
  private async lookForLossOf({ row }: Unlocked): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    const sync = await engine.store.sync();
    const marker = readMarker(document.cookie);
    await this.lookForLoss({ dv: row.dv, unsent: marker?.dv === row.dv ? marker.unsent : 0 });
    if (sync && sync.dv !== row.dv)
      await (await parts.theRegistry()).change(row.vaultId, () => ({ dv: sync.dv }));
  }

  private leave(): void {
    this.scrollAt = scrollY;
    this.loopNow?.stop();
    // The screens go first; what they show is taken away under them.
    this.state = 'locked';
    void tick().then(() => this.isClosed && this.clearScreens());
    void this.carry();
    void this.askIfLeft();
  }

  /** Nothing is sealed any more; what was being written down is free for its owner. */
  private drop(): void {
    this.door?.drop();
    void this.jots.close().catch(() => undefined);
  }

  /** Something that a screen writes on its way out. */
  protected writing<T>(work: Promise<T>): Promise<T> {
    const quiet = work.then(
      () => undefined,
      () => undefined,
    );
    this.pending = [...this.pending, quiet];
    void quiet.then(() => (this.pending = this.pending.filter((p) => p !== quiet)));
    return work;
  }

  private async settled(): Promise<void> {
    await tick();
    const moment = new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await Promise.race([Promise.all(this.pending), moment]);
  }

  private async loggedOut(): Promise<LeftBehind> {
    const [parts, { store }] = [await this.parts, await this.engine];
    this.vaults.said.met(false);
    void parts.signOutSoon(parts.online(version), parts.theRegistry).catch(() => undefined);
    const events = (await store.eventsIn('p')).length;
    const media = (await store.media()).filter(({ state }) => state === 'p').length;
    return { events, media };
  }

  /** Who works here: into the open store, or beside vaults that are all shut. */
  async signIn(
    user: string,
    passphrase: string,
    code?: string,
  ): Promise<Result<Agent | null, SignInRefusal>> {
    const parts = await this.parts;
    const who = { user, passphrase, code, registry: parts.theRegistry };
    const beside = this.vaults.mode !== 'none' && !this.vaults.isOpen;
    const { door } = this;
    const deps = parts.online(version, {
      call: (numbers) => (this.countyNumbers = numbers),
      ...(door && !beside ? { secret: () => parts.readSecret(door.engine) } : {}),
    });
    // Who left without signal leaves first: his log-out must not end the session that begins.
    const inVaults = this.vaults.mode !== 'none';
    if (inVaults && !(await parts.settleSignOut(deps, await parts.theRegistry())))
      return fail('OFFLINE');
    const signed = beside
      ? await parts.signInBeside(deps, who, (vaultId) => this.knownHere(vaultId))
      : await parts.signIn(deps, await this.intoOpen(), who);
    if (!signed.ok) return signed;
    this.vaults.said.met(true);
    if (!this.vaults.isOpen) this.login = parts.loginWords(passphrase);
    if (signed.value === null) return ok(null);
    if (signed.value.recipients) return this.join(signed.value);
    await this.keepSession(signed.value.session);
    this.signInNeeded = this.codeWanted = this.readWanted = false;
    this.state = 'ready';
    void this.askPersistence();
    void this.work();
    return ok(this.agent as Agent);
  }

  private async intoOpen() {
    const database = this.door ? databaseOf(this.door.vaultId) : DATABASE;
    const here = { before: this.session, isVault: this.door !== null, database };
    return { engine: await this.engine, ...here };
  }

  /** The county knows him by a vault of this tablet: a contact. His lock asks; barred or not, it says so. */
  private async knownHere(vaultId: string): Promise<void> {
    await this.vaults.seen(vaultId);
    await this.showVaults();
    await this.vaults.ask(vaultId);
    this.vaults.said.came(vaultId);
    this.state = 'locked';
  }

  private join(signed: SignedIn): Result<Agent, SignInRefusal> {
    this.joining = signed;
    this.state = 'enrolling';
    this.vaults.mode = 'enrolling';
    return ok({ ...signed.session.agent, hasPasscode: false });
  }

  /** Tries now: by the open store's loop, and for what is not open. */
  sendNow(): void {
    this.loopNow?.wake('hand');
    void this.carrier?.wake();
  }

  /** Unsent work stays and is still sent after the next sign-in. */
  async signOut(): Promise<void> {
    if (this.door) return void (await this.vaults.logOut());
    if (!this.session) return;
    const parts = await this.parts;
    await this.keepSession({ ...this.session, signedOut: true });
    this.loopNow?.stop('SIGN_IN_AGAIN');
    this.state = 'signedOut';
    void parts.signOut(version);
  }
}
