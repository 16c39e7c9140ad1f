/** Payloads of work in the village: attachments, visits, mediation, promises, dangers. */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import {
  listOf,
  record,
  zAreaCode,
  zBystander,
  zCaseId,
  zCode,
  zCount,
  zEventId,
  zInstant,
  zLine,
  zLocalDate,
  zName,
  zPersonRef,
  zSha256,
  zShas,
  zSource,
  zText,
  zVerbatim,
} from './common.ts';

export const ATTACHMENT_KINDS = ['photo', 'audio', 'video', 'scan', 'signature'] as const;

/** 添加附件: what the file is; its bytes travel beside the events and may come later. */
export const attachmentAdded = record({
  sha256: zSha256,
  bytes: z.int().check(z.minimum(1)),
  mime: zLine,
  kind: z.enum(ATTACHMENT_KINDS),
  capturedAt: zInstant,
  caption: z.optional(zLine),
  /** Privacy class; P3 unless said otherwise. */
  class: z.enum(['P1', 'P2', 'P3', 'P4']),
  /** BEFORE and AFTER make a pair; NORTH… and OVERVIEW are the site record (R31). */
  view: z.optional(z.enum(['BEFORE', 'AFTER', 'OVERVIEW', 'NORTH', 'EAST', 'SOUTH', 'WEST'])),
  /** The event it belongs to (visit, read-back, delivery …). */
  of: z.optional(zEventId),
  seconds: z.optional(z.number()),
});

/** 附件到达: the county holds every byte and the hash is right. */
export const attachmentReceived = record({
  sha256: zSha256,
  bytes: z.optional(z.int()),
});

/** 走访/现场记录: may be added in every status. */
export const visitRecorded = record({
  at: zInstant,
  place: zLine,
  who: listOf(zName),
  met: z.optional(listOf(zName)),
  seen: zText,
  said: z.optional(zVerbatim),
  photos: z.optional(zShas),
  /** Rounded to 100 m, off by default (P3). */
  geo: z.optional(record({ lat: z.number(), lon: z.number() })),
  next: z.optional(zText),
  /** What the agent thinks of the unit: never shown to the unit. */
  unitRemark: z.optional(zText),
});

/** 调解记录 (条例 art. 33): by consent; an agreement is a paper of its own. */
export const mediationRecorded = record({
  at: z.optional(zInstant),
  place: z.optional(zLine),
  parties: listOf(zLine),
  mediators: z.optional(listOf(zName)),
  result: z.enum(['AGREED', 'NOT_AGREED', 'PENDING']),
  agreement: z.optional(zText),
  agreementFile: z.optional(zSha256),
  photos: z.optional(zShas),
});

/** 就地化解登记: claim by claim; PROMISED starts a commitment (C16). */
export const resolutionRecorded = record({
  measures: zText,
  helpers: z.optional(listOf(zName)),
  costYuan: z.optional(z.number().check(z.minimum(0))),
  paidBy: z.optional(zLine),
  claims: listOf(
    record({
      i: z.int().check(z.minimum(0)),
      result: z.enum(['DONE', 'PARTIAL', 'PROMISED', 'NOT']),
      /** Day of a promise. */
      due: z.optional(zLocalDate),
      by: z.optional(zName),
      text: z.optional(zText),
    }),
    LIMITS.claimsMax,
  ),
  villagerConfirms: record({
    how: z.enum(['SIGN', 'THUMB', 'VOICE', 'WITNESS', 'NOT_YET']),
    evidence: z.optional(zShas),
    witness: z.optional(zBystander),
  }),
  otherSideObjects: z.optional(zText),
  agreementFile: z.optional(zSha256),
  before: z.optional(zShas),
  after: z.optional(zShas),
});

/** 就地化解审核通过: closes ONSITE; an unregistered case gets its number in the same step. */
export const resolutionApproved = record({
  check: zText,
  checkedBy: z.optional(z.enum(['PHONE', 'VISIT', 'VIDEO', 'PAPERS'])),
  caseNo: z.optional(zLine),
  /** Approved by a township under the county's delegation (REFERENCE 4.5 rule 9). */
  delegated: z.optional(z.boolean()),
  closeReason: z.optional(zLine),
});

/** 就地化解退回: with number → REGISTERED, without → SUBMITTED. */
export const resolutionRejected = record({ reason: zText, task: z.optional(zText) });

/** 单位采认现场处理: the unit confirms what was done on the spot (K02). */
export const resolutionAdopted = record({
  unitId: zCode,
  resolutionId: z.optional(zEventId),
  facts: z.optional(zText),
});

/** A commitment's id is `<event id>/<claim index>` of the event that made it. */
const zCommitmentId = zLine;

/** 承诺到期提醒. */
export const commitmentDue = record({
  commitmentId: zCommitmentId,
  due: zLocalDate,
  daysLeft: z.int(),
});

/** 承诺已兑现: without an id it is the only open one. */
export const commitmentFulfilled = record({
  commitmentId: z.optional(zCommitmentId),
  evidence: zText,
  photos: z.optional(zShas),
});

/** 承诺未兑现: red light; the office reopens or explains within two working days (K22). */
export const commitmentBreached = record({
  commitmentId: z.optional(zCommitmentId),
  words: z.optional(zVerbatim),
  photos: z.optional(zShas),
});

export const URGENT_LEVELS = ['URGENT_TIME', 'SENSITIVE', 'MAJOR', 'LIFE'] as const;

/** 紧急上报 (条例 art. 25): runs beside the status and only ever rises. */
export const urgentReported = record({
  level: z.enum(URGENT_LEVELS),
  kind: zText,
  /** What was done at once. */
  done: zText,
  calls: listOf(
    record({ to: zLine, at: z.optional(zInstant), answer: z.optional(zLine) }),
    LIMITS.callsMax,
  ),
  place: z.optional(zLine),
  people: z.optional(zCount),
  /** Exact words of a threat, never softened. */
  words: z.optional(zVerbatim),
  source: z.optional(zSource),
  sameActAs: z.optional(zEventId),
});

/** 紧急接报: a named person has it. */
export const urgentAcknowledged = record({
  by: zName,
  how: z.optional(zLine),
  reportId: z.optional(zEventId),
  source: z.optional(zSource),
  sameActAs: z.optional(zEventId),
});

/** 紧急解除: always a person's act. */
export const urgentStoodDown = record({ reason: zText });

export const HAZARD_LEVELS = ['RED', 'ORANGE', 'YELLOW', 'BLUE'] as const;

/** 矛盾隐患上报: a stream of its own, no case; a later one on the same stream updates it. */
export const hazardReported = record({
  areaCode: zAreaCode,
  place: z.optional(zLine),
  parties: listOf(zLine),
  categoryL2: z.optional(zCode),
  level: z.enum(HAZARD_LEVELS),
  people: z.optional(zCount),
  text: zText,
  measure: zText,
  followers: z.optional(listOf(zName)),
  status: z.enum(['OPEN', 'WATCHING', 'RESOLVED', 'TO_CASE']),
  foundOn: zLocalDate,
  resolvedOn: z.optional(zLocalDate),
  /** The case it was turned into; the first on the county's log wins (K26). */
  toCase: z.optional(zCaseId),
  photos: z.optional(zShas),
});

/** 口头告知登记: said so that it was understood; counts for people without a phone. */
export const noticeTold = record({
  what: zLine,
  /** The event whose news was told, e.g. an `extension.approved` (K14). */
  about: z.optional(zEventId),
  how: z.enum(['FACE', 'PHONE', 'FAMILY']),
  to: z.optional(zName),
  understood: z.optional(z.boolean()),
  note: z.optional(zText),
});

/** 联系未果: after three on different days a paper may be posted or left. */
export const contactAttempted = record({
  how: z.enum(['FACE', 'PHONE', 'POST']),
  why: z.optional(zLine),
  note: z.optional(zText),
});

/** 回访: sampled calls are made by the county, never by the agent of the case. */
export const followupRecorded = record({
  how: z.enum(['PHONE', 'VISIT']),
  scriptVersion: zLine,
  result: zText,
  sampled: z.optional(z.boolean()),
  by: z.optional(zPersonRef),
});

/** 救助引导 (条例 art. 37): goes on after the end. */
export const reliefReferred = record({
  what: zLine,
  to: z.optional(zLine),
  note: z.optional(zText),
});
