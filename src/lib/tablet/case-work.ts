/**
 * Everything about cases that needs the domain: fold, clocks, list entries, the whole view. Heavy,
 * so the list loads it only after it stands on the screen.
 */
import { PUBLISHED_CALENDAR } from '../domain/calendar.ts';
import type { Actor, CaseEvent, Stamp } from '../domain/case-event.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { clocksOfSteps, type ClockContext, type ClockRecord } from '../domain/clocks.ts';
import { foldCase, foldSteps, inServerOrder, type FoldStep } from '../domain/evolve.ts';
import { limitOf } from '../domain/lights.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { assert, type CaseId, type Instant } from '../domain/values.ts';
import { byDevicePlace } from '../ports/tablet-store-memory.ts';
import type { CaseLook, EventRow, TabletStore } from '../ports/tablet-store.ts';
import { levelOf, type History } from './ack-level.ts';
import { awayFacts, awayFile } from './case-away.ts';
import { countyTime } from './county-time.ts';
import { factsOf, type FactContext } from './case-facts-of.ts';
import type { CaseFacts } from './case-facts.ts';
import { casePlace, eventPlace, factsPlace, notePlace } from './places.ts';
import type { SealedCase, SealedEvent, SealedNote } from './sealed-shapes.ts';
import { orTorn, type Vault } from './vault.ts';
import type { ClockView, EventPlace } from './workspace-types.ts';

export interface CaseDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  /** The agent of this tablet: the actor of what the county has not stamped yet. */
  readonly self: Actor;
  now(): Instant;
}

/** A case read from the store. */
export interface OpenCase {
  readonly caseId: CaseId;
  readonly rev: number;
  readonly core: SealedCase;
  readonly rows: readonly EventRow[];
  /** In fold order, without what the county put aside. */
  readonly events: readonly CaseEvent<string>[];
  readonly notes: ReadonlyMap<string, SealedNote>;
  readonly file: CaseFile;
  /** The fold that led to the file: what is saved next goes on from here. */
  readonly steps: readonly FoldStep[];
  readonly clocks: readonly ClockRecord[];
  /** Its bare entry when the county alone reads it: then `file` holds no more than that says. */
  readonly away: CaseFacts | null;
  /** The county's present history and what of it stands in a checked backup. */
  readonly history: History;
}

const contextAt = (now: Instant): ClockContext => ({
  ...{ calendar: PUBLISHED_CALENDAR, settings: DEFAULT_SETTINGS, now },
});

/** Reads and folds one case; null when it is not here. */
export async function openCase(deps: CaseDeps, caseId: string): Promise<OpenCase | null> {
  return openLook(deps, caseId, await deps.store.look(caseId));
}

/** {@link openCase} of what was read already. */
export async function openLook(
  deps: CaseDeps,
  caseId: string,
  { record, sync, events: unsorted }: CaseLook,
): Promise<OpenCase | null> {
  if (!record) return null;
  const [core, kept] = await Promise.all([
    deps.vault.open(record.body, casePlace(caseId)) as Promise<SealedCase>,
    record.facts && orTorn(deps.vault.open(record.facts, factsPlace(caseId)) as Promise<CaseFacts>),
  ]);
  const rows = [...unsorted].sort(foldOrder);
  const notes = new Map<string, SealedNote>();
  const opened: { row: EventRow; event: CaseEvent<string> }[] = [];
  const offset = sync?.clockOffsetSeconds ?? 0;
  for (const { row, note, sealed } of await Promise.all(rows.map((row) => openRow(deps, row)))) {
    if (note) notes.set(row.id, note);
    // One torn record never hides the rest of a case; the sync round sets it aside by name.
    if (!sealed || (row.note && !note)) continue;
    const stamp = stampOf(row, { sealed, note: note ?? undefined, self: deps.self });
    const whole = { ...stamp, clockOffsetSeconds: offset, ...sealed.stamp };
    opened.push({ row, event: { ...sealed.body, stamp: whole } });
  }
  const history = { epoch: sync?.epoch ?? '', safe: sync?.safe ?? 0 };
  const here = { caseId: caseId as CaseId, rev: record.rev, core, rows, notes, history };
  const away = await awayFacts(deps.vault, { kept, core }, rows);
  if (away) {
    const file = awayFile({ caseId, salt: core.salt }, away);
    return { ...here, events: [], steps: [], clocks: [], file, away };
  }
  const events = foldable(opened);
  return { ...here, events, ...folded(events, core.salt, countyTime(deps.now(), sync)), away };
}

/** Both bodies of a row; null for one that is torn. All rows of a case are one way to the keys. */
async function openRow({ vault }: CaseDeps, row: EventRow) {
  const [note, sealed] = await Promise.all([
    row.note && orTorn(vault.open(row.note, notePlace(row.id)) as Promise<SealedNote>),
    orTorn(vault.open(row.body, eventPlace(row.id)) as Promise<SealedEvent>),
  ]);
  return { row, note, sealed };
}

/** Folds once for the file and its clocks. */
function folded(
  events: readonly CaseEvent<string>[],
  salt: string,
  now: Instant,
): { readonly steps: FoldStep[]; readonly file: CaseFile; readonly clocks: ClockRecord[] } {
  const steps = [...foldSteps(events, salt)];
  const file = steps.at(-1)?.after ?? foldCase([], salt);
  return { steps, file, clocks: clocksOfSteps(steps, contextAt(now)) };
}

/** County positions first, then what is unsent in the order it was made. */
const foldOrder = (a: EventRow, b: EventRow): number =>
  (a.seq || Infinity) === (b.seq || Infinity)
    ? byDevicePlace(a, b)
    : (a.seq || Infinity) - (b.seq || Infinity);

function stampOf(
  row: EventRow,
  of: { readonly sealed: SealedEvent; readonly note: SealedNote | undefined; readonly self: Actor },
): Omit<Stamp, 'clockOffsetSeconds'> {
  const receivedAt = (of.note?.receivedAt ?? null) as Instant | null;
  return { seq: row.seq || null, receivedAt: row.seq ? receivedAt : null, actor: of.self };
}

/** What the county put aside does not count, unless nothing would be left of the case. */
function foldable(
  opened: readonly { readonly row: EventRow; readonly event: CaseEvent<string> }[],
): readonly CaseEvent<string>[] {
  const good = opened.filter(({ row }) => row.state !== 'q').map(({ event }) => event);
  const all = opened.map(({ event }) => event);
  const begun = good.some((e) => e.type === 'case.drafted' || e.type === 'hazard.reported');
  return inServerOrder(begun ? good : all);
}

/** Highest position of the case in the county's log, 0 when it has none of it. */
export const topSeqOf = ({ rows }: Pick<OpenCase, 'rows'>): number =>
  rows.reduce((top, r) => Math.max(top, r.seq), 0);

/** The list entry of an opened case. */
export function caseFacts(open: OpenCase, now: Instant): CaseFacts {
  if (open.away) return open.away;
  const context: FactContext = {
    ...{ clocks: open.clocks, core: open.core, at: contextAt(now) },
    topSeq: topSeqOf(open),
  };
  return factsOf(open.file, context);
}

/**
 * The list entry of a case that is about to be saved: its last events are still in memory only, and
 * already folded, so nothing is folded a second time.
 */
export function factsBeforeSave(
  core: SealedCase,
  steps: readonly FoldStep[],
  of: { readonly now: Instant; readonly topSeq: number },
): CaseFacts {
  const file = steps.at(-1)?.after;
  assert(file, 'something is saved');
  const at = contextAt(of.now);
  return factsOf(file, { clocks: clocksOfSteps(steps, at), core, at, topSeq: of.topSeq });
}

export const clockViews = (clocks: readonly ClockRecord[]): ClockView[] =>
  clocks.map((c) => ({
    ...{ code: c.code, startedAt: c.startedAt, dueAt: limitOf(c), stoppedAt: c.stoppedAt },
    ...{ outcome: c.outcome, provisional: c.provisional },
  }));

/** Where an event stands, for its line in the history. */
export function placeOf(row: EventRow, history: History): EventPlace {
  if (row.state === 'q') return 'refused';
  return PLACES[levelOf(row, history)];
}

const PLACES = { 1: 'tablet', 2: 'county', 3: 'backup' } as const;
