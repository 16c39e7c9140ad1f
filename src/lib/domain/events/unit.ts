/** Payloads of the units, of leaders and of supervision. Unit events name their handling by unit. */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import { claimOpinionSchema } from './case-fields.ts';
import {
  listOf,
  record,
  zBystander,
  zCode,
  zEventId,
  zInstant,
  zLine,
  zLocalDate,
  zName,
  zPersonRef,
  zSha256,
  zShas,
  zText,
  zUnitId,
} from './common.ts';

/** 单位签收: a trace only; the unit's days began when the county sent it. */
export const transferReceived = record({ unitId: zUnitId, by: z.optional(zName) });

/** 提出异议 (条例 art. 23): a request with reasons, not a return. */
export const objectionRaised = record({ unitId: zUnitId, reason: zText });

/** 异议成立. */
export const objectionUpheld = record({
  unitId: zUnitId,
  newUnitId: z.optional(zUnitId),
  reason: z.optional(zText),
});

/** 异议不成立: C2 goes on, not anew. */
export const objectionOverruled = record({ unitId: zUnitId, reason: zText });

/** 受理告知 (条例 art. 23): ordinary starts C4, simple C7. */
export const caseAccepted = record({
  unitId: zUnitId,
  procedure: z.enum(['ORDINARY', 'SIMPLE']),
  docNo: z.optional(zLine),
  doc: z.optional(zLine),
  officer: z.optional(zName),
  officerPhone: z.optional(zLine),
});

/** 办理进展: one plain sentence that the villager may see. */
export const progressRecorded = record({
  unitId: z.optional(zUnitId),
  plain: zText,
  /** For the office and this unit only. */
  internal: z.optional(zText),
});

/** 领导包案, 五定: 领导、人员、时间、任务、责任. */
export const leaderAssigned = record({
  leader: zPersonRef,
  team: zText,
  dueOn: z.optional(zLocalDate),
  days: z.optional(z.int().check(z.minimum(1))),
  task: zText,
  duty: zText,
});

/** 领导批示. */
export const leaderInstructed = record({ text: zText });

const HEARING_STAGES = ['HANDLING', 'REVIEW', 'RECHECK'] as const;

/** 安排听证. */
export const hearingScheduled = record({
  stage: z.enum(HEARING_STAGES),
  at: z.optional(zInstant),
  place: z.optional(zLine),
  unitId: z.optional(zUnitId),
});

/** 举行听证: only in RECHECK does it stop the clock, from schedule to hearing (条例 art. 36). */
export const hearingHeld = record({
  stage: z.enum(HEARING_STAGES),
  attended: zText,
  minutes: zText,
  minutesFile: z.optional(zSha256),
  unitId: z.optional(zUnitId),
});

/** 申请延期: before C4 runs out. */
export const extensionRequested = record({
  unitId: zUnitId,
  days: z.int().check(z.minimum(1)),
  reason: zText,
});

/** 批准延期 (条例 art. 34): at most 30 days, once, by the head; the villager must be told why. */
export const extensionApproved = record({
  unitId: zUnitId,
  days: z.int().check(z.minimum(1)),
  reason: zText,
  by: z.optional(zName),
  docNo: z.optional(zLine),
});

/** 不准延期. */
export const extensionRejected = record({ unitId: zUnitId, reason: zText });

/** 出具处理意见书 (条例 art. 32): one opinion answers all claims. */
export const opinionIssued = record({
  unitId: zUnitId,
  docNo: zLine,
  issuedOn: z.optional(zLocalDate),
  claims: listOf(claimOpinionSchema, LIMITS.claimsMax),
  result: z.optional(z.enum(['SUPPORT', 'PARTIAL', 'EXPLAIN', 'NOT', 'ADOPT'])),
  /** Where a review may be asked for within 30 days of service. */
  reviewBody: zLine,
  plain: zText,
  file: z.optional(zSha256),
  adoptsResolution: z.optional(zEventId),
});

export const DOC_KINDS = [
  '处理意见书',
  '答复',
  '受理告知书',
  '转送告知单',
  '交办告知单',
  '不予受理告知书',
  '不再受理告知书',
  '导入法定途径告知书',
  '延期告知书',
  '复查意见书',
  '复核意见书',
  '登记告知单',
  '其他',
] as const;

/** 送达登记: the day of service is `occurredAt`, offline too; stops C4 and opens C8, C10, C12. */
export const deliveryRecorded = record({
  docKind: z.enum(DOC_KINDS),
  docNo: z.optional(zLine),
  /** The event that made the paper. */
  of: z.optional(zEventId),
  unitId: z.optional(zUnitId),
  how: z.enum(['FACE', 'POST', 'LEFT', 'AGENT', 'PHONE', 'READ_OUT', 'IMPOSSIBLE']),
  to: z.optional(zName),
  relation: z.optional(zLine),
  /** 本人签收: the villager's own signature decides between two dates (K15). */
  signedByVillager: z.optional(z.boolean()),
  refused: z.optional(z.boolean()),
  witness: z.optional(zBystander),
  proof: z.optional(zText),
  evidence: z.optional(zShas),
  place: z.optional(zLine),
  /** Earliest proven act of sending, for the unit's limit (K15). */
  sentAt: z.optional(zInstant),
});

/** 督办: a ground from 条例 art. 40, or 临期提醒. */
export const supervisionIssued = record({
  level: z.int().check(z.minimum(1), z.maximum(4)),
  ground: zLine,
  question: z.optional(zText),
  answerBy: z.optional(zLocalDate),
  unitId: z.optional(zUnitId),
  kind: z.optional(z.enum(['IMPROVE', 'POLICY', 'LIABILITY'])),
});

/** 督办反馈: without an id it answers the latest open one. */
export const supervisionAnswered = record({
  supervisionId: z.optional(zEventId),
  unitId: z.optional(zUnitId),
  answer: z.optional(zText),
  adopted: z.optional(z.enum(['YES', 'PARTIAL', 'NO'])),
});

/** 督办销号. */
export const supervisionClosed = record({
  supervisionId: z.optional(zEventId),
  result: z.optional(zText),
  code: z.optional(zCode),
});
