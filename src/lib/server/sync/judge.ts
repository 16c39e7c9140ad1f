/**
 * What the exchange asks the domain. Everything about a case, a right or a rule is decided behind
 * this interface; the exchange itself knows positions, hashes and devices only.
 */
import type { Actor, CaseEvent } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseId, Instant, PersonId } from '../../domain/values.ts';
import type { CaseColumns } from '../../ports/county-store.ts';
import type { LeaveReason, RejectionCode } from '../../protocol/sync.ts';

/** The signed-in person as the exchange needs him; the judge knows his grants. */
export interface Asker {
  readonly personId: PersonId;
  readonly name: string;
}

/** A system event that the county appends itself, in the same transaction. */
export interface FollowUp {
  readonly type: string;
  readonly v: number;
  readonly payload: unknown;
}

/** A system event for another case. */
export interface Mirror extends FollowUp {
  /** The case that the child was merged into. */
  readonly master: CaseId;
}

/**
 * What becomes of a field event: it joins the log (with a K rule or without, or unread behind the
 * county's own line), or is kept aside.
 */
export type Verdict =
  | {
      readonly kind: 'applied';
      readonly rule: string | null;
      readonly followUps: readonly FollowUp[];
    }
  /** Its follow-ups stand before it. */
  | { readonly kind: 'opaque'; readonly followUps: readonly FollowUp[] }
  | {
      readonly kind: 'quarantined';
      readonly code: RejectionCode;
      readonly reason: string;
      readonly followUps: readonly FollowUp[];
    };

export interface Offered<S extends Asker> {
  readonly asker: S;
  /** The case before the event; empty when the county hears of it for the first time. */
  readonly file: CaseFile;
  readonly event: CaseEvent<string>;
  readonly now: Instant;
  /** Absent unless the device said at that contact that it had not taken this event yet. */
  readonly takenAfter?: Instant;
}

export interface Judge<S extends Asker> {
  emptyFile(caseId: CaseId, salt: string): CaseFile;
  /** Total: an event out of place adds its facts and moves nothing. */
  evolve(file: CaseFile, event: CaseEvent<string>): CaseFile;
  columns(file: CaseFile): CaseColumns;
  /** Everyone who is or was agent of the case: whose tablets it may concern. */
  agents(file: CaseFile): readonly PersonId[];
  /** The actor as the county sees him: from grants, never from the body. */
  actor(asker: S, file: CaseFile, event: { readonly type: string; readonly now: Instant }): Actor;
  admit(offered: Offered<S>): Verdict;
  /** A field event of a newer build as it can be read by now; null while it cannot. */
  readable(event: CaseEvent<string>): CaseEvent<string> | null;
  /** What the county adds after an event of its own people; `file` is the case after it. */
  followUps(file: CaseFile, event: CaseEvent<string>): readonly FollowUp[];
  /** The copy that a master gets of an event of its merged child (K04), or null. */
  mirror(child: CaseFile, event: CaseEvent<string>): Mirror | null;
  /** What the county adds when another case already has the query code of this one. */
  queryCodeMet(file: CaseFile, others: number): readonly FollowUp[];
  /** What the county adds when a case came with a temporary number that its sender never had. */
  numberNotOwn?(claimed: string): readonly FollowUp[];
  /** Whether the case may lie on this person's tablets; `null` is yes. */
  keepsFrom(asker: S, file: CaseFile, now: Instant): LeaveReason | null;
  /** Whether this person reads P3 of the case, as its identity numbers, now (REFERENCE 3.2). */
  readsP3(asker: S, file: CaseFile, now: Instant): boolean;
  /** A text that changes whenever the person's grants in force change. */
  grantsPrint(asker: S, now: Instant): string;
}
