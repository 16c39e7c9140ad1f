/** The 22 statuses of state-machine.json, and NONE before the first event (and for hazards). */
export const STATUSES = [
  'DRAFT',
  'TAKEN',
  'FIELD_RESOLVED',
  'SUBMITTED',
  'RETURNED',
  'REGISTERED',
  'TRANSFERRED',
  'OBJECTED',
  'ACCEPTED',
  'OPINION_ISSUED',
  'DELIVERED',
  'CLOSED',
  'REVIEWING',
  'REVIEWED',
  'RECHECKING',
  'TERMINATED',
  'NOT_ACCEPTED',
  'NO_MORE',
  'DIVERTED',
  'WITHDRAWN',
  'MERGED',
  'VOIDED',
] as const;

/** 状态: a projection of the events, never stored by itself. */
export type Status = (typeof STATUSES)[number];
/** A case file's status; `NONE` while nothing was drafted, and for a hazard's stream. */
export type FileStatus = Status | 'NONE';

/** Statuses that end a case; appeals and reopening may still lead out of them. */
export const TERMINAL: readonly FileStatus[] = [
  'CLOSED',
  'TERMINATED',
  'NOT_ACCEPTED',
  'NO_MORE',
  'DIVERTED',
  'WITHDRAWN',
  'MERGED',
  'VOIDED',
];

/** `open` of REFERENCE 4.2: from 接单 to 送达. */
export const OPEN: readonly FileStatus[] = [
  'TAKEN',
  'FIELD_RESOLVED',
  'SUBMITTED',
  'RETURNED',
  'REGISTERED',
  'TRANSFERRED',
  'OBJECTED',
  'ACCEPTED',
  'OPINION_ISSUED',
  'DELIVERED',
];
