import { version } from '$app/environment';
import type { Result } from '../domain/values.ts';
import { afterPaint, browserClock, idle } from './browser.ts';
import type { Engine } from './engine.ts';
import { isCodeRefusal } from './enrol-refusal.ts';
import { CaseIndex } from './case-index.ts';
import { markerCookie, readMarker, type Marker } from './marker.ts';
import { quickLook } from './quick-look.ts';
import { databaseOf, isWorkLeft, registryRows } from './registry-look.ts';
import { isLocked } from './vault.ts';
import type { Session } from './session.ts';
import { META } from './settings.ts';
import type { SyncLoop } from './sync-loop.ts';
import type { SyncStart } from './sync-start.ts';
import { WorkspaceView } from './workspace-state.svelte.ts';
import type * as Parts from './workspace-parts.ts';
import type { SaveRefusal, StorageAnswer } from './workspace-types.ts';

const DATABASE = 'daiban';
const CHANNEL = 'daiban-changed';
const REFRESH_MS = 400;
/** The engine begins when the page rests, at the latest this long after the first picture. */
const ENGINE_WAIT_MS = 300;

type PartsModule = typeof Parts;

/**
 * What stands behind the one object of the screens: opens the store, runs the loop, keeps the
 * screens true.
 *
 *     quick look (native, light) --> first list --> engine, domain, sync (lazy)
 *     save --> strict --> list --> loop;   other tabs hear of it by a channel
 */
export class WorkspaceEngine extends WorkspaceView {
  protected readonly parts: Promise<PartsModule>;
  /** The open store; on a tablet with vaults it comes with an unlock, and another with the next. */
  protected engine: Promise<Engine>;
  private open: () => void = () => undefined;
  private openPlain: () => void = () => undefined;
  /** The store in clear is open in this window. */
  private isPlain = false;
  /** Ends the loop of the store before. */
  private endLoop: () => void = () => undefined;
  protected loopNow: SyncLoop | null = null;
  private refreshing: Promise<void> | null = null;
  private refreshAgain = false;
  /** The county does not know this tablet any more and asks for a code. */
  protected codeWanted = false;
  /** The county shows nothing: it knows another read secret of this vault. */
  protected readWanted = false;
  private proof: ReturnType<PartsModule['dayProof']> | null = null;
  private readonly channel =
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  constructor() {
    super();
    const opened = new Promise<void>((resolve) => (this.open = resolve));
    const plain = new Promise<void>((resolve) => (this.openPlain = resolve));
    this.parts = opened.then(() => import('./workspace-parts.ts'));
    this.engine = plain
      .then(() => this.parts)
      .then((parts) => parts.openEngine(DATABASE, this.outdated));
    this.engine.catch(() => undefined);
  }

  protected readonly outdated = (): void => void (this.trouble = 'STORE_NEWER');

  async start(): Promise<void> {
    this.startClock();
    try {
      const look = await quickLook(DATABASE);
      if (look) await this.showLook(look);
      // Nobody works in the plain store: perhaps they all have vaults.
      if (!this.session && (await this.hasVaults())) return await this.startLocked();
      if (!look && readMarker(document.cookie)) this.trouble = 'STORE_EVICTED';
      this.state = this.session && !this.session.signedOut ? 'ready' : 'signedOut';
    } catch {
      this.trouble = 'STORE_BROKEN';
      this.state = 'rescue';
    }
    // Libraries never delay the first picture, nor what it draws right behind it.
    await afterPaint();
    await idle(ENGINE_WAIT_MS);
    this.open();
    // A plain store whose rows are on their way into a vault: the rest goes on after the unlock.
    if (this.session && (await this.hasVaults().catch(() => false))) return this.startLocked();
    this.openPlain();
    this.isPlain = true;
    await this.begin();
  }

  /** The list and the drafts of an open store, as its quick look tells them. */
  protected async showStored(database: string): Promise<void> {
    const look = await quickLook(database).catch(() => null);
    if (!look) return;
    await this.showDrafts(look.drafts);
    await this.showIndex(look, look.sync);
  }

  private async hasVaults(): Promise<boolean> {
    return (await registryRows()).some(({ ready }) => ready);
  }

  /** Nothing of anybody is read before somebody opens his vault. */
  private async startLocked(): Promise<void> {
    this.clearScreens();
    this.state = 'locked';
    await afterPaint();
    this.open();
    this.listen();
    await this.showVaults();
    void this.updates.watch().then(() => this.askIfLeft());
    void this.lookAtStorage();
  }

  /** The tiles of the unlock screen. */
  protected async showVaults(): Promise<void> {}

  private async begin(): Promise<void> {
    try {
      await this.engine;
    } catch (error) {
      const code = (error as { code?: string }).code;
      this.trouble = code === 'STORE_NEWER' ? 'STORE_NEWER' : 'STORE_BROKEN';
      this.state = 'rescue';
      return;
    }
    await this.lookAgain();
    await this.lookForLoss();
    this.listen();
    void this.updates.watch().then(() => this.askIfLeft());
    void this.lookAtStorage();
    if (this.state === 'ready') await this.work();
  }

  /** Other windows, and this one when it is looked at again. */
  private listen(): void {
    // A message between windows may get lost: what is looked at is read again.
    const again = (): void => {
      if (!document.hidden) void this.refresh(false);
    };
    document.addEventListener('visibilitychange', again);
    addEventListener('focus', again);
    this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.loopNow?.heard(data);
      void this.refresh(false);
    });
  }

  /** A store that the quick look could not read may still be one that the engine opens. */
  private async lookAgain(): Promise<void> {
    if (this.session || this.trouble === 'STORE_BROKEN') return;
    const [{ readSession }, engine] = [await this.parts, await this.engine];
    this.session = await readSession(engine);
    if (this.session && !this.session.signedOut) this.state = 'ready';
  }

  /** A fresh store under the mark of another vault: that one was thrown away. */
  protected async lookForLoss(marker: Marker | null = readMarker(document.cookie)): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    const lost = await parts.noteLoss(engine, marker);
    if (!lost && this.trouble === 'STORE_EVICTED') this.trouble = null;
    this.alarmRead = await parts.alarmRead(engine);
    // Nobody is signed in on a fresh store: what is told of it has to be read all the same.
    if (lost) await this.refresh(false);
  }

  /** Everything a signed-in tablet does in the background. */
  protected async work(): Promise<void> {
    await this.refresh(false);
    if (this.loopNow) return this.loopNow.resume();
    const [parts, engine] = [await this.parts, await this.engine];
    const [ofVault, moved] = [this.ofVault(), new parts.MovedLook()];
    const { loop, stop } = parts.startSync({
      ...(await parts.keptSignal(engine)),
      ...{ engine, build: version, dueOf: (id) => this.row(id)?.light.dueAt ?? '' },
      enrolAgain: () => this.enrolAgain(),
      ...ofVault,
      answered: (reply) => {
        ofVault.answered(reply);
        this.readWanted = reply.kind === 'exchange' && reply.read === 'wanted';
        const times = { since: this.session?.agent.signedInAt, now: browserClock.now() };
        if (moved.isDue(reply, times)) void this.enrolAgain().catch(() => undefined);
      },
      changed: (status, stored) => {
        this.loop = status;
        const asked = this.codeWanted || this.readWanted;
        this.signInNeeded = status.reason === 'SIGN_IN_AGAIN' || asked;
        if (stored) void this.refresh(true);
      },
    });
    this.loopNow = loop;
    this.endLoop = stop;
    void parts.takeReceiptsBefore(engine).catch(() => undefined);
  }

  /** The plain store moves into a vault: this window does not hold it any more. */
  protected async letGoOfPlain(): Promise<void> {
    if (!this.isPlain) return;
    this.isPlain = false;
    this.endLoop();
    (await this.engine).store.close();
  }

  /** Another store: its own index, proof and loop. */
  protected useEngine(engine: Engine): void {
    this.endLoop();
    this.endLoop = () => undefined;
    this.loopNow = null;
    this.proof = null;
    this.index = new CaseIndex();
    this.engine = Promise.resolve(engine);
    this.vault = engine.vault;
  }

  /** Locked: whatever was about to be read or drawn is left. */
  protected get isClosed(): boolean {
    return this.state === 'locked' || this.state === 'enrolling';
  }

  /** Reads the index again; several wishes become one. `tell` lets other tabs follow. */
  protected refresh(tell: boolean): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    if (tell) this.channel?.postMessage(this.loop);
    this.refreshAgain = true;
    this.refreshing ??= this.refreshLoop()
      .catch(unlessLocked)
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async refreshLoop(): Promise<void> {
    while (this.refreshAgain) {
      this.refreshAgain = false;
      const [parts, engine] = [await this.parts, await this.engine];
      const { store } = engine;
      const [cases, counts, media] = [
        await store.cases(),
        await store.counts(),
        await store.media(),
      ];
      const sync = await store.sync();
      this.proof ??= parts.dayProof(engine);
      const line = await this.proof.line();
      const unsent = await store.eventsIn('p');
      this.index.receipts = await parts.receiptsGiven(engine);
      const stale = await this.showIndex({ cases, counts, media }, sync);
      const acts = await this.showDrafts(await store.drafts());
      if (acts.length > 0)
        await parts.dropLeftWords(store, acts, [
          ...cases.map(({ id }) => id),
          ...this.drafts.map(({ caseId }) => caseId),
        ]);
      this.showUnsent(
        unsent.reduce((sum, r) => sum + r.bytes, 0),
        line,
      );
      if (sync && this.session)
        document.cookie = markerCookie({ dv: sync.dv, unsent: unsent.length });
      if (this.session && stale.length > 0)
        await parts.foldAgain(parts.recordDeps(engine, this.session.agent), stale, (id, facts) => {
          this.index.set(id, facts);
        });
      if (stale.length > 0) this.redraw();
      parts.keepListSoon(engine);
      if (this.refreshAgain) await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    }
  }

  /** What the loop has to know of the vault whose store it sends. */
  protected ofVault(): Pick<
    SyncStart,
    'vaultId' | 'keysAt' | 'answered' | 'barred' | 'readSecret'
  > {
    const ignore = (): void => undefined;
    return { vaultId: '', keysAt: () => null, answered: ignore, barred: ignore };
  }

  protected async deps() {
    const [parts, engine] = [await this.parts, await this.engine];
    const { session } = this;
    if (!session || session.signedOut) return null;
    return { parts, engine, record: parts.recordDeps(engine, session.agent) };
  }

  protected async saved<T>(
    run: (
      d: NonNullable<Awaited<ReturnType<WorkspaceEngine['deps']>>>,
    ) => Promise<Result<T, SaveRefusal>>,
  ): Promise<Result<T, SaveRefusal>> {
    const deps = await this.deps();
    if (!deps)
      return { ok: false, error: { code: this.state === 'locked' ? 'LOCKED' : 'NOT_SIGNED_IN' } };
    const result = await run(deps).catch((e: unknown) => deps.parts.refused<T>(e));
    if (result.ok) {
      await this.refresh(true);
      this.loopNow?.wake('save');
      void this.updates.askForSync();
    }
    return result;
  }

  /** At a start and at a lock: what nobody may open any more here goes all the same. */
  protected askIfLeft(): Promise<void> {
    return this.updates.askIfLeft(isWorkLeft);
  }

  protected async keepSession(session: Session): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.writeSealed(engine, META.session, session);
    this.session = session;
  }

  /**
   * The county must know a new device id, whose letter keeps temporary numbers apart; and the tablet
   * his villages and the numbers for danger as they are now.
   */
  private async enrolAgain(): Promise<void> {
    if (!this.session) return;
    const [parts, engine] = [await this.parts, await this.engine];
    const { vaultId } = this.ofVault();
    const database = vaultId === '' ? DATABASE : databaseOf(vaultId);
    const again = await parts.enrolAgain(engine, this.session.agent, {
      ...{ build: version, database, isVault: vaultId !== '' },
    });
    // What is saved is sent all the same; for the feed somebody has to type the county's code.
    if (!again.ok) this.codeWanted ||= isCodeRefusal(again.error);
    if (!again.ok) return void (this.signInNeeded ||= this.codeWanted);
    this.codeWanted = false;
    await this.keepSession({ ...this.session, agent: again.value });
  }

  protected async lookAtStorage(): Promise<StorageAnswer> {
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    const persisted = await navigator.storage?.persisted?.().catch(() => null);
    const { usage = null, quota = null } = estimate ?? {};
    this.storage = { persisted: persisted ?? null, usedBytes: usage, quotaBytes: quota };
    return this.storage;
  }
}

/** A lock in the middle of a reading: the screens are empty already. */
function unlessLocked(error: unknown): void {
  if (!isLocked(error)) throw error;
}
