import type { Result } from '../domain/values.ts';
import type { KeptAct } from './act-forms.ts';
import { browserClock } from './browser.ts';
import type { OpenDraft } from './drafts.ts';
import type { Passcode } from './session.ts';
import { META } from './settings.ts';
import { WorkspaceVaults } from './workspace-vaults.svelte.ts';
import type {
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
  SignedReceipt,
  StorageAnswer,
  Taken,
  Taking,
  UnsentCase,
  Workspace,
} from './workspace-types.ts';

export type * from './workspace-types.ts';

/** The workspace of this tab; `start()` it once. */
export const createWorkspace = (): Workspace => new TabletWorkspace();

/** An act whose transaction ends the draft of its words; another tab's draft stays its own. */
async function ending<T extends { readonly ok: boolean }>(
  draft: DraftHandle | undefined,
  act: (ends: { readonly removeDrafts: readonly string[] }) => Promise<T>,
): Promise<T> {
  const open = draft && !draft.readOnly ? (draft as OpenDraft) : undefined;
  const saved = await act({ removeDrafts: open ? [open.draftId] : [] });
  if (saved.ok) await open?.taken();
  return saved;
}

/** The one object of the screens: every act of a person, each resolved when it is strict on disk. */
class TabletWorkspace extends WorkspaceVaults implements Workspace {
  // Drafts and acts

  async newDraft(form: FormRef, caseId?: string): Promise<Result<DraftHandle, SaveRefusal>> {
    const { newDraft, draftDeps } = await this.parts;
    return newDraft(
      draftDeps(await this.engine, () => void this.refresh(true)),
      form,
      caseId,
    );
  }

  async actDraft(act: KeptAct, caseId: string | null): Promise<DraftHandle | null> {
    const { openActDraft, draftDeps } = await this.parts;
    const deps = draftDeps(await this.engine, () => void this.refresh(true));
    return openActDraft(deps, act, caseId);
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

  record(
    caseId: string,
    entries: readonly Entry[],
    draft?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) =>
      ending(draft, (ends) => parts.recordLater({ ...record, ...ends }, caseId, entries)),
    );
  }

  recordFromDraft(
    draft: DraftHandle,
    entries: readonly Entry[],
    words?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) => {
      const areaCode = record.agent.villages[0]?.areaCode ?? record.agent.countyCode;
      const { draftId, caseId, salt, form } = draft as OpenDraft;
      const of = { draftId, caseId, salt, form, areaCode: areaCode as Taking['areaCode'] };
      return ending(words, (ends) => parts.recordEarly({ ...record, ...ends }, of, entries));
    });
  }

  reportHazard(
    payload: unknown,
    streamId?: string,
    draft?: DraftHandle,
  ): Promise<Result<Saved, SaveRefusal>> {
    return this.saved(({ parts, record }) =>
      ending(draft, (ends) => parts.reportHazard({ ...record, ...ends }, payload, streamId)),
    );
  }

  freshId(): string {
    return browserClock.caseId();
  }

  async signedReceipt(caseId: string, fresh: boolean): Promise<SignedReceipt | null> {
    const [parts, engine] = [await this.parts, await this.engine];
    const isVault = this.ofVault().vaultId !== '';
    return fresh
      ? parts.refreshReceipt(engine, { caseId, isVault })
      : parts.heldReceipt(engine, caseId);
  }

  async receiptGiven(caseId: string, how: 'PRINTED' | 'COPIED' | 'TOLD'): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.noteReceipt(engine, caseId, how);
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
    return addPhoto(mediaDeps(await this.engine, this.agent), caseId, { source, ...meta });
  }

  async addSignature(
    caseId: string,
    png: Blob,
    caption: string,
  ): Promise<Result<AttachmentRef, CaptureRefusal>> {
    const { addSignature, mediaDeps } = await this.parts;
    return addSignature(mediaDeps(await this.engine, this.agent), caseId, { png, caption });
  }

  async startRecording(caseId: string): Promise<Result<Recorder, CaptureRefusal>> {
    const { startRecording, mediaDeps, holdLock } = await this.parts;
    // Nothing locks while somebody speaks, and a lock by a call never ends the recording.
    return startRecording(mediaDeps(await this.engine, this.agent), caseId, async (name) => {
      const held = await holdLock(name);
      const letGo = this.vaults.hold('recording');
      if (!held) letGo();
      return held && { release: () => (letGo(), held.release()) };
    });
  }

  async recoverRecordings(caseId: string): Promise<readonly AttachmentRef[]> {
    const { recover, mediaDeps } = await this.parts;
    return recover(mediaDeps(await this.engine, this.agent), caseId);
  }

  async mediaUrl(sha256: string): Promise<string | null> {
    const { mediaUrl, mediaDeps } = await this.parts;
    return mediaUrl(mediaDeps(await this.engine, this.agent), sha256);
  }

  async dropAttachment(caseId: string, sha256: string): Promise<void> {
    const { dropAttachment, mediaDeps } = await this.parts;
    await dropAttachment(mediaDeps(await this.engine, this.agent), caseId, sha256);
  }

  // Sending

  async unsent(): Promise<readonly UnsentCase[]> {
    const [{ unsentCases }, { store, vault }] = [await this.parts, await this.engine];
    return unsentCases({ store, vault, rowFor: (id) => this.row(id), status: this.loop });
  }

  async offerAgain(caseId: string): Promise<void> {
    const { store } = await this.engine;
    await store.offerAgain(caseId);
    await this.refresh(true);
    this.loopNow?.wake('hand');
  }

  // Person, settings, storage

  async setPasscode(digits: string): Promise<void> {
    if (!this.session) return;
    const { newPasscode } = await this.parts;
    const passcode = await newPasscode(digits, browserClock.salt());
    await this.keepSession({ ...this.session, passcode });
  }

  async checkPasscode(digits: string): Promise<{ ok: boolean; waitSeconds: number }> {
    // Digits that are gone from memory open nothing: then card or sentence do.
    if (this.vaults.mode !== 'none')
      return { ok: await this.vaults.checkQuick(digits), waitSeconds: 0 };
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

  async alarmSeen(): Promise<void> {
    const [parts, engine] = [await this.parts, await this.engine];
    await parts.readAlarm(engine);
    this.alarmRead = await parts.alarmRead(engine);
  }

  holdUpdate(): () => void {
    return this.updates.hold();
  }

  applyUpdate(): Promise<boolean> {
    return this.updates.apply();
  }
}
