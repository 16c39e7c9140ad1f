import type { CaseFile } from './case-file.ts';
import type { Channel } from './case.ts';
import type { ClockRecord } from './clock-record.ts';
import { limitOf } from './lights.ts';
import { countNotices, type NoticeCount } from './statistics-notices.ts';
import type { FileStatus } from './status.ts';
import type { AreaCode, CaseId, EventId, Instant, UnitId } from './values.ts';

/** 评价档次. */
export type RatingValue = '满意' | '基本满意' | '不满意';
/** Whom a public rating is about. */
export type RatingTarget = 'OFFICE' | 'UNIT';

/** A rating opened by the rating desk; statistics never open one themselves. */
export interface OpenedRating {
  readonly ratingId: EventId;
  readonly target: RatingTarget;
  readonly value: RatingValue;
  readonly reasons: readonly string[];
}

/** A limit and when it was met, as far as the formulas need it. */
export interface TimedDuty {
  readonly due: Instant;
  readonly stoppedAt: Instant | null;
  readonly unit: UnitId | null;
}

/** 一件的统计要素: everything the formulas of REFERENCE 6.6 read about one case. */
export interface CaseSummary {
  readonly caseId: CaseId;
  readonly status: FileStatus;
  readonly channel: Channel;
  readonly areaCode: AreaCode | null;
  readonly categoryL2: string | null;
  readonly unit: UnitId | null;
  /** 登记时间; null for a case never registered, which no formula counts. */
  readonly registeredAt: Instant | null;
  /** 办结时间: first ending; for an answered case the service. */
  readonly endedAt: Instant | null;
  readonly people: number;
  readonly first: boolean;
  readonly repeat: boolean;
  readonly repeatOf: CaseId | null;
  readonly skipLevel: boolean;
  readonly sealed: boolean;
  readonly anonymous: boolean;
  readonly onsite: boolean;
  readonly reviewed: boolean;
  readonly reopened: boolean;
  readonly trips: number;
  readonly takenAt: Instant | null;
  /** 收到时间 of the case at the county (`case.received`). */
  readonly takenReceivedAt: Instant | null;
  readonly transferredAt: Instant | null;
  readonly acceptedAt: Instant | null;
  readonly officeDuty: TimedDuty | null;
  readonly fastTransfer: TimedDuty | null;
  readonly unitDuties: readonly (TimedDuty & { readonly withdrawn: boolean })[];
  /** C5 else C4 else C7 of the lead unit. */
  readonly liveLimit: TimedDuty | null;
  readonly ratings: readonly (OpenedRating & { readonly at: Instant })[];
  readonly expired: readonly { readonly target: RatingTarget; readonly at: Instant }[];
  readonly notices: NoticeCount;
}

const duty = (clock: ClockRecord | undefined): TimedDuty | null =>
  clock === undefined
    ? null
    : { due: limitOf(clock), stoppedAt: clock.stoppedAt, unit: clock.handlingUnit };

function liveLimitOf(file: CaseFile, clocks: readonly ClockRecord[]): TimedDuty | null {
  const own = clocks.filter(
    ({ handlingUnit }) => handlingUnit === null || handlingUnit === file.head.unit,
  );
  const latest = own.findLast(({ code }) => code === 'C4' || code === 'C7');
  return duty(latest);
}

function ratingsOf(file: CaseFile, opened: readonly OpenedRating[]): CaseSummary['ratings'] {
  const rated = new Map(
    file.ratings.filter(({ state }) => state === 'ACCEPTED').map((r) => [r.mark.eventId, r.mark]),
  );
  return opened.flatMap((rating) => {
    const mark = rated.get(rating.ratingId);
    return mark ? [{ ...rating, at: mark.occurredAt }] : [];
  });
}

/** 统计要素 of a case, from its file, its clocks and the ratings the rating desk has opened. */
export function summaryOf(
  file: CaseFile,
  clocks: readonly ClockRecord[],
  opened: readonly OpenedRating[] = [],
): CaseSummary {
  const { head, moments } = file;
  const first = (code: ClockRecord['code']) => duty(clocks.find((clock) => clock.code === code));
  const typeOf = new Map(file.timeline.map((line) => [line.eventId, line.type]));
  const sealed = file.sealed !== null;
  const anonymous = head.anonymous === true;
  const ratable = !sealed && !anonymous;
  return {
    caseId: file.caseId,
    status: file.status,
    channel: head.channel,
    areaCode: head.areaCode,
    categoryL2: head.categoryL2 ?? null,
    unit: head.unit,
    registeredAt: file.numbers.caseNo === null ? null : moments.registeredAt,
    endedAt: moments.endedAt,
    people: head.petitionerCount ?? 1,
    // An approval on the spot numbers a case without asking; then it is first unless marked repeat.
    first: head.firstLocal ?? !head.repeat,
    repeat: head.repeat,
    repeatOf: head.repeatOf,
    skipLevel: head.skipLevel,
    sealed,
    anonymous,
    onsite: file.closeKind === 'ONSITE',
    reviewed: file.reviews.length > 0,
    reopened: file.reopenings.length > 0,
    trips: head.trips ?? 0,
    takenAt: moments.takenAt,
    takenReceivedAt: moments.receivedAt,
    transferredAt: moments.transferredAt,
    acceptedAt: moments.acceptedAt,
    officeDuty: first('C1'),
    fastTransfer: first('C1b'),
    unitDuties: clocks
      .filter(({ code }) => code === 'C2')
      .map((clock) => ({
        due: clock.due,
        stoppedAt: clock.stoppedAt,
        unit: clock.handlingUnit,
        withdrawn:
          clock.stopEventId !== null && typeOf.get(clock.stopEventId) === 'withdrawal.confirmed',
      })),
    liveLimit: liveLimitOf(file, clocks),
    ratings: ratable ? ratingsOf(file, opened) : [],
    expired: ratable
      ? file.ratingExpired.flatMap(({ payload, mark }) =>
          (payload.targets ?? []).flatMap((target) =>
            target === 'AGENT' ? [] : [{ target, at: mark.occurredAt }],
          ),
        )
      : [],
    notices: countNotices(file),
  };
}
