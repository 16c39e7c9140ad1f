/** Payloads from the first word to the county's receipt. */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import { CHANNELS, changeSchema, headFieldsSchema, petitionerSchema } from './case-fields.ts';
import {
  listOf,
  record,
  zAreaCode,
  zBystander,
  zCaseId,
  zCaseNo,
  zCode,
  zEventId,
  zInstant,
  zLine,
  zLocalDate,
  zName,
  zPersonRef,
  zQueryCode,
  zSha256,
  zShas,
  zSource,
  zText,
  zVerbatim,
} from './common.ts';

/** 建立草稿: what starts a case. The case's salt travels beside the events, never in one. */
export const caseDrafted = record({
  areaCode: zAreaCode,
  channel: z.enum(CHANNELS),
  /** 信访日期: the first day of dictation. */
  xfDate: zLocalDate,
  /** `临-<village 12>-<agent>-<device letter>-<4 digits>`; absent when the office drafts. */
  temporaryNo: z.optional(zLine),
  form: record({ id: zCode, version: z.int().check(z.minimum(1)) }),
  /** In what role the writer says he acts; the county checks it against its grants. */
  declaredBy: z.enum(['A', 'T', 'O']),
  /** Whose case it is; the writer's own when absent. */
  agent: z.optional(zPersonRef),
  source: z.optional(zSource),
  /** Number of an outside message (12345, 领导留言板), so that it is not handled twice (R36). */
  outsideNo: z.optional(zLine),
  hazardId: z.optional(zLine),
  lane: z.optional(zCode),
});

/** 口述记录: one piece of what was said; `tidyOf` alone edits the tidy text of an earlier piece. */
export const dictationRecorded = record({
  /** Exactly as said or typed; frozen by the read-back and never corrected at all. */
  verbatim: z.optional(zVerbatim),
  audio: z.optional(zShas),
  /** Seconds of the recording that are missing, when the microphone was taken away. */
  gaps: z.optional(listOf(record({ fromSeconds: z.number(), toSeconds: z.number() }))),
  speaker: z.optional(zName),
  language: z.optional(zLine),
  startedAt: z.optional(zInstant),
  endedAt: z.optional(zInstant),
  place: z.optional(zLine),
  present: z.optional(listOf(zName)),
  promptsUsed: z.optional(listOf(zCode)),
  tidy: z.optional(zVerbatim),
  tidyOf: z.optional(zEventId),
  unitsSaid: z.optional(listOf(record({ said: zLine, means: zLine }))),
  datesSaid: z.optional(listOf(record({ said: zLine, on: zLocalDate }))),
}).check(
  z.refine(
    (p) => Boolean(p.verbatim) || Boolean(p.audio?.length) || Boolean(p.tidyOf && p.tidy),
    'verbatim words, a recording, or a tidy text for an earlier piece',
  ),
);

export const READBACK_METHODS = ['THUMB', 'SIGN', 'VOICE', 'WITNESS', 'INTERPRETER'] as const;

/** 读回确认: the villager heard it and says it is so. */
export const dictationReadbackConfirmed = record({
  /** `readbackHash` over the pieces in `covers` and `claims`: locks what was read aloud. */
  textHash: zSha256,
  /** Ids of the `dictation.recorded` events that were read, in the order read. */
  covers: listOf(zEventId),
  claims: z.optional(listOf(zLine, LIMITS.claimsMax)),
  method: z.enum(READBACK_METHODS),
  /** Who read it aloud. */
  by: zName,
  at: zInstant,
  witness: z.optional(zBystander),
  interpreter: z.optional(zBystander),
  guardian: z.optional(zBystander),
  changesAsked: z.optional(listOf(zText)),
  ownWish: z.boolean(),
  understood: z.boolean(),
  /** Signature, thumbprint or voice as attachments. */
  evidence: z.optional(zShas),
});

/** 告知与同意: the notice was read out; refusing an extra consent never blocks the case. */
export const consentRecorded = record({
  noticeVersion: zLine,
  given: z.boolean(),
  /** Separate consents (PIPL 29). */
  sensitive: z.optional(
    record({
      thumb: z.optional(z.boolean()),
      audio: z.optional(z.boolean()),
      photo: z.optional(z.boolean()),
      health: z.optional(z.boolean()),
    }),
  ),
  identityToUnit: z.optional(z.boolean()),
  /** False: nobody asked or answered, and the no beside it is the careful default. */
  identityAsked: z.optional(z.boolean()),
  readBy: z.optional(zName),
  evidence: z.optional(zShas),
  note: z.optional(zText),
});

export const POWERS = ['REPORT', 'SUPPLEMENT', 'SIGN_FOR_PAPERS', 'FILE_REVIEW', 'ATTEND'] as const;
export const SPECIAL_POWERS = ['WITHDRAW', 'SETTLE'] as const;

/** 签委托书 (民法典 165): agent, matter, powers, term, and the principal's hand. */
export const mandateGranted = record({
  principal: zName,
  agents: listOf(zPersonRef, LIMITS.agentsMax).check(z.minLength(1)),
  matter: zText,
  powers: z.array(z.enum(POWERS)),
  specialPowers: z.optional(z.array(z.enum(SPECIAL_POWERS))),
  from: zLocalDate,
  to: z.optional(zLocalDate),
  term: z.optional(zLine),
  /** How the principal gave it; ORAL only for a ratification. */
  proof: z.enum(['SIGN', 'THUMB', 'VOICE', 'WITNESS', 'PAPER', 'ORAL']),
  evidence: z.optional(zShas),
  witness: z.optional(zBystander),
  /** 追认 (民法典 171): ids of acts done without power that now bind. */
  ratifies: z.optional(listOf(zEventId)),
});

/** 解除委托: acts after `effectiveAt` (else `occurredAt`) need ratification (K09). */
export const mandateRevoked = record({
  reason: z.enum(['VILLAGER', 'AGENT_RESIGNED', 'EXPIRED', 'DEATH', 'OTHER']),
  effectiveAt: z.optional(zInstant),
  words: z.optional(zText),
});

/** 代理员回避 (条例 art. 28(3)): carries no matter, only that another hand is wanted. */
export const agentRecused = record({
  reason: z.enum(['RELATED', 'INVOLVED', 'VILLAGER_WISH', 'OTHER']),
  wants: z.enum(['NEIGHBOUR_AGENT', 'TOWNSHIP', 'COUNTY_PHONE', 'ANY']),
  agent: z.optional(zPersonRef),
  areaCode: z.optional(zAreaCode),
  note: z.optional(zLine),
});

export const MANDATE_MISSING = ['咨询', '匿名', '紧急先办', '密封', '本人明天补签'] as const;

/** 接单: the complete intake answers of REFERENCE 3.8 "to take". */
export const caseTaken = record({
  head: headFieldsSchema,
  petitioners: listOf(petitionerSchema, LIMITS.petitionersMax),
  receipt: record({
    how: z.enum(['PAPER', 'HANDWRITTEN', 'ORAL', 'CODE_ONLY']),
    queryCode: zQueryCode,
  }),
  mandateMissing: z.optional(z.enum(MANDATE_MISSING)),
  /** Optional answers nobody could give, shown to the office as missing. */
  gaps: z.optional(listOf(zLine)),
});

/** 上报: what "to submit" adds; a named gap means 请县里定. Also answers a return. */
export const caseSubmitted = record({
  head: z.optional(headFieldsSchema),
  petitioners: z.optional(listOf(petitionerSchema, LIMITS.petitionersMax)),
  gaps: z.optional(listOf(zLine)),
  /** The `case.returned` that this answers. */
  answersReturn: z.optional(zEventId),
  note: z.optional(zText),
});

/** 系统接收: the county holds it; from here its 15 days run (条例 art. 22). */
export const caseReceived = record({
  /** The submission, resolution or taking that was received. */
  eventId: z.optional(zEventId),
  contentHash: z.optional(zSha256),
  /** Given when code and name collided with another case: the villager must be told. */
  querySuffix: z.optional(zLine),
  /** 临时编号 that was made by no tablet of its sender: it does not count, the office is shown it. */
  numberNotOwn: z.optional(zLine),
});

/** 补充材料: adds, never overwrites; after registration `changes` are a proposal (K01). */
export const caseSupplemented = record({
  text: z.optional(zText),
  changes: z.optional(listOf(changeSchema, LIMITS.changesMax)),
  attachments: z.optional(zShas),
  /** Representatives as this device saw them chosen (K20). */
  representatives: z.optional(listOf(zName)),
  answersReturn: z.optional(zEventId),
  /** Attachments that will never arrive, as decided by a person (K12). */
  lostAttachments: z.optional(zShas),
  /** The `conflict.detected` over two versions of the intake that the agent chose on (K06). */
  answersConflict: z.optional(zEventId),
  /** What he kept, field by field; the other version stays where it was recorded. */
  chose: z.optional(listOf(record({ field: zLine, keep: z.enum(['FIRST', 'SECOND', 'BOTH']) }))),
  /** A child that was merged into this case (K04, K05). */
  absorbs: z.optional(
    record({
      caseId: zCaseId,
      temporaryNo: z.optional(zLine),
      caseNo: z.optional(zCaseNo),
      takenAt: z.optional(zInstant),
      receivedAt: z.optional(zInstant),
      /** Live legal due dates of the child: the master keeps the earlier. */
      dues: z.optional(listOf(record({ code: zCode, due: zInstant }))),
      agent: z.optional(zPersonRef),
    }),
  ),
  /** Copy of an event of a merged child (K04). */
  mirrorOf: z.optional(record({ caseId: zCaseId, eventId: zEventId, type: zLine })),
  source: z.optional(zSource),
  sameActAs: z.optional(zEventId),
});
