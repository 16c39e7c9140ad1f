/** 信访事项: the head of a case (REFERENCE 3.4), its numbers and its moments. */
import type { Payload } from './events.ts';
import type { AreaCode, CaseId, Instant, LocalDate, UnitId } from './values.ts';

/** Answers about the matter that field and office fill in; every one may be missing. */
export type HeadFields = NonNullable<Payload<'case.submitted'>['head']>;
export type Claim = NonNullable<HeadFields['claims']>[number];
export type Respondent = NonNullable<HeadFields['respondent']>;
export type Prior = NonNullable<HeadFields['prior']>;
export type Threat = NonNullable<HeadFields['threat']>;
export type Kind = NonNullable<HeadFields['kind']>;
export type Channel = NonNullable<HeadFields['channel']>;
export type Urgency = NonNullable<HeadFields['urgency']>;
export type Procedure = NonNullable<Payload<'case.classified'>['procedure']>;
export type Route = NonNullable<Payload<'case.classified'>['route']>;

/** 案件首部: what is answered now, after corrections; the old values are in `corrections`. */
export interface CaseHead extends Omit<HeadFields, 'areaCode' | 'channel'> {
  /** Place of the problem; may differ from an address. Null only before `case.drafted`. */
  readonly areaCode: AreaCode | null;
  readonly channel: Channel;
  /** 信访日期: first day of dictation. */
  readonly xfDate: LocalDate | null;
  readonly form: { readonly id: string; readonly version: number } | null;
  readonly procedure: Procedure | null;
  readonly route: Route | null;
  readonly firstLocal: boolean | null;
  readonly firstNational: boolean | 'UNKNOWN' | null;
  readonly repeat: boolean;
  readonly repeatOf: CaseId | null;
  readonly group: boolean;
  readonly skipLevel: boolean;
  readonly xfReason: string | null;
  readonly officeFlags: readonly ('HOT' | 'BACKLOG' | 'CROSS_AREA' | 'FIRM')[];
  /** 首办单位: the first unit that was ever given the case; never changes. */
  readonly firstUnit: UnitId | null;
  /** 主办单位 of the live round. */
  readonly unit: UnitId | null;
  readonly coUnits: readonly UnitId[];
}

/** 编号. */
export interface CaseNumbers {
  readonly temporaryNo: string | null;
  readonly caseNo: string | null;
  /** 查询码, 12 digits without grouping. */
  readonly queryCode: string | null;
  /** Set when code and name collided with another case. */
  readonly querySuffix: string | null;
  readonly nationalNo: string | null;
  /** Number of the outside message it came from (R36). */
  readonly outsideNo: string | null;
}

/**
 * First instants of the main steps. The villager's and agent's steps are `occurredAt`, the office's
 * own are `receivedAt`; each is null until it happened and is not moved by a later round, except
 * the four that the newest round owns (marked *).
 */
export interface CaseMoments {
  readonly draftedAt: Instant | null;
  readonly takenAt: Instant | null;
  readonly submittedAt: Instant | null;
  /** 收到日: the county had it. */
  readonly receivedAt: Instant | null;
  readonly registeredAt: Instant | null;
  /** * */
  readonly transferredAt: Instant | null;
  /** * */
  readonly acceptedAt: Instant | null;
  /** * */
  readonly opinionAt: Instant | null;
  /** * 送达: device time of the act. */
  readonly deliveredAt: Instant | null;
  /** First ending of the case; statistics keep it. */
  readonly endedAt: Instant | null;
}
