import { instantMs, instantOfMs } from '../domain/calendar.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { CLOCK_RULES, type ClockContext, type ClockRecord } from '../domain/clocks.ts';
import { awaitedAttachments, waitEnds } from '../domain/conflict-cases.ts';
import { clockLight, limitOf } from '../domain/lights.ts';
import { mainPetitioner } from '../domain/petitioner.ts';
import type { AreaCode, Instant } from '../domain/values.ts';
import { SEARCH_WORDS_MAX, type CaseFacts, type FactDuty } from './case-facts.ts';
import type { SealedCase } from './sealed-shapes.ts';
import { tasksOf } from './tasks.ts';
import type { RowFlag } from './workspace-types.ts';

export interface FactContext {
  readonly clocks: readonly ClockRecord[];
  readonly core: SealedCase;
  readonly at: ClockContext;
  /** Highest position of its events in the county's log. */
  readonly topSeq: number;
}

/** Derives the list entry from a folded case. A sealed case keeps numbers and lights only. */
export function factsOf(file: CaseFile, context: FactContext): CaseFacts {
  const { head, numbers, moments, hazard } = file;
  const main = mainPetitioner(file.petitioners);
  const sealed = file.sealed !== null;
  const shown = (text: string): string => (sealed ? '' : text);
  const started = moments.takenAt ?? moments.draftedAt ?? hazard?.mark.occurredAt;
  const takenAt = started ?? file.lastActAt ?? context.at.now;
  return {
    kind: hazard && file.status === 'NONE' ? 'hazard' : 'case',
    temporaryNumber: numbers.temporaryNo ?? context.core.temporaryNumber ?? '',
    queryCode: numbers.queryCode ?? context.core.queryCode ?? '',
    ...{ caseNo: numbers.caseNo, status: file.status, matter: shown(matterOf(file)) },
    petitioner: shown(main?.name ?? ''),
    sex: sealed ? null : (main?.sex ?? null),
    petitionerCount: head.petitionerCount ?? Math.max(1, file.petitioners.length),
    place: shown(head.groupName ?? head.placeText ?? hazard?.latest.place ?? ''),
    areaCode: (head.areaCode ?? hazard?.latest.areaCode ?? '') as AreaCode,
    hasPhone: main !== null && main.phoneType !== 'NONE',
    ...{ takenAt, lastActAt: file.lastActAt ?? takenAt, flags: flagsOf(file) },
    duties: dutiesOf(context),
    tasks: tasksOf(file),
    waits: sealed ? [] : awaitedAttachments(file).map(waitEnds),
    topSeq: context.topSeq,
    words: shown(wordsOf(file)).slice(0, SEARCH_WORDS_MAX),
  };
}

const MATTER_CHARS = 40;

function matterOf(file: CaseFile): string {
  const said = file.dictations.find((d) => d.tidy ?? d.verbatim);
  const words = said?.tidy ?? said?.verbatim ?? file.hazard?.latest.text ?? '';
  const firstLine = words.split(/[\n。！？]/)[0] ?? '';
  const short = Array.from(firstLine).slice(0, MATTER_CHARS).join('');
  return file.head.title || file.head.claims?.[0]?.text || short;
}

function wordsOf(file: CaseFile): string {
  const { head, hazard } = file;
  return [
    ...file.petitioners.map((p) => p.name ?? ''),
    ...[head.summary ?? '', head.placeText ?? '', head.respondent?.name ?? ''],
    ...(head.claims ?? []).map((c) => c.text),
    ...file.dictations.flatMap((d) => [d.verbatim ?? '', d.tidy ?? '']),
    ...[hazard?.latest.text ?? '', ...(hazard?.latest.parties ?? [])],
  ]
    .filter(Boolean)
    .join('\n');
}

function flagsOf(file: CaseFile): RowFlag[] {
  const flags: RowFlag[] = [];
  if (file.sealed) flags.push('SEALED');
  const { level, stoodDown } = file.urgent;
  if ((level === 'LIFE' || level === 'MAJOR') && !stoodDown) flags.push('URGENT');
  if (file.head.joint) flags.push('JOINT');
  if (file.head.anonymous) flags.push('ANONYMOUS');
  if (file.status === 'RETURNED') flags.push('RETURNED');
  return flags;
}

/**
 * The running duties that may colour the light; a finished case has none. Before the county has
 * the case, the hand-in clock C0 is the one that burns.
 */
function dutiesOf({ clocks, at, topSeq }: FactContext): FactDuty[] {
  const live = clocks.filter((c) => c.stoppedAt === null && c.outcome !== 'LAPSED');
  return live
    .filter(({ code, extendedTo }) => {
      const { nature } = CLOCK_RULES[code];
      const extended = code === 'C4' && extendedTo !== null;
      if (code === 'C0') return topSeq === 0;
      return (nature === 'legal' || nature === 'rule') && !extended;
    })
    .map((c) => ({
      ...{ clock: c.code, dueAt: limitOf(c), soonAt: soonAt(c, at) },
      ...{ provisional: c.provisional, frozen: c.frozenSince !== null },
    }));
}

/** The first instant at which the clock's light is no longer green, found by halving. */
export function soonAt(clock: ClockRecord, at: ClockContext): Instant {
  const near = (ms: number): boolean => {
    const light = clockLight(clock, { ...at, now: instantOfMs(ms) });
    return light === 'yellow' || light === 'red';
  };
  let low = instantMs(clock.startedAt);
  let high = instantMs(limitOf(clock));
  if (low >= high || near(low)) return clock.startedAt;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2);
    if (near(middle)) high = middle;
    else low = middle;
  }
  return instantOfMs(high);
}
