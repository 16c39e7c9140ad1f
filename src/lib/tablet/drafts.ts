import { fail, ok, type CaseId, type Instant, type Result } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import type { MediaRecord, TabletStore } from '../ports/tablet-store.ts';
import { caseIdOf } from '../protocol/bound-ids.ts';
import { cleanText } from '../protocol/canonical.ts';
import { coarseDay } from './coarse-day.ts';
import { toSeal, type SealedDraft } from './draft-row.ts';
import { refOf } from './media-files.ts';
import { draftPlace, mediaPlace } from './places.ts';
import type { SealedMedia } from './sealed-media.ts';
import { refusalOf } from './save-refusal.ts';
import { isBlind, type Vault } from './vault.ts';
import type {
  AttachmentRef,
  DraftChange,
  DraftHandle,
  FormRef,
  SaveRefusal,
} from './workspace-types.ts';

export interface DraftDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  readonly clock: ClockAndIds;
  /** Holds a name for this tab until `release`; null while another tab holds it. */
  hold(name: string): Promise<{ release(): void } | null>;
  /** Where an open draft keeps its text: reactive behind a screen, plain without one. */
  cell(sealed: SealedDraft): DraftCell;
  /** The list of drafts has changed. */
  changed(draftId: string): void;
}

/** The mutable part of an open draft. */
export interface DraftCell {
  sealed: SealedDraft;
  busy: boolean;
}

/** A cell for places without screens. */
export const plainCell = (sealed: SealedDraft): DraftCell => ({ sealed, busy: false });

/** Drafts kept at once; more would be forgotten ones. */
export const DRAFTS_MAX = 200;

/** Starts a draft: on the disk before anybody types into it. */
export async function newDraft(
  deps: DraftDeps,
  form: FormRef,
  /** Of a case that is here already; else the draft's own, for the case it will be. */
  caseId?: string,
): Promise<Result<OpenDraft, SaveRefusal>> {
  if ((await deps.store.drafts()).length >= DRAFTS_MAX) return fail({ code: 'STORAGE_FULL' });
  const now = deps.clock.now();
  const salt = deps.clock.salt();
  const sealed: SealedDraft = {
    ...{ form, salt, answers: {}, step: '', stepNumber: 1 },
    ...{ petitioner: '', matter: '', place: '', startedAt: now, savedAt: now },
  };
  const id = deps.clock.caseId();
  const lease = await deps.hold(leaseName(id));
  const of = caseId ?? caseIdOf(salt);
  const draft = new OpenDraft(deps, { id, caseId: of, rev: 0, sealed, lease });
  const saved = await draft.save({});
  if (!saved.ok) await draft.close();
  return saved.ok ? ok(draft) : saved;
}

/** Opens a draft where it stopped; read-only while another tab writes it. */
export async function openDraft(
  deps: DraftDeps,
  id: string,
): Promise<Result<OpenDraft, SaveRefusal>> {
  const lease = await deps.hold(leaseName(id));
  const record = await deps.store.draft(id);
  if (!record) {
    lease?.release();
    return fail({ code: 'NOT_FOUND' });
  }
  const { caseId, rev, body } = record;
  try {
    const sealed = (await deps.vault.open(body, draftPlace(id, rev))) as SealedDraft;
    return ok(new OpenDraft(deps, { id, caseId, rev, sealed, lease, readOnly: lease === null }));
  } catch (error) {
    lease?.release();
    return fail(refusalOf(error));
  }
}

const leaseName = (id: string): string => `draft:${id}`;

interface Opened {
  readonly id: string;
  readonly caseId: string;
  readonly rev: number;
  readonly sealed: SealedDraft;
  readonly lease: { release(): void } | null;
  readonly readOnly?: boolean;
}

/** A draft in the hands of one tab. Writes follow each other; the newest text always wins. */
export class OpenDraft implements DraftHandle {
  readonly draftId: string;
  readonly caseId: CaseId;
  readonly readOnly: boolean;
  private readonly deps: DraftDeps;
  private rev: number;
  private lease: { release(): void } | null;
  private readonly cell: DraftCell;
  private queue: Promise<unknown> = Promise.resolve();
  private gone = false;

  constructor(deps: DraftDeps, opened: Opened) {
    this.deps = deps;
    this.draftId = opened.id;
    this.caseId = opened.caseId as CaseId;
    this.rev = opened.rev;
    this.cell = deps.cell(opened.sealed);
    this.lease = opened.lease;
    this.readOnly = opened.readOnly ?? false;
  }

  get form(): FormRef {
    return this.cell.sealed.form;
  }
  get answers(): Readonly<Record<string, unknown>> {
    return this.cell.sealed.answers;
  }
  get step(): string {
    return this.cell.sealed.step;
  }
  get stepNumber(): number {
    return this.cell.sealed.stepNumber;
  }
  get petitioner(): string {
    return this.cell.sealed.petitioner;
  }
  get matter(): string {
    return this.cell.sealed.matter;
  }
  get place(): string {
    return this.cell.sealed.place;
  }
  get toSeal(): boolean {
    return toSeal(this.cell.sealed);
  }
  get startedAt(): Instant {
    return this.cell.sealed.startedAt;
  }
  get savedAt(): Instant {
    return this.cell.sealed.savedAt;
  }
  get saving(): boolean {
    return this.cell.busy;
  }
  get salt(): string {
    return this.cell.sealed.salt;
  }

  save(change: DraftChange): Promise<Result<Instant, SaveRefusal>> {
    if (this.readOnly || this.gone) return Promise.resolve(fail({ code: 'READ_ONLY' }));
    const { answers, ...rest } = change;
    this.cell.sealed = {
      ...this.cell.sealed,
      ...rest,
      answers: merged(this.cell.sealed.answers, answers ?? {}),
    };
    const written = this.queue.then(() => this.write());
    this.queue = written;
    return written;
  }

  private async write(): Promise<Result<Instant, SaveRefusal>> {
    if (this.gone) return fail({ code: 'READ_ONLY' });
    this.cell.busy = true;
    const savedAt = this.deps.clock.now();
    const sealed = { ...this.cell.sealed, savedAt };
    try {
      const rev = this.rev + 1;
      const body = await this.deps.vault.capture(sealed, draftPlace(this.draftId, rev));
      const place = { id: this.draftId, caseId: this.caseId, day: coarseDay(savedAt) };
      const won = await this.deps.store.putDraft({ ...place, rev, bytes: body.length, body });
      if (!won) return fail({ code: 'READ_ONLY' });
      this.rev = rev;
      this.cell.sealed = { ...this.cell.sealed, savedAt };
      this.deps.changed(this.draftId);
      return ok(savedAt);
    } catch (error) {
      // Locked is after the log-out only: a draft is written also while the vault is locked.
      return fail(refusalOf(error));
    } finally {
      this.cell.busy = false;
    }
  }

  async attachments(): Promise<readonly AttachmentRef[]> {
    const records: MediaRecord[] = [];
    for (const m of await this.deps.store.media(this.caseId))
      if (m.state !== 'r' && !(await isBlind(this.deps.vault, m.body))) records.push(m);
    const metas = await Promise.all(
      records.map((m) => this.deps.vault.open(m.body, mediaPlace(m.id))),
    );
    return (metas as SealedMedia[]).map(refOf);
  }

  async erase(): Promise<void> {
    this.gone = true;
    await this.queue;
    await this.deps.store.removeDraft(this.draftId);
    this.lease?.release();
    this.deps.changed(this.draftId);
  }

  async close(): Promise<void> {
    await this.queue;
    this.lease?.release();
    this.lease = null;
  }

  /** 接单 took it: nothing may be written any more. */
  async taken(): Promise<void> {
    this.gone = true;
    this.lease?.release();
    this.deps.changed(this.draftId);
  }
}

type Answers = Readonly<Record<string, unknown>>;

/**
 * Answers with the change laid over: plain copies without proxies, so that later typing never
 * changes what is being written, and text as it will be hashed. `undefined` takes an answer away.
 */
function merged(before: Answers, change: Answers): Answers {
  const copy = JSON.parse(JSON.stringify(cleanText(change))) as Answers;
  const taken = new Set(Object.keys(change).filter((key) => change[key] === undefined));
  const kept = Object.entries(before).filter(([key]) => !taken.has(key));
  return { ...Object.fromEntries(kept), ...copy };
}
