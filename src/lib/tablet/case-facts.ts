/**
 * The compact list entry of a case: kept in memory for all cases, sealed on the disk, derived from
 * the events by `case-work`. Drawing the list needs nothing but this file.
 */
import type { EventType } from '../domain/events.ts';
import type { Noted } from '../domain/noted.ts';
import type { AreaCode, CaseId, Instant, LocalDate } from '../domain/values.ts';
import type { CaseCounts } from '../ports/tablet-store.ts';
import type {
  CaseRow,
  LightLevel,
  RowFlag,
  RowLight,
  Task,
  TickState,
  Ticks,
} from './workspace-types.ts';

/** A running duty under law or rule, as far as a list needs it. */
export interface FactDuty {
  readonly clock: string;
  readonly dueAt: Instant;
  /** From here on it is 临期. */
  readonly soonAt: Instant;
  readonly provisional: boolean;
  readonly frozen: boolean;
}

export interface FactTask {
  readonly id: string;
  readonly kind: Task['kind'];
  readonly text: string;
  readonly cause: EventType;
  readonly dueOn: LocalDate | null;
}

export interface CaseFacts {
  readonly kind: 'case' | 'hazard';
  readonly temporaryNumber: string;
  readonly queryCode: string;
  readonly caseNo: string | null;
  readonly status: string;
  readonly matter: string;
  readonly petitioner: string;
  /** Sex of the first petitioner as on the ID card; entries of an older build have none. */
  readonly sex?: string | null;
  readonly petitionerCount: number;
  readonly place: string;
  readonly areaCode: AreaCode;
  readonly hasPhone: boolean;
  readonly takenAt: Instant;
  readonly lastActAt: Instant;
  readonly flags: readonly RowFlag[];
  readonly duties: readonly FactDuty[];
  readonly tasks: readonly FactTask[];
  /**
   * When the waiting ends for each file that the county has the description of and not the bytes
   * (K12); entries of an older build have none and are folded again.
   */
  readonly waits?: readonly Instant[];
  /** Highest position in the county's log among the events here, 0 when it has none of them. */
  readonly topSeq: number;
  /** Words for the search, cut to `SEARCH_WORDS_MAX`. */
  readonly words: string;
  /**
   * The case is sealed for the county alone since 接单: this entry is all that can be read of it here,
   * and is not derived from its events any more. With how it was sealed, where that is still known; absent
   * for every other case.
   */
  readonly away?: { readonly sealed: Noted<'case.sealed'> | null };
}

export const SEARCH_WORDS_MAX = 1_500;

/** Files per case: waiting, and all that events name. */
export interface MediaCounts {
  readonly waiting: number;
  /** Files that the county would not take. */
  readonly refused: number;
  readonly all: number;
}

export const NO_MEDIA: MediaCounts = { waiting: 0, refused: 0, all: 0 };

export interface RowInputs {
  readonly caseId: string;
  readonly facts: CaseFacts;
  readonly counts: CaseCounts;
  readonly media: MediaCounts;
  /** Highest position that stands in the county's checked backup. */
  readonly safe: number;
  /** ④ the villager has the slip. */
  readonly receipt: boolean;
}

const LEVELS: readonly LightLevel[] = ['late', 'soon', 'frozen', 'ok', 'idle'];

function dutyLevel(duty: FactDuty, at: number): LightLevel {
  if (duty.frozen) return 'frozen';
  if (at > Date.parse(duty.dueAt)) return 'late';
  return at >= Date.parse(duty.soonAt) ? 'soon' : 'ok';
}

/** Worst duty at this moment; nothing running gives `idle`. */
export function lightAt(duties: readonly FactDuty[], now: string): RowLight {
  let worst: RowLight = { level: 'idle', clock: null, dueAt: null, provisional: false };
  const at = Date.parse(now);
  for (const d of duties) {
    const level = dutyLevel(d, at);
    const rank = LEVELS.indexOf(level) - LEVELS.indexOf(worst.level);
    const earlier = worst.dueAt === null || d.dueAt < worst.dueAt;
    if (rank < 0 || (rank === 0 && earlier))
      worst = { level, clock: d.clock, dueAt: d.dueAt, provisional: d.provisional };
  }
  return worst;
}

const tick = (all: boolean, some: boolean): TickState => (all ? 'done' : some ? 'part' : 'none');

/**
 * ① is true of everything listed here; ② and ③ only when nothing at all is missing; ④ stands
 * beside them. Counted from rows and the county's present figures, so a rewind takes them back.
 */
export function ticksOf({ facts, counts, media, safe, receipt }: Omit<RowInputs, 'caseId'>): Ticks {
  const received = facts.topSeq > 0 || counts.a > 0;
  const atCounty = counts.p + counts.q + media.waiting + media.refused === 0;
  const inBackup = atCounty && counts.a === 0 && facts.topSeq <= safe;
  return {
    saved: 'done',
    county: tick(atCounty && received, received),
    backup: tick(inBackup && received, received && safe > 0 && counts.a === 0),
    receipt: tick(receipt, false),
  };
}

/** The line of the list at this moment; one plain literal, as thousands are made at a start. */
export function rowOf(inputs: RowInputs, now: string): CaseRow {
  const { facts, counts, media } = inputs;
  const flags =
    counts.q + media.refused > 0 ? [...facts.flags, 'REFUSED_PART' as const] : facts.flags;
  return {
    caseId: inputs.caseId as CaseId,
    kind: facts.kind,
    temporaryNumber: facts.temporaryNumber,
    caseNo: facts.caseNo,
    status: facts.status,
    matter: facts.matter,
    petitioner: facts.petitioner,
    sex: facts.sex ?? null,
    petitionerCount: facts.petitionerCount,
    place: facts.place,
    areaCode: facts.areaCode,
    hasPhone: facts.hasPhone,
    takenAt: facts.takenAt,
    flags,
    light: lightAt(facts.duties, now),
    ticks: ticksOf(inputs),
    unsentEvents: counts.p,
    refusedEvents: counts.q,
    unsentMedia: media.waiting,
    ...(facts.away ? { away: true as const } : {}),
  };
}

const ORDER: Record<LightLevel, number> = { late: 0, soon: 1, ok: 2, frozen: 2, idle: 3 };

/** What burns first, then what was taken last. */
export const byUrgency = (a: CaseRow, b: CaseRow): number =>
  ORDER[a.light.level] - ORDER[b.light.level] ||
  compare(a.light.dueAt ?? '9', b.light.dueAt ?? '9') ||
  compare(b.takenAt, a.takenAt);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
