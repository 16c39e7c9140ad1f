import type { ClockContext } from '../../domain/clock-record.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { type InForce, type NewHand, newHandFor } from '../../domain/new-hand.ts';
import { can, type Subject } from '../../domain/permissions.ts';
import { untold } from '../../domain/untold.ts';
import { waitsForSecond } from '../../domain/second-word.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import {
  handlingOf,
  hasUnacknowledged,
  openConflicts,
  openQuarantine,
  openWithdrawal,
} from './acts/facts.ts';
import { shanghaiDay } from './acts/spec.ts';
import type { DeskDeps } from './deps.ts';
import { rowBase } from './row.ts';
import { lightOf } from './light.ts';
import {
  clockContext,
  may,
  searchTextFor,
  type SealedCount,
  type SeenCase,
  sealedCount,
  sealedForNobody,
  seenCases,
  unitsOfPerson,
} from './see.ts';

/** Rows shown per section before one asks for the section alone. */
const ROWS_FIRST = 30;
const ROWS_MAX = 500;
/** A closed case waits this long for the county's call. */
const FOLLOW_UP_DAYS = 30;

interface Look {
  readonly seen: SeenCase;
  readonly file: CaseFile;
  readonly units: readonly string[];
  readonly now: Instant;
  readonly context: ClockContext;
  readonly me: PersonId;
  readonly office: boolean;
  readonly follows: boolean;
  /** Why the case waits for another agent; null also for who may not hand it over. */
  readonly hand: () => NewHand | null;
}

interface SectionRule {
  readonly id: string;
  readonly holds: (look: Look) => boolean;
  /** Steps whose times the row says. */
  readonly times: (
    file: CaseFile,
    me: PersonId,
  ) => readonly (readonly [string, string | null | undefined])[];
  /** Clock whose due stands at the right; the deciding one when absent. */
  readonly clock?: string;
}

const taken = (file: CaseFile) =>
  [
    ['taken', file.moments.takenAt],
    ['received', file.moments.receivedAt],
  ] as const;

const inHands = (file: CaseFile) => [
  file.moments.acceptedAt !== null
    ? (['accepted', file.moments.acceptedAt] as const)
    : (['transferred', file.moments.transferredAt] as const),
];

const IN_UNITS = ['TRANSFERRED', 'OBJECTED', 'ACCEPTED', 'OPINION_ISSUED', 'DELIVERED', 'RETURNED'];

/** Sections of REFERENCE 6.1, what burns first on top. A case stands in the first that holds. */
export const SECTIONS: readonly SectionRule[] = [
  {
    id: 'urgent',
    holds: ({ file }) => hasUnacknowledged(file),
    times: (file) => [['urgent', file.urgent.reports.at(-1)?.mark.occurredAt]],
    clock: 'C13',
  },
  {
    id: 'review',
    holds: ({ file, office }) => office && file.status === 'SUBMITTED',
    times: taken,
  },
  {
    id: 'resolved',
    holds: ({ file }) => file.status === 'FIELD_RESOLVED',
    times: (file) => [
      ['resolved', file.resolutions.at(-1)?.mark.occurredAt],
      ['received', file.moments.receivedAt],
    ],
  },
  {
    id: 'transfer',
    holds: ({ file, office }) => office && file.status === 'REGISTERED',
    times: (file) => [['registered', file.moments.registeredAt]],
    clock: 'C1b',
  },
  {
    id: 'unit',
    holds: ({ file, units }) =>
      units.some((unit) =>
        ['SENT', 'OBJECTED', 'ACCEPTED', 'ANSWERED'].includes(handlingOf(file, unit)?.status ?? ''),
      ),
    times: inHands,
  },
  {
    id: 'objection',
    holds: ({ file, office }) =>
      office &&
      file.handlings.some((one) => one.objection !== null && one.objection.ruling === null),
    times: inHands,
    clock: 'C17',
  },
  {
    id: 'due',
    holds: ({ seen, file }) =>
      ['soon', 'late'].includes(seen.time.light.word) && IN_UNITS.includes(file.status),
    times: inHands,
  },
  {
    id: 'second',
    holds: ({ file, office, me }) => office && waitsForSecond(file, me) !== null,
    times: (file, me) => [['asked', waitsForSecond(file, me)?.occurredAt]],
  },
  {
    id: 'untold',
    holds: ({ file, office }) => office && untold(file) !== null,
    times: (file) => [['decided', untold(file)?.occurredAt]],
  },
  {
    id: 'conflict',
    holds: ({ file, office }) => office && openConflicts(file).length > 0,
    times: (file) => [['kept', openConflicts(file).at(-1)?.detected.mark.receivedAt]],
  },
  {
    id: 'kept',
    holds: ({ file, office }) => office && openQuarantine(file).length > 0,
    times: (file) => [['kept', openQuarantine(file).at(-1)?.noted.mark.receivedAt]],
  },
  {
    id: 'handover',
    holds: ({ hand }) => hand() !== null,
    times: taken,
  },
  {
    id: 'withdrawal',
    holds: ({ file, office }) => office && openWithdrawal(file),
    times: (file) => [['asked', file.withdrawals.at(-1)?.requested.mark.occurredAt]],
  },
  {
    id: 'appeal',
    holds: ({ file, office }) =>
      office && ['REVIEWING', 'REVIEWED', 'RECHECKING'].includes(file.status),
    times: (file) => [['asked', file.reviews.at(-1)?.requested.mark.occurredAt]],
  },
  {
    id: 'promise',
    holds: ({ file, now }) =>
      file.commitments.some(
        (one) =>
          one.status === 'BREACHED' ||
          (one.status === 'OPEN' && one.due !== null && one.due <= shanghaiDay(now, 1)),
      ),
    times: (file) => [['promised', file.commitments.at(-1)?.made.occurredAt]],
    clock: 'C16',
  },
  {
    id: 'rating',
    holds: ({ file, follows, now }) =>
      follows &&
      ['CLOSED', 'DELIVERED'].includes(file.status) &&
      file.followups.length === 0 &&
      file.head.anonymous !== true &&
      Date.parse(now) - Date.parse(file.statusSince?.occurredAt ?? now) <
        FOLLOW_UP_DAYS * 86_400_000,
    times: (file) => [['delivered', file.moments.deliveredAt ?? file.moments.endedAt]],
  },
];

function rowIn(rule: SectionRule, { seen, file, me, now, context, hand }: Look) {
  const base = rowBase(seen);
  const running = seen.clocks.findLast((c) => c.code === rule.clock && c.stoppedAt === null);
  const registered = file.moments.registeredAt;
  return {
    ...base,
    key: `${rule.id}/${base.key}`,
    hand: rule.id === 'handover' ? hand() : null,
    light: running && rule.clock !== 'C13' ? lightOf(running, context) : base.light,
    dueAt: running?.due ?? base.dueAt,
    times: rule
      .times(file, me)
      .flatMap(([step, at]) =>
        at === null || at === undefined ? [] : [{ step, at: at as string }],
      ),
    spent:
      rule.id === 'transfer' && registered !== null
        ? Math.min(1, (Date.parse(now) - Date.parse(registered)) / 86_400_000)
        : null,
  };
}

const matches = (text: string, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));

const byOrder = (a: { seen: SeenCase }, b: { seen: SeenCase }) =>
  a.seen.time.order - b.seen.time.order || a.seen.record.lastSeq - b.seen.record.lastSeq;

/** What a person brings to the sections, the same for every case. */
function deskOf(deps: DeskDeps, person: Subject) {
  return {
    me: person.personId,
    units: unitsOfPerson(deps, person),
    now: deps.now(),
    context: clockContext(deps),
    office: may(deps, person, ['export', null]) || may(deps, person, ['device.view', null]),
    follows: may(deps, person, ['followup.view', null]),
  };
}

/** What waits for another agent, for who may give it to one. */
function handFor(
  person: Subject,
  { record: { file }, sight }: SeenCase,
  { people, now }: { readonly people: InForce; readonly now: Instant },
): NewHand | null {
  const why = newHandFor(file, people, now);
  const hands = why !== null && can(person, 'record:case.handed_over', { object: sight, now });
  return hands ? why : null;
}

/** Sections that the whole office sees: what is late is told to all, and is nobody's own work. */
const EVERYBODYS: readonly string[] = ['due'];

/** Whether the case waits for this person: it stands in a section of his inbox. */
export function standsInInbox(deps: DeskDeps, person: Subject, seen: SeenCase): boolean {
  // Handing a case over needs none of what it holds: that it waits for that is no reason to read it.
  const hand = () => null;
  const look: Look = { seen, file: seen.record.file, ...deskOf(deps, person), hand };
  try {
    return SECTIONS.some((rule) => !EVERYBODYS.includes(rule.id) && rule.holds(look));
  } catch (error) {
    console.error('a case cannot be placed', seen.record.caseId, error);
    return false;
  }
}

/** The inbox of one person: tabs with counts, and the sections asked for. */
export async function inboxOf(
  deps: DeskDeps,
  person: Subject,
  asked: { readonly tab: string; readonly find: string },
) {
  const desk = deskOf(deps, person);
  const people: InForce = new Map((await deps.colleagues()).map((one) => [one.personId, one]));
  const all = (await seenCases(deps, person)).map((seen): Look => ({
    seen,
    file: seen.record.file,
    ...desk,
    hand: () => handFor(person, seen, { people, now: desk.now }),
  }));
  if (asked.find !== '') {
    const found = all
      .filter(({ seen }) => matches(searchTextFor(deps, person, seen), asked.find))
      .sort(byOrder);
    const rule: SectionRule = { id: 'all', holds: () => true, times: taken };
    const rows = found.slice(0, ROWS_MAX).map((look) => rowIn(rule, look));
    const sections = rows.length > 0 ? [{ id: 'all', count: found.length, rows }] : [];
    return {
      tabs: [{ id: 'all', count: found.length }],
      tab: 'all',
      sections,
      sealedCount: 0 as SealedCount,
      sealedForNobody: false,
    };
  }
  const held = SECTIONS.map((rule) => ({ rule, looks: all.filter((l) => rule.holds(l)) }));
  const placed = new Set<string>();
  const first = held.map(({ rule, looks }) => {
    const own = looks.filter(({ file }) => !placed.has(file.caseId));
    for (const { file } of own) placed.add(file.caseId);
    return { rule, looks: own };
  });
  const sealed = await sealedCount(deps, person);
  const tabs = [
    { id: 'all', count: placed.size },
    ...held
      .filter((h) => h.looks.length > 0)
      .map((h) => ({ id: h.rule.id, count: h.looks.length })),
  ];
  const tab = tabs.some(({ id }) => id === asked.tab) ? asked.tab : 'all';
  const shown = tab === 'all' ? first : held.filter(({ rule }) => rule.id === tab);
  const limit = tab === 'all' ? ROWS_FIRST : ROWS_MAX;
  const sections = shown
    .filter(({ looks }) => looks.length > 0)
    .map(({ rule, looks }) => ({
      id: rule.id,
      count: looks.length,
      rows: looks
        .sort(byOrder)
        .slice(0, limit)
        .map((look) => rowIn(rule, look)),
    }));
  const forNobody = await sealedForNobody(deps, person);
  return { tabs, tab, sections, sealedCount: sealed, sealedForNobody: forNobody };
}
