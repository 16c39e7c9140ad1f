/** Payloads of the county office. */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import {
  claimOpinionSchema,
  KINDS,
  PROCEDURES,
  PURPOSES,
  respondentSchema,
  ROUTES,
} from './case-fields.ts';
import {
  listOf,
  record,
  zAreaCode,
  zCaseId,
  zCaseNo,
  zCode,
  zInstant,
  zLine,
  zLocalDate,
  zPersonRef,
  zQueryCode,
  zTitle,
  zText,
  zUnitId,
} from './common.ts';

/** 退回补正: everything that is missing, once, in plain words; C1 goes on. */
export const caseReturned = record({
  missing: listOf(zLine, LIMITS.missingMax).check(z.minLength(1)),
  plain: zText,
});

/** 登记编号 (条例 art. 22): can never be refused to a villager. */
export const caseRegistered = record({
  caseNo: zCaseNo,
  areaCode: zAreaCode,
  categoryL2: zCode,
  kind: z.enum(KINDS),
  purpose: z.optional(z.enum(PURPOSES)),
  title: z.optional(zTitle),
  procedure: z.optional(z.enum(PROCEDURES)),
  route: z.optional(z.enum(ROUTES)),
  /** 初次: known for this county only. */
  first: z.boolean(),
  firstNational: z.optional(z.union([z.boolean(), z.literal('UNKNOWN')])),
  repeat: z.optional(z.boolean()),
  repeatOf: z.optional(zCaseId),
  /** 联名: two or more signers. 集体: five or more persons visiting. */
  joint: z.optional(z.boolean()),
  group: z.optional(z.boolean()),
  skipLevel: z.optional(z.boolean()),
  xfReason: z.optional(zCode),
  nationalNo: z.optional(zLine),
  /** Only when the case came without one. */
  queryCode: z.optional(zQueryCode),
  flags: z.optional(listOf(z.enum(['HOT', 'BACKLOG', 'CROSS_AREA', 'FIRM']))),
  /** 被反映人 with the registrar's answer whether it is one of the county's people or units. */
  respondent: z.optional(respondentSchema),
});

/** 分类定性: a change of procedure recomputes the clocks from the same start. */
export const caseClassified = record({
  kind: z.optional(z.enum(KINDS)),
  procedure: z.optional(z.enum(PROCEDURES)),
  route: z.optional(z.enum(ROUTES)),
  categoryL2: z.optional(zCode),
  reason: zText,
});

/** 密封 (条例 art. 30): from here only the sealed list sees the case. */
export const caseSealed = record({
  reason: z.enum(['ACCUSATION', 'VILLAGER_WISH', 'CATEGORY', 'OTHER']),
  note: z.optional(zText),
});

/** 并案: recorded on the child; the master learns it by `case.supplemented.absorbs`. */
export const caseMerged = record({
  masterCaseId: zCaseId,
  masterCaseNo: z.optional(zCaseNo),
  ground: zText,
  similarity: z.optional(z.number()),
});

/** 拆案: the clocks from before the merging go on, received day unchanged. */
export const caseUnmerged = record({ reason: zText });

/** 登记更正: the old value stays readable for ever; original words are never corrected. */
export const caseCorrected = record({
  field: zLine,
  old: z.optional(z.unknown()),
  new: z.optional(z.unknown()),
  reason: zText,
  /** The proposal that this adopts (K01). */
  adopts: z.optional(zLine),
});

/** 作废: the number is never used again; late events are still taken. */
export const caseVoided = record({ reason: zText, secondPerson: z.optional(zPersonRef) });

const transferFields = {
  /** Lead unit; the first one of a case is its 首办 for ever. */
  unitId: zUnitId,
  coUnits: z.optional(listOf(zUnitId, LIMITS.coUnitsMax)),
  reason: zText,
  note: z.optional(zText),
};

/** 转送 (条例 art. 22): one handling per unit. */
export const caseTransferred = record(transferFields);

/** 交办 (条例 art. 22(3)): with a day by which the result must be reported. */
export const caseAssigned = record({ ...transferFields, feedbackOn: zLocalDate });

/** 直接回复: question, suggestion, or a conclusion that already exists. */
export const caseRepliedDirectly = record({
  ground: z.enum(['CONSULT', 'SUGGESTION', 'EXISTING_CONCLUSION', 'THANKS']),
  plain: zText,
  docNo: z.optional(zLine),
  claims: z.optional(listOf(claimOpinionSchema, LIMITS.claimsMax)),
});

/** 不予受理告知: with the body that is right and the way to it; never instead of registering. */
export const caseNotAccepted = record({
  ground: zText,
  rightBody: zText,
  howTo: z.optional(zText),
  docNo: z.optional(zLine),
  unitId: z.optional(zUnitId),
});

/** 不再受理告知 (条例 art. 36): re-review served, same facts and reasons. */
export const caseNoMoreAccepted = record({
  ground: zText,
  previousCaseId: z.optional(zCaseId),
  previousDocNo: z.optional(zLine),
  docNo: z.optional(zLine),
  unitId: z.optional(zUnitId),
});

/** 导入法定途径/移送 (条例 art. 22, 31): way, body, how to apply, help offered. */
export const caseDiverted = record({
  route: zLine,
  body: zLine,
  howTo: zText,
  help: zText,
  docNo: z.optional(zLine),
  unitId: z.optional(zUnitId),
});

/** 办结: the day of closing is the day of service. */
export const caseClosed = record({
  closeReason: z.optional(zLine),
  /** Archive checklist: every paper is there. */
  archiveChecked: z.optional(z.boolean()),
});

export const REOPEN_REASONS = [
  'PROMISE_BROKEN',
  'FACTS_WRONG',
  'INSPECTION',
  'MISJUDGED',
  'UNKNOWING_WITHDRAWAL',
] as const;

/** 重新办理: the old limits stay on record, a new round begins. */
export const caseReopened = record({ reason: z.enum(REOPEN_REASONS), text: zText });

/** 移交代理员: one case moves, not the scope. */
export const caseHandedOver = record({
  from: z.optional(zPersonRef),
  to: zPersonRef,
  effectiveAt: z.optional(zInstant),
  reason: zText,
  /** What the new agent may see, e.g. 不显示内容，只约见. */
  scope: z.optional(zLine),
});
