/** The fields of a petitioner and of the case head, shared by several payloads (REFERENCE 3.3, 3.4). */
import * as z from 'zod/mini';
import { LIMITS } from '../limits.ts';
import {
  listOf,
  record,
  zAreaCode,
  zBystander,
  zCode,
  zCount,
  zEventId,
  zLine,
  zLocalDate,
  zName,
  zPersonId,
  zShas,
  zSummary,
  zText,
  zTitle,
  zVerbatim,
} from './common.ts';

export const CHANNELS = ['DL', 'WX', 'LX', 'LD', 'CZ', 'LF'] as const;
export const KINDS = ['建议意见', '检举控告', '申诉求决', '咨询', '感谢其他'] as const;
export const PURPOSES = ['意见建议', '申诉', '求决', '揭发控告', '咨询', '其他'] as const;
/** Rising; only `LIFE` and `MAJOR` demand `urgent.reported`. */
export const URGENCIES = ['NORMAL', 'URGENT_TIME', 'SENSITIVE', 'MAJOR', 'LIFE'] as const;
export const PROCEDURES = ['ORDINARY', 'SIMPLE', 'ONSITE', 'DIVERT', 'SEALED'] as const;
/** Article 31 (1) to (6); only (6) starts C4. */
export const ROUTES = ['1', '2', '3', '4', '5', '6'] as const;
export const PHONE_TYPES = ['OWN', 'FAMILY', 'NEIGHBOUR', 'VILLAGE_OFFICE', 'NONE'] as const;
export const ID_TYPES = ['111', '112', '113', '414', '511', '516', '990', 'NONE'] as const;
export const LITERACIES = ['NONE', 'SOME', 'READ'] as const;
export const NEEDS = [
  'hearing',
  'sight',
  'mobility',
  'cognitive',
  'pregnant',
  'minor',
  'elderly80',
] as const;

export const petitionerSchema = record({
  /** Absent for the anonymous only. */
  name: z.optional(zName),
  /** 0 女 1 男 9 未说明. */
  sex: z.optional(z.enum(['0', '1', '9'])),
  /** Full date, or the year alone when only the age was said. */
  birthDate: z.optional(z.string().check(z.regex(/^\d{4}(-\d\d-\d\d)?$/))),
  idType: z.optional(z.enum(ID_TYPES)),
  idNo: z.optional(zLine),
  /** The check digit was wrong or nothing could be checked; never blocks. */
  idUnverified: z.optional(z.boolean()),
  phoneType: z.enum(PHONE_TYPES),
  phone: z.optional(zLine),
  phoneOwner: z.optional(
    record({ name: zName, relation: z.optional(zLine), maySay: z.optional(z.boolean()) }),
  ),
  addressCode: z.optional(zAreaCode),
  addressText: z.optional(zLine),
  groupName: z.optional(zLine),
  hukou: z.optional(zLine),
  ethnicity: z.optional(zCode),
  occupation: z.optional(zLine),
  literacy: z.enum(LITERACIES),
  language: zLine,
  needs: z.optional(z.array(z.enum(NEEDS))),
  interpreter: z.optional(zBystander),
  guardian: z.optional(zBystander),
  role: z.enum(['MAIN', 'REPRESENTATIVE', 'MEMBER']),
});

export const claimSchema = record({ text: z.string().check(z.maxLength(LIMITS.claimMax)) });

/** 说的是不是我们的人、我们的单位: what the office answers, never the villager. */
export const ABOUT = ['NOBODY', 'UNIT', 'PERSON'] as const;

export const respondentSchema = record({
  type: z.enum(['PERSON', 'UNIT', 'UNKNOWN']),
  name: z.optional(zLine),
  post: z.optional(zLine),
  /** VILLAGE or TOWNSHIP raises the seal prompt. */
  level: z.optional(z.enum(['NONE', 'VILLAGE', 'TOWNSHIP', 'COUNTY', 'ABOVE'])),
  areaCode: z.optional(zAreaCode),
  unitId: z.optional(zCode),
  /** Whom of the county's people it is about, as the office answered. */
  personId: z.optional(zPersonId),
  /** The office's answer whether it is about one of the county's people or units. */
  about: z.optional(z.enum(ABOUT)),
});

export const priorSchema = record({
  before: z.enum(['YES', 'NO', 'UNKNOWN']),
  /** 村 乡 县 市 省 国家 12345 法院. */
  where: z.optional(listOf(zLine)),
  when: z.optional(zLine),
  answerPhotos: z.optional(zShas),
});

export const threatSchema = record({
  kind: z.enum(['NONE', 'SELF', 'OTHERS', 'GATHER']),
  /** Exact words, copied and never softened. */
  words: z.optional(zVerbatim),
});

/** Everything that may be answered about the matter; which of it is needed `decide` tells. */
export const headFieldsSchema = record({
  title: z.optional(zTitle),
  channel: z.optional(z.enum(CHANNELS)),
  areaCode: z.optional(zAreaCode),
  placeText: z.optional(zLine),
  groupName: z.optional(zLine),
  categoryL2: z.optional(zCode),
  kind: z.optional(z.enum(KINDS)),
  purpose: z.optional(z.enum(PURPOSES)),
  summary: z.optional(zSummary),
  claims: z.optional(listOf(claimSchema, LIMITS.claimsMax)),
  happenedFrom: z.optional(zLocalDate),
  happenedTo: z.optional(zLocalDate),
  /** As said: 说不准, 腊月初八. */
  happenedText: z.optional(zLine),
  respondent: z.optional(respondentSchema),
  petitionerCount: z.optional(zCount),
  involvedCount: z.optional(zCount),
  joint: z.optional(z.boolean()),
  representatives: z.optional(listOf(zName)),
  anonymous: z.optional(z.boolean()),
  secret: z.optional(z.boolean()),
  publicOk: z.optional(z.boolean()),
  /** 可以告诉他们: the handling unit may see who the petitioner is. */
  identityToUnit: z.optional(z.boolean()),
  prior: z.optional(priorSchema),
  legalStatus: z.optional(z.enum(['NONE', 'RUNNING', 'ENDED', 'UNKNOWN'])),
  legalNote: z.optional(zText),
  urgency: z.optional(z.enum(URGENCIES)),
  threat: z.optional(threatSchema),
  evidenceText: z.optional(zText),
  trips: z.optional(z.int().check(z.minimum(0), z.maximum(LIMITS.countMax))),
  lane: z.optional(zCode),
  hazardId: z.optional(zLine),
});

/** One field changed: from what the writer saw, to what he wants. */
export const changeSchema = record({
  /** A name of the head, or `petitioners.0.phone`. */
  field: zLine,
  from: z.optional(z.unknown()),
  to: z.optional(z.unknown()),
});

/** Answer to one claim in an opinion: request, facts and reasons, decision and basis (条例 art. 32). */
export const claimOpinionSchema = record({
  i: z.int().check(z.minimum(0)),
  facts: z.optional(zText),
  decision: z.enum(['SUPPORT', 'EXPLAIN', 'NOT', 'ADOPT', 'PARTIAL']),
  basis: z.optional(zText),
  action: z.optional(zText),
  /** Day until which the action is promised: starts C16. */
  due: z.optional(zLocalDate),
});

/** One act that was also recorded elsewhere: the pair counts once (K24). */
export const sameActSchema = zEventId;
