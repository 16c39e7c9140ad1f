/** 办理 per unit (REFERENCE 4.5 rule 12), papers and their service. */
import type { Mark, Noted } from './noted.ts';
import type { Instant, LocalDate, Sha256, UnitId } from './values.ts';

export type HandlingStatus =
  'SENT' | 'OBJECTED' | 'ACCEPTED' | 'ANSWERED' | 'SERVED' | 'RETRACTED' | 'ENDED';

/**
 * 办理: one unit's share of the case. The status of the case is that of the lead handling.
 *
 *     SENT → OBJECTED → (overruled) SENT | (upheld) RETRACTED
 *     SENT → ACCEPTED → ANSWERED → SERVED;  any → ENDED when the case ends otherwise
 */
export interface Handling {
  /** `<event id of the transfer>/<unit id>`. */
  readonly id: string;
  readonly unitId: UnitId;
  readonly lead: boolean;
  /** Round of the case it belongs to, from 1. */
  readonly round: number;
  readonly status: HandlingStatus;
  /** Delivery to the unit's inbox: its days begin here (REFERENCE 2.5 rule 4). */
  readonly sentAt: Instant;
  readonly sent: Mark;
  /** 给承办单位看的事由: what the office wrote for it (`note`); absent where it wrote none. */
  readonly matter?: string;
  /** 交办: day by which the result must be reported. */
  readonly feedbackOn: LocalDate | null;
  readonly signedForAt: Instant | null;
  readonly objection: {
    readonly raised: Noted<'objection.raised'>;
    readonly ruling: Mark | null;
    readonly upheld: boolean | null;
    readonly reason: string | null;
  } | null;
  readonly accepted: Noted<'case.accepted'> | null;
  readonly extension: {
    readonly requested: Noted<'extension.requested'> | null;
    readonly approved: Noted<'extension.approved'> | null;
    readonly rejected: Noted<'extension.rejected'> | null;
  };
  readonly opinion: Noted<'opinion.issued'> | null;
  readonly served: Noted<'delivery.recorded'> | null;
}

/** 承诺: made in a resolution on the spot or in an opinion. Id `<event id>/<claim index>`. */
export interface Commitment {
  readonly id: string;
  readonly text: string;
  readonly by: string | null;
  readonly due: LocalDate | null;
  readonly made: Mark;
  readonly status: 'OPEN' | 'FULFILLED' | 'BREACHED';
  readonly settled: Mark | null;
  readonly evidence: string | null;
}

/** 附件: the description; `received` once the county holds every byte. */
export interface Attachment extends Noted<'attachment.added'> {
  readonly sha256: Sha256;
  readonly received: boolean;
  /** A person decided that it will never come (K12). */
  readonly lost: boolean;
}
