/** Payloads of the villager's own acts and what the office does about them. */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import { claimOpinionSchema } from './case-fields.ts';
import {
  listOf,
  record,
  zBox,
  zBystander,
  zEventId,
  zLine,
  zLocalDate,
  zName,
  zShas,
  zText,
  zVerbatim,
} from './common.ts';

export const RATING_TARGETS = ['OFFICE', 'UNIT', 'AGENT'] as const;

/** 群众评价（封存）: encrypted on the spot to the rating desk; nobody else can ever read it. */
export const ratingSealed = record({
  targets: z.array(z.enum(RATING_TARGETS)).check(z.minLength(1)),
  /** The agent may never be the helper. */
  mode: z.enum(['SELF', 'VOICE', 'HELPER']),
  helper: z.optional(zBystander),
  keyId: zLine,
  /** Ciphertext of `SealedRating` (`rating.ts`). */
  box: zBox,
});

/** 评价生效: in the window by `occurredAt`, first valid per target. Never carries the value. */
export const ratingAccepted = record({
  ratingId: z.optional(zEventId),
  targets: z.array(z.enum(RATING_TARGETS)),
  /** 复评: shown beside the first, not counted (K08). */
  repeat: z.optional(z.boolean()),
  /** Arrived after the window had been declared closed (K07). */
  late: z.optional(z.boolean()),
});

/** 超期未评价. */
export const ratingExpired = record({ targets: z.array(z.enum(RATING_TARGETS)) });

/** 申请撤回: own words and hand; only a mark, no clock stops. */
export const withdrawalRequested = record({
  words: zVerbatim,
  proof: z.enum(['SIGN', 'THUMB', 'VOICE', 'WITNESS', 'ORAL']),
  evidence: z.optional(zShas),
  witness: z.optional(zBystander),
});

/** 确认撤回: the office spoke with the villager directly, not through the agent. */
export const withdrawalConfirmed = record({
  how: z.enum(['PHONE', 'VISIT', 'COUNTER']),
  verified: zText,
  by: z.optional(zName),
});

/** 不予撤回: pressure suspected, or public interest. */
export const withdrawalRefused = record({ reason: zText });

/** 申请复查 (条例 art. 35): names the opinion it is about. */
export const reviewRequested = record({
  body: zLine,
  opinionId: z.optional(zEventId),
  opinionDocNo: z.optional(zLine),
  /** Day on which the villager got the opinion. */
  receivedOn: z.optional(zLocalDate),
  reason: zText,
  evidence: z.optional(zShas),
});

const decided = {
  body: zLine,
  result: z.enum(['MAINTAIN', 'REVOKE', 'CHANGE']),
  docNo: z.optional(zLine),
  plain: z.optional(zText),
  claims: z.optional(listOf(claimOpinionSchema, LIMITS.claimsMax)),
};

/** 复查意见. */
export const reviewDecided = record(decided);

/** 复查结束: maintained and lapsed closes, revoked or changed opens a new round of handling. */
export const reviewSettled = record({
  result: z.enum(['LAPSED', 'NEW_ROUND']),
  reason: z.optional(zText),
});

/** 申请复核 (条例 art. 36). */
export const recheckRequested = record({
  body: zLine,
  reviewDocNo: z.optional(zLine),
  receivedOn: z.optional(zLocalDate),
  reason: zText,
  evidence: z.optional(zShas),
});

/** 复核意见: three levels are through; help goes on (条例 art. 37). */
export const recheckDecided = record(decided);
