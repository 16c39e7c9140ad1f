/** Between the rows of the database and the records of the port. */
import type { Insertable, Selectable } from 'kysely';
import type { Actor } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseId, DeviceId, EventId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type {
  AsideRow,
  CaseRecord,
  CountyCode,
  DeviceKey,
  DeviceRow,
  MediaRow,
} from '../../ports/county-store.ts';
import type { LogRow } from '../../ports/event-store.ts';
import { isBox } from '../sealing/box.ts';
import { lockedFile } from '../sealing/locked.ts';
import type {
  CaseTable,
  DeadLetterTable,
  DeviceTable,
  LogTable,
  MediaFileTable,
} from './tables.ts';

/** PostgreSQL hands 64-bit numbers out as text. */
export const num = (value: number | string | bigint): number => Number(value);

export function logToTable(county: CountyCode, row: LogRow): Insertable<LogTable> {
  const { seq, tag, kind, id, h } = row;
  const head = { county, seq, tag, kind, id, h, case_id: row.caseId, received_at: row.receivedAt };
  if (row.kind !== 'event')
    return {
      ...head,
      person_id: row.personId,
      note: row.note,
      dv: '',
      ds: 0,
      type: '',
      v: 0,
      occurred_at: '',
      clock_offset: 0,
      actor: '',
      body: '',
    };
  return {
    ...head,
    person_id: '',
    note: '',
    dv: row.dv,
    ds: row.ds,
    type: row.type,
    v: row.v,
    occurred_at: row.occurredAt,
    clock_offset: row.offset,
    actor: JSON.stringify(row.actor),
    body: JSON.stringify(row.payload),
  };
}

export function logFromTable(row: Selectable<LogTable>): LogRow {
  const head = {
    seq: num(row.seq),
    tag: row.tag,
    id: row.id as EventId,
    h: row.h as Sha256,
    caseId: row.case_id as CaseId,
    receivedAt: row.received_at as Instant,
  };
  if (row.kind !== 'event')
    return { ...head, kind: row.kind, personId: row.person_id, note: row.note };
  return {
    ...head,
    kind: 'event',
    dv: row.dv as DeviceId,
    ds: num(row.ds),
    type: row.type,
    v: row.v,
    occurredAt: row.occurred_at as Instant,
    offset: row.clock_offset,
    actor: JSON.parse(row.actor) as Actor,
    ...(isBox(row.body)
      ? { payload: null, locked: true as const }
      : { payload: JSON.parse(row.body) as unknown }),
  };
}

export const deviceToTable = (county: CountyCode, row: DeviceRow): Insertable<DeviceTable> => ({
  county,
  dv: row.dv,
  person_id: row.personId,
  letter: row.letter,
  last_ds: row.lastDs,
  ds_hi: row.dsHi,
  build: row.build,
  enrolled_at: row.enrolledAt,
  last_seen_at: row.lastSeenAt,
  clock_offset: row.offsetSeconds,
  report: JSON.stringify(row.report ?? null),
  key_public: row.key?.publicKey ?? '',
  key_id: row.key?.keyId ?? '',
  key_at: row.key?.at ?? '',
  key_n: row.key?.n ?? 0,
  sealed_from: row.sealedFrom ?? 0,
  files_signed: row.filesSigned ? 1 : 0,
});

const keyFromTable = (row: Selectable<DeviceTable>): DeviceKey => ({
  publicKey: row.key_public,
  keyId: row.key_id,
  at: row.key_at as Instant,
  n: num(row.key_n),
});

export const deviceFromTable = (row: Selectable<DeviceTable>): DeviceRow => ({
  dv: row.dv as DeviceId,
  personId: row.person_id as PersonId,
  letter: row.letter,
  lastDs: num(row.last_ds),
  dsHi: num(row.ds_hi),
  build: row.build,
  enrolledAt: row.enrolled_at as Instant,
  lastSeenAt: row.last_seen_at as Instant,
  offsetSeconds: row.clock_offset,
  report: JSON.parse(row.report) as unknown,
  ...(row.key_public === '' ? {} : { key: keyFromTable(row) }),
  ...(num(row.sealed_from) === 0 ? {} : { sealedFrom: num(row.sealed_from) }),
  ...(num(row.files_signed) === 0 ? {} : { filesSigned: true as const }),
});

export const asideToTable = (county: CountyCode, row: AsideRow): Insertable<DeadLetterTable> => ({
  county,
  id: row.id,
  h: row.h,
  dv: row.dv,
  ds: row.ds,
  person_id: row.personId,
  case_id: row.caseId,
  salt: row.salt,
  code: row.code,
  reason: row.reason,
  raw: row.raw,
  received_at: row.receivedAt,
  clock_offset: row.offset,
  adopted_seq: row.adoptedSeq,
});

export const asideFromTable = (row: Selectable<DeadLetterTable>): AsideRow => ({
  id: row.id as EventId,
  h: row.h as Sha256,
  dv: row.dv as DeviceId,
  ds: num(row.ds),
  personId: row.person_id as PersonId,
  caseId: row.case_id as CaseId,
  salt: row.salt,
  code: row.code,
  reason: row.reason,
  raw: row.raw,
  receivedAt: row.received_at as Instant,
  offset: row.clock_offset,
  adoptedSeq: row.adopted_seq === null ? null : num(row.adopted_seq),
});

export function caseToTable(county: CountyCode, record: CaseRecord): Insertable<CaseTable> {
  const { caseId, salt, firstSeq, lastSeq, file, columns } = record;
  return {
    county,
    case_id: caseId,
    salt,
    first_seq: firstSeq,
    last_seq: lastSeq,
    status: columns.status,
    case_no: columns.caseNo,
    temporary_no: columns.temporaryNumber,
    query_code: columns.queryCode,
    other_codes: columns.otherCodes,
    area_code: columns.areaCode,
    agent_id: columns.agentId,
    lead_unit_id: columns.leadUnitId,
    category: columns.category,
    level: columns.level,
    sealed: columns.sealed ? 1 : 0,
    urgent: columns.urgent ? 1 : 0,
    xf_date: columns.xfDate,
    received_at: columns.receivedAt,
    closed_at: columns.closedAt,
    search_text: columns.searchText,
    file: JSON.stringify(file),
  };
}

export const caseFromTable = (row: Selectable<CaseTable>): CaseRecord => ({
  caseId: row.case_id as CaseId,
  salt: row.salt,
  firstSeq: num(row.first_seq),
  lastSeq: num(row.last_seq),
  ...(isBox(row.file)
    ? { file: lockedFile(row), locked: true as const }
    : { file: JSON.parse(row.file) as CaseFile }),
  columns: {
    status: row.status,
    caseNo: row.case_no,
    temporaryNumber: row.temporary_no,
    queryCode: row.query_code,
    otherCodes: row.other_codes,
    areaCode: row.area_code,
    agentId: row.agent_id as PersonId | null,
    leadUnitId: row.lead_unit_id,
    category: row.category,
    level: row.level,
    sealed: row.sealed !== 0,
    urgent: row.urgent !== 0,
    xfDate: row.xf_date,
    receivedAt: row.received_at as Instant | null,
    closedAt: row.closed_at as Instant | null,
    searchText: row.search_text,
  },
});

export const mediaToTable = (county: CountyCode, row: MediaRow): Insertable<MediaFileTable> => ({
  county,
  sha: row.sha,
  bytes: row.bytes,
  mime: row.mime,
  case_id: row.caseId,
  person_id: row.personId,
  state: row.state,
  refused: row.refused,
  announced_at: row.announcedAt,
  complete_at: row.completeAt,
});

export const mediaFromTable = (row: Selectable<MediaFileTable>): MediaRow => ({
  sha: row.sha as Sha256,
  bytes: num(row.bytes),
  mime: row.mime,
  caseId: row.case_id as CaseId,
  personId: row.person_id as PersonId,
  state: row.state,
  refused: row.refused,
  announcedAt: row.announced_at as Instant,
  completeAt: row.complete_at as Instant | null,
});
