/** 请求: what a person asks for. Each is expanded to the events it is made of, in their order. */
import type { CaseFile, Supplement } from './case-file.ts';
import type { EventType, Payload } from './events.ts';
import { readbackHash } from './text-hash.ts';
import type { EventId, Instant } from './values.ts';

/** One event to be. Time and id are the command's when left out. */
export interface Entry<T extends EventType = EventType> {
  readonly type: T;
  readonly payload: unknown;
  readonly occurredAt?: Instant;
  readonly id?: EventId;
}

/** Any acts, recorded together or not at all. */
export interface RecordEvents {
  readonly kind: 'RecordEvents';
  readonly entries: readonly Entry[];
}

/** 接单: everything from the first word to the hand-in, in one go (REFERENCE 4.5 rule 13). */
export interface TakeCase {
  readonly kind: 'TakeCase';
  readonly drafted: Payload<'case.drafted'>;
  /** Absent only for a letter: nobody stood there to be asked. */
  readonly consent?: Payload<'consent.recorded'>;
  readonly attachments?: readonly Payload<'attachment.added'>[];
  readonly dictations: readonly Payload<'dictation.recorded'>[];
  /** Covers all dictations; the hash is computed here. Absent only for a sealed case and a letter. */
  readonly readback?: Omit<Payload<'dictation.readback_confirmed'>, 'textHash' | 'covers'>;
  readonly mandate?: Payload<'mandate.granted'>;
  readonly urgent?: Payload<'urgent.reported'>;
  readonly seal?: Payload<'case.sealed'>;
  readonly taken: Payload<'case.taken'>;
  /** Absent when the case is to be settled on the spot first. */
  readonly submitted?: Payload<'case.submitted'>;
}

/** 就地化解审核通过: an unregistered case gets its number in the same step. */
export interface ApproveResolution {
  readonly kind: 'ApproveResolution';
  readonly check: string;
  readonly checkedBy?: Payload<'resolution.approved'>['checkedBy'];
  readonly closeReason?: string;
  /** The next free number; used only when the case has none. */
  readonly nextCaseNo: string;
}

/** 采认补充: a proposal becomes corrections, one per field, and its conflict is settled (K01). */
export interface AdoptProposal {
  readonly kind: 'AdoptProposal';
  readonly supplementId: EventId;
  readonly reason: string;
}

/** 不采认: the registered values stay, the agent sees why. */
export interface DeclineProposal {
  readonly kind: 'DeclineProposal';
  readonly supplementId: EventId;
  readonly reason: string;
}

/** 送达并办结: the last paper is served and the case is closed with it. */
export interface DeliverAndClose {
  readonly kind: 'DeliverAndClose';
  readonly delivery: Payload<'delivery.recorded'>;
  readonly close: Payload<'case.closed'>;
}

export type Command =
  RecordEvents | TakeCase | ApproveResolution | AdoptProposal | DeclineProposal | DeliverAndClose;

const entry = <T extends EventType>(type: T, payload: Payload<T>, id?: EventId): Entry =>
  id === undefined ? { type, payload } : { type, payload, id };

/** Ids that a command needs at most; more do no harm. */
export function idsNeeded(file: CaseFile, command: Command): number {
  return expand(file, command, []).length;
}

function takeCase(command: TakeCase, ids: readonly EventId[]): Entry[] {
  const { drafted, urgent, consent, attachments = [], dictations, readback } = command;
  const head: Entry[] = [
    entry('case.drafted', drafted),
    ...(urgent ? [entry('urgent.reported', urgent)] : []),
    ...(consent ? [entry('consent.recorded', consent)] : []),
    ...attachments.map((a) => entry('attachment.added', a)),
  ];
  const covers = dictations.map((_d, i) => ids[head.length + i] ?? ('' as EventId));
  const pieces = dictations.map((d) => ({ verbatim: d.verbatim ?? null, tidy: d.tidy ?? null }));
  const textHash = readback && readbackHash(pieces, readback.claims ?? []);
  return [
    ...head,
    ...dictations.map((d) => entry('dictation.recorded', d)),
    ...(readback && textHash
      ? [entry('dictation.readback_confirmed', { ...readback, covers, textHash })]
      : []),
    ...(command.mandate ? [entry('mandate.granted', command.mandate)] : []),
    ...(command.seal ? [entry('case.sealed', command.seal)] : []),
    entry('case.taken', command.taken),
    ...(command.submitted ? [entry('case.submitted', command.submitted)] : []),
  ];
}

const openConflictOf = (file: CaseFile, supplement: EventId): EventId | null =>
  file.conflicts.findLast(
    (c) => c.resolved === null && c.detected.payload.events.includes(supplement),
  )?.detected.mark.eventId ?? null;

function adopt(file: CaseFile, supplement: Supplement, reason: string): Entry[] {
  const adopts = supplement.mark.eventId;
  const conflictId = openConflictOf(file, adopts);
  return [
    ...(supplement.payload.changes ?? []).map((c) =>
      entry('case.corrected', { field: c.field, new: c.to, reason, adopts }),
    ),
    ...(conflictId
      ? [entry('conflict.resolved', { conflictId, choice: reason, decision: 'ADOPT' })]
      : []),
  ];
}

function decline(file: CaseFile, supplementId: EventId, reason: string): Entry[] {
  const conflictId = openConflictOf(file, supplementId);
  const conflict = conflictId ? { conflictId } : {};
  return [entry('conflict.resolved', { ...conflict, choice: reason, decision: 'KEEP', reason })];
}

/** The events a command is made of; `ids` are those the events will get, in order. */
export function expand(file: CaseFile, command: Command, ids: readonly EventId[]): Entry[] {
  switch (command.kind) {
    case 'RecordEvents':
      return [...command.entries];
    case 'TakeCase':
      return takeCase(command, ids);
    case 'ApproveResolution': {
      const { check, checkedBy, closeReason, nextCaseNo } = command;
      const caseNo = file.numbers.caseNo === null ? nextCaseNo : undefined;
      return [entry('resolution.approved', { check, checkedBy, closeReason, caseNo })];
    }
    case 'AdoptProposal': {
      const found = file.supplements.find((s) => s.mark.eventId === command.supplementId);
      return found?.proposal === 'OPEN' ? adopt(file, found, command.reason) : [];
    }
    case 'DeclineProposal':
      return decline(file, command.supplementId, command.reason);
    case 'DeliverAndClose':
      return [entry('delivery.recorded', command.delivery), entry('case.closed', command.close)];
  }
}
