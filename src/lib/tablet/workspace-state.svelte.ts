import { version } from '$app/environment';
import type { Instant } from '../domain/values.ts';
import type { DraftRecord, MediaRecord, SyncRecord } from '../ports/tablet-store.ts';
import { countyTime } from './county-time.ts';
import { AppUpdate } from './app-update.svelte.ts';
import { browserClock } from './browser.ts';
import { CaseIndex } from './case-index.ts';
import { ClockWatch } from './clock-watch.ts';
import type { DayLine } from './day-line.ts';
import { isActForm } from './act-forms.ts';
import { draftRow, type SealedDraft } from './draft-row.ts';
import { exactSync } from './heard.ts';
import type { ListSource } from './kept-list.ts';
import { draftPlace, metaPlace } from './places.ts';
import type { QuickLook } from './quick-look.ts';
import { hasLetters, loadInitials, search, type Findable, type Initials } from './search.ts';
import type { Session } from './session.ts';
import { keptLooks } from './kept-looks.ts';
import { META, settingsFrom } from './settings.ts';
import { QUIET_LOOP, syncStatus } from './sync-status.ts';
import type { LoopStatus } from './sync-loop.ts';
import { taskList } from './task-list.ts';
import { plainVault, type Vault } from './vault.ts';
import type {
  Agent,
  CaseFilter,
  CaseRow,
  DraftRow,
  DutyNumber,
  Settings,
  StorageAnswer,
  SyncStatus,
  Task,
  Workspace,
  WorkspaceState,
} from './workspace-types.ts';

const CLOCK_MS = 30_000;
const NO_STORAGE: StorageAnswer = { persisted: null, usedBytes: null, quotaBytes: null };

/** What the screens read: everything in memory, everything reactive; light enough for the list. */
export class WorkspaceView {
  state = $state<WorkspaceState>('opening');
  trouble = $state<Workspace['trouble']>(null);
  signInNeeded = $state(false);
  countyNumbers = $state.raw<readonly DutyNumber[]>([]);
  now = $state<Instant>(browserClock.now());
  drafts = $state.raw<readonly DraftRow[]>([]);
  settings = $state.raw<Settings>(keptLooks());
  storage = $state.raw<StorageAnswer>(NO_STORAGE);
  protected session = $state.raw<Session | null>(null);
  protected loop = $state.raw<LoopStatus>(QUIET_LOOP);
  protected index = new CaseIndex();
  protected readonly updates = new AppUpdate();
  protected vault: Vault = plainVault();
  private revision = $state(0);
  private syncRecord = $state.raw<SyncRecord | null>(null);
  private media = $state.raw<readonly MediaRecord[]>([]);
  private textBytes = $state(0);
  /** `dv` of the lost vault whose alarm was read. */
  protected alarmRead = $state('');
  private line = $state.raw<DayLine | null>(null);
  private initials = $state.raw<Initials | null>(null);
  private readonly watch = new ClockWatch();
  private clockMended = $state(false);
  private readonly countyNow: Instant = $derived(countyTime(this.now, this.syncRecord));
  private readonly findables: readonly Findable[] = $derived.by(() => {
    void this.revision;
    return this.index.findables(this.countyNow);
  });
  readonly rows: readonly CaseRow[] = $derived(this.findables.map((f) => f.row));
  readonly tasks: readonly Task[] = $derived(taskList(this.findables, this.countyNow));
  readonly sync: SyncStatus = $derived(
    syncStatus({
      ...{ all: this.findables, media: this.media, unsentTextBytes: this.textBytes },
      ...{ sync: this.syncRecord, line: this.line, loop: this.loop },
      ...{ alarmRead: this.alarmRead, clockMended: this.clockMended },
    }),
  );

  get agent(): Agent | null {
    if (!this.session || this.session.signedOut) return null;
    return { ...this.session.agent, hasPasscode: this.session.passcode !== null };
  }

  get update(): Workspace['update'] {
    return { waiting: this.updates.waiting, version };
  }

  row(caseId: string): CaseRow | null {
    return this.rows.find((r) => r.caseId === caseId) ?? null;
  }

  find(query: string, filter: CaseFilter = 'ALL'): readonly CaseRow[] {
    if (hasLetters(query) && !this.initials)
      void loadInitials().then((table) => (this.initials = table));
    const table = this.initials;
    return search(
      this.findables,
      { text: query, filter },
      table && (({ row }) => table(`${row.petitioner} ${row.place} ${row.matter}`)),
    );
  }

  /** The first list, from one native read; libraries come later. */
  protected async showLook(look: QuickLook): Promise<readonly string[]> {
    if (look.settings)
      this.settings = settingsFrom(await this.vault.open(look.settings, metaPlace(META.settings)));
    if (look.session)
      this.session = (await this.vault.open(look.session, metaPlace(META.session))) as Session;
    await this.showDrafts(look.drafts);
    return this.showIndex(look, look.sync);
  }

  /** Gives those that the list does not show: what is being written of acts. */
  protected async showDrafts(
    records: readonly Pick<DraftRecord, 'id' | 'caseId' | 'rev' | 'body'>[],
  ): Promise<readonly DraftRow[]> {
    const rows = await Promise.all(
      records.map(async (d) =>
        draftRow(
          d.id,
          d.caseId,
          (await this.vault.open(d.body, draftPlace(d.id, d.rev))) as SealedDraft,
        ),
      ),
    );
    // What is being written of an act stands on the page of that act.
    const listed = rows.filter((row) => !isActForm(row.form));
    this.drafts = listed.sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1));
    return rows.filter((row) => isActForm(row.form));
  }

  protected async showIndex(
    source: ListSource,
    sync: SyncRecord | null,
  ): Promise<readonly string[]> {
    const [stale, exact] = await Promise.all([
      this.index.fill(this.vault, source),
      sync && exactSync(this.vault, sync),
    ]);
    this.index.safe = sync?.safe ?? 0;
    this.media = source.media;
    this.syncRecord = exact;
    this.seeClock();
    this.watch.heard(exact?.lastReceiptAt ?? '');
    this.redraw();
    return stale;
  }

  /** Bytes of unsent text, and the proof of the end-of-day line. */
  protected showUnsent(textBytes: number, line: DayLine): void {
    this.textBytes = textBytes;
    this.line = line;
  }

  /** Nothing readable is left on the screens. */
  protected clearScreens(): void {
    this.session = null;
    this.drafts = [];
    this.index = new CaseIndex();
    this.media = [];
    this.syncRecord = null;
    this.line = null;
    this.textBytes = 0;
    this.redraw();
  }

  protected redraw(): void {
    this.revision++;
    this.seeClock();
  }

  private seeClock(): void {
    this.now = browserClock.now();
    this.watch.see({ wallMs: Date.parse(this.now), runningMs: performance.now() });
    this.clockMended = this.watch.mended(this.syncRecord?.clockOffsetSeconds ?? 0);
  }

  /** Lights and 还有 N 小时 stay true while nobody touches the screen. */
  protected startClock(): void {
    setInterval(() => this.seeClock(), CLOCK_MS);
  }
}
