import { version } from '$app/environment';
import type { Result } from '../domain/values.ts';
import { browserClock } from './browser.ts';
import type { OpenDraft } from './drafts.ts';
import type { Engine } from './engine.ts';
import { quickLook } from './quick-look.ts';
import type { Passcode, Session } from './session.ts';
import { META } from './settings.ts';
import type { SyncLoop } from './sync-loop.ts';
import { WorkspaceView } from './workspace-state.svelte.ts';
import type * as Parts from './workspace-parts.ts';
import type {
  Agent,
  AttachmentKind,
  AttachmentRef,
  CaptureRefusal,
  CaseView,
  DraftHandle,
  Entry,
  FormRef,
  Recorder,
  Saved,
  SaveRefusal,
  Settings,
  SignInRefusal,
  StorageAnswer,
  Taken,
  Taking,
  UnsentCase,
  Workspace,
} from './workspace-types.ts';

export type * from './workspace-types.ts';

const DATABASE = 'daiban';
const CHANNEL = 'daiban-changed';
/** Set at sign-in beside the store: if the browser throws the store away, this is left. */
const MARKER = 'daiban_tablet';
const REFRESH_MS = 400;

type PartsModule = typeof Parts;

/** The workspace of this tab; `start()` it once. */
export const createWorkspace = (): Workspace => new TabletWorkspace();

/**
 * The one object of the screens.
 *
 *     quick look (native, light) --> first list --> engine, domain, sync (lazy)
 *     save --> strict --> list --> loop;   other tabs hear of it by a channel
 */
class TabletWorkspace extends WorkspaceView implements Workspace {
  private readonly parts: Promise<PartsModule>;
  private readonly engine: Promise<Engine>;
  private open: () => void = () => undefined;
  private loopNow: SyncLoop | null = null;
  private refreshing: Promise<void> | null = null;
  private refreshAgain = false;
  private readonly channel =
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  constructor() {
    super();
    const opened = new Promise<void>((resolve) => (this.open = resolve));
    this.parts = opened.then(() => import('./workspace-parts.ts'));
    this.engine = this.parts.then((parts) =>
      parts.openEngine(DATABASE, () => (this.trouble = 'STORE_NEWER')),
    );
    this.engine.catch(() => undefined);
  }

  async start(): Promise<void> {
    this.startClock();
    try {
      const look = await quickLook(DATABASE);
      if (look) await this.showLook(look);
      else if (document.cookie.includes(`${MARKER}=`)) this.trouble = 'STORE_EVICTED';
      this.state = this.session && !this.session.signedOut ? 'ready' : 'signedOut';
    } catch {
      this.trouble = 'STORE_BROKEN';
      this.state = 'rescue';
    }
    await afterPaint();
    this.open();
    await this.begin();
  }

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
    this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.loopNow?.heard(data);
      void this.refresh(false);
    });
    void this.updates.watch();
    void this.lookAtStorage();
    if (this.state === 'ready') await this.work();
  }

  /** A store that the quick look could not read may still be one that the engine opens. */
  private async lookAgain(): Promise<void> {
    if (this.session || this.trouble === 'STORE_BROKEN') return;
    const [{ readSession }, engine] = [await this.parts, await this.engine];
    this.session = await readSession(engine);
    if (this.session && !this.session.signedOut) this.state = 'ready';
  }

  /** Everything a signed-in tablet does in the background. */
  private async work(): Promise<void> {
    await this.refresh(false);
    if (this.loopNow) return this.loopNow.resume();
    const [parts, engine] = [await this.parts, await this.engine];
    const { loop } = parts.startSync({
      ...{ engine, build: version, dueOf: (id) => this.row(id)?.light.dueAt ?? '' },
      enrolAgain: () => this.enrolAgain(),
      changed: (status, stored) => {
        this.loop = status;
        this.signInNeeded = status.reason === 'SIGN_IN_AGAIN';
        if (stored) void this.refresh(true);
      },
    });
    this.loopNow = loop;
  }

  /** Reads the index again; several wishes become one. `tell` lets other tabs follow. */
  private refresh(tell: boolean): Promise<void> {
    if (tell) this.channel?.postMessage(this.loop);
    this.refreshAgain = true;
    this.refreshing ??= this.refreshLoop().finally(() => (this.refreshing = null));
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
      const stale = await this.showIndex({ cases, counts, media }, await store.sync());
      await this.showDrafts(await store.drafts());
      this.showTextBytes((await store.eventsIn('p')).reduce((sum, r) => sum + r.bytes, 0));
      if (this.session && stale.length > 0)
        await parts.foldAgain(parts.recordDeps(engine, this.session.agent), stale, (id, facts) => {
          this.index.set(id, facts);
        });
      if (stale.length > 0) this.redraw();
      if (this.refreshAgain) await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    }
  }

  private async deps() {
    const [parts, engine] = [await this.parts, await this.engine];
    const { session } = this;
    if (!session || session.signedOut) return null;
    return { parts, engine, record: parts.recordDeps(engine, session.agent) };
  }

  private async saved<T>(
    run: (
      d: NonNullable<Awaited<ReturnType<TabletWorkspace['deps']>>>,
    ) => Promise<Result<T, SaveRefusal>>,
  ): Promise<Result<T, SaveRefusal>> {
    const deps = await this.deps();
    if (!deps) return { ok: false, error: { code: 'NOT_SIGNED_IN' } };
    const result = await run(deps).catch((e: unknown) => deps.parts.refused<T>(e));
    if (result.ok) {
      await this.refresh(true);
      this.loopNow?.wake('save');
      void this.updates.askForSync();
    }
    return result;
  }

  // Drafts and acts

  async newDraft(form: FormRef): Promise<Result<DraftHandle, SaveRefusal>> {
    const { newDraft, draftDeps } = await this.parts;
    return newDraft(
      draftDeps(await this.engine, () => void this.refresh(true)),
      form,
    );
  }

  async openDraft(draftId: string): Promise<Result<DraftHandle, SaveRefusal>> {
    const { openDraft, draftDeps } = await this.parts;
    return openDraft(
      draftDeps(await this.engine, () => void this.refresh(true)),
      draftId,
    );
  }

  take(draft: DraftHandle, taking: Taking): Promise<Result<Taken, SaveRefusal>> {
    return this.saved(async ({ parts, record }) => {
      const open = draft as OpenDraft;
      if (open.readOnly) return { ok: false, error: { code: 'READ_ONLY' } };
      const taken = await parts.takeCase(record, open, taking);
      if (taken.ok) await open.taken();
      return taken;
    });
  }

  record(caseId: string, entries: readonly Entry[]): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) => parts.recordLater(record, caseId, entries));
  }

  recordFromDraft(
    draft: DraftHandle,
    entries: readonly Entry[],
  ): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) => {
      const areaCode = record.agent.villages[0]?.areaCode ?? record.agent.countyCode;
      const { draftId, caseId, salt, form } = draft as OpenDraft;
      const of = { draftId, caseId, salt, form, areaCode: areaCode as Taking['areaCode'] };
      return parts.recordEarly(record, of, entries);
    });
  }

  reportHazard(payload: unknown, streamId?: string): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) => parts.reportHazard(record, payload, streamId));
  }

  freshId(): string {
    return browserClock.caseId();
  }

  async receiptGiven(caseId: string, how: 'PRINTED' | 'COPIED' | 'TOLD'): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.noteReceipt(engine, caseId, how);
  }

  async keepForm(name: string, value: unknown): Promise<void> {
    await (await this.parts).keepForm(await this.engine, name, value);
  }

  async keptForm(name: string): Promise<unknown> {
    return (await this.parts).keptForm(await this.engine, name);
  }

  async loadCase(caseId: string): Promise<CaseView | null> {
    const deps = await this.deps();
    const row = this.row(caseId);
    if (!deps || !row) return null;
    return deps.parts.caseView(deps.record, row, this.loop);
  }

  // Captures

  async addPhoto(
    caseId: string,
    source: Blob,
    meta: { readonly kind: AttachmentKind; readonly caption: string },
  ): Promise<Result<AttachmentRef, CaptureRefusal>> {
    const { addPhoto, mediaDeps } = await this.parts;
    return addPhoto(mediaDeps(await this.engine), caseId, { source, ...meta });
  }

  async addSignature(
    caseId: string,
    png: Blob,
    caption: string,
  ): Promise<Result<AttachmentRef, CaptureRefusal>> {
    const { addSignature, mediaDeps } = await this.parts;
    return addSignature(mediaDeps(await this.engine), caseId, { png, caption });
  }

  async startRecording(caseId: string): Promise<Result<Recorder, CaptureRefusal>> {
    const { startRecording, mediaDeps } = await this.parts;
    return startRecording(mediaDeps(await this.engine), caseId);
  }

  async recoverRecordings(caseId: string): Promise<readonly AttachmentRef[]> {
    const { recover, mediaDeps } = await this.parts;
    return recover(mediaDeps(await this.engine), caseId);
  }

  async mediaUrl(sha256: string): Promise<string | null> {
    const { mediaUrl, mediaDeps } = await this.parts;
    return mediaUrl(mediaDeps(await this.engine), sha256);
  }

  async dropAttachment(caseId: string, sha256: string): Promise<void> {
    const { dropAttachment, mediaDeps } = await this.parts;
    await dropAttachment(mediaDeps(await this.engine), caseId, sha256);
  }

  // Sending

  async unsent(): Promise<readonly UnsentCase[]> {
    const [{ unsentCases }, { store, vault }] = [await this.parts, await this.engine];
    return unsentCases({ store, vault, rowFor: (id) => this.row(id), status: this.loop });
  }

  sendNow(): void {
    this.loopNow?.wake('hand');
  }

  async offerAgain(caseId: string): Promise<void> {
    const { store } = await this.engine;
    await store.offerAgain(caseId);
    await this.refresh(true);
    this.loopNow?.wake('hand');
  }

  // Person, settings, storage

  async signIn(user: string, passphrase: string): Promise<Result<Agent, SignInRefusal>> {
    const [parts, engine] = [await this.parts, await this.engine];
    const signed = await parts.signIn(engine, this.session, { user, passphrase, build: version });
    if (!signed.ok) return signed;
    this.session = signed.value;
    document.cookie = `${MARKER}=1; max-age=31536000; path=/; samesite=strict`;
    this.signInNeeded = false;
    this.state = 'ready';
    void this.askPersistence();
    void this.work();
    return { ok: true, value: this.agent as Agent };
  }

  async signOut(): Promise<void> {
    if (!this.session) return;
    const parts = await this.parts;
    await this.keepSession({ ...this.session, signedOut: true });
    this.loopNow?.stop('SIGN_IN_AGAIN');
    this.state = 'signedOut';
    void parts.signOut(version);
  }

  private async keepSession(session: Session): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.writeSealed(engine, META.session, session);
    this.session = session;
  }

  /** The county must know a new device id; its letter then keeps temporary numbers apart. */
  private async enrolAgain(): Promise<void> {
    if (!this.session) return;
    const [parts, engine] = [await this.parts, await this.engine];
    const agent = await parts.enrolAgain(engine, this.session.agent, version);
    if (agent) await this.keepSession({ ...this.session, agent });
  }

  async setPasscode(digits: string): Promise<void> {
    if (!this.session) return;
    const { newPasscode } = await this.parts;
    const passcode = await newPasscode(digits, browserClock.salt());
    await this.keepSession({ ...this.session, passcode });
  }

  async checkPasscode(digits: string): Promise<{ ok: boolean; waitSeconds: number }> {
    const code: Passcode | null = this.session?.passcode ?? null;
    if (!this.session || !code) return { ok: true, waitSeconds: 0 };
    const { tryPasscode } = await this.parts;
    const tried = await tryPasscode(code, digits, browserClock.now());
    await this.keepSession({ ...this.session, passcode: tried.code });
    return { ok: tried.ok, waitSeconds: tried.waitSeconds };
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.writeSealed(engine, META.settings, this.settings);
  }

  async askPersistence(): Promise<StorageAnswer> {
    await navigator.storage?.persist?.().catch(() => false);
    return this.lookAtStorage();
  }

  private async lookAtStorage(): Promise<StorageAnswer> {
    const estimate = await navigator.storage?.estimate?.().catch(() => null);
    const persisted = await navigator.storage?.persisted?.().catch(() => null);
    const { usage = null, quota = null } = estimate ?? {};
    this.storage = { persisted: persisted ?? null, usedBytes: usage, quotaBytes: quota };
    return this.storage;
  }

  holdUpdate(): () => void {
    return this.updates.hold();
  }

  applyUpdate(): Promise<boolean> {
    return this.updates.apply();
  }
}

/** After the list stands on the screen; libraries never delay the first picture. */
const afterPaint = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
