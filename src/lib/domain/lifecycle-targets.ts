/** The four targets of the life cycle that depend on the case. */
import type { FileStatus } from './status.ts';

/** What a target may look at: the standing it starts from and two facts. */
export interface TargetFacts {
  readonly from: FileStatus;
  readonly hasCaseNo: boolean;
  /** The event's payload; fields may be missing when it is sealed. */
  readonly payload: { readonly docKind?: string; readonly result?: string };
}
export type Target = (facts: TargetFacts) => FileStatus | '=';

/** 就地化解: before a unit has the case it waits for approval; afterwards it is a proposal (K02). */
export const resolutionTarget: Target = ({ from }) =>
  from === 'TRANSFERRED' || from === 'OBJECTED' || from === 'ACCEPTED' ? '=' : 'FIELD_RESOLVED';

/** 就地化解退回: with a number back to REGISTERED, without one to SUBMITTED. */
export const rejectionTarget: Target = ({ hasCaseNo }) => (hasCaseNo ? 'REGISTERED' : 'SUBMITTED');

/** Papers that answer the petition; serving any other paper leaves the status. */
const ANSWERS: readonly (string | undefined)[] = ['处理意见书', '答复'];
export const isAnswerPaper = (docKind: string | undefined): boolean => ANSWERS.includes(docKind);

/** 送达: the answer itself, while it waits for service. */
export const deliveryTarget: Target = ({ from, payload }) =>
  from === 'OPINION_ISSUED' && isAnswerPaper(payload.docKind) ? 'DELIVERED' : '=';

/** 复查结束: lapsed closes, a revoked or changed opinion is handled again. */
export const settlementTarget: Target = ({ payload }) =>
  payload.result === 'NEW_ROUND' ? 'ACCEPTED' : 'CLOSED';
