/** 委托 (REFERENCE 3.6, 民法典 161-175). */
import type { CaseEvent } from './case-event.ts';
import type { Mark, Noted } from './noted.ts';
import type { AreaCode, EventId, Instant, PersonId } from './values.ts';

/** 代理员 as the case knows him. */
export interface AgentRef {
  readonly personId: PersonId;
  readonly name: string;
  readonly areaCode: AreaCode | null;
}

/** 代理员任期: one agent's time with the case. */
export interface AgentTerm {
  readonly agent: AgentRef;
  readonly from: Instant;
  /** Null while he has it. */
  readonly to: Instant | null;
  readonly how: 'TOOK' | 'HANDED_OVER' | 'MERGED';
  /** What he may see, when the hand-over limits it, e.g. 不显示内容，只约见. */
  readonly scope: string | null;
}

/** 委托书. */
export interface Mandate extends Noted<'mandate.granted'> {
  readonly revoked: { readonly at: Instant; readonly mark: Mark } | null;
}

/** 无权代理 (K09): kept, not effective until the villager ratifies; then it runs as recorded. */
export interface SuspendedAct {
  readonly event: CaseEvent;
  readonly ratifiedBy: EventId | null;
}
