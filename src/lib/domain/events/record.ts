/** Payloads that keep the record itself: papers, clocks, conflicts, quarantine, looks. */
import * as z from 'zod/mini';
import { changeSchema } from './case-fields.ts';
import {
  listOf,
  record,
  zCode,
  zEventId,
  zInstant,
  zLine,
  zPersonRef,
  zSha256,
  zText,
} from './common.ts';

/** 生成文书. */
export const docGenerated = record({
  docKind: zLine,
  template: zCode,
  templateVersion: zLine,
  docNo: z.optional(zLine),
  sha256: z.optional(zSha256),
  about: z.optional(zEventId),
  /** A reprint keeps the number (R33). */
  reprint: z.optional(z.boolean()),
});

/** 时钟变化: lives in the projections, never in the log that tablets pull. */
export const clockChanged = record({
  code: zCode,
  change: z.enum(['STARTED', 'STOPPED', 'PAUSED', 'RESUMED', 'EXPIRED', 'RECOMPUTED']),
  due: z.optional(zInstant),
});

/** 发现冲突: nothing was overwritten; both versions are here for a named person to see. */
export const conflictDetected = record({
  /** K01 to K27. */
  rule: z.string().check(z.regex(/^K(0[1-9]|1\d|2[0-7])$/)),
  events: listOf(zEventId),
  kept: zText,
  changes: z.optional(listOf(changeSchema)),
});

/** 冲突处理. */
export const conflictResolved = record({
  /** Id of the `conflict.detected`; without it the latest open one. */
  conflictId: z.optional(zEventId),
  choice: zText,
  decision: z.optional(z.enum(['ADOPT', 'KEEP', 'BOTH', 'LINK', 'RATIFIED'])),
  reason: z.optional(zText),
});

/** 事件暂存待核: the event itself is kept raw beside the log, never thrown away. */
export const eventQuarantined = record({
  eventId: zEventId,
  eventType: zLine,
  code: zCode,
  reason: zText,
  occurredAt: z.optional(zInstant),
});

/** 暂存事件采认: the quarantined event now joins the log. */
export const eventAdopted = record({ eventId: zEventId, reason: z.optional(zText) });

/** 查阅留痕: lives in the audit log. */
export const viewLogged = record({
  who: zPersonRef,
  fields: listOf(zLine),
  why: z.optional(zText),
});

/** 导出: lives in the audit log. */
export const exportMade = record({
  purpose: zText,
  scope: zText,
  watermark: zLine,
  rows: z.optional(z.int()),
  secondPerson: z.optional(zPersonRef),
});
