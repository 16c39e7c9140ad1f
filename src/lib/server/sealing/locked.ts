/** What stands for a sealed case while its key is not here: sealed, its numbers, nothing said. */
import type { Selectable } from 'kysely';
import { emptyCaseFile, type CaseFile } from '../../domain/case-file.ts';
import type { FileStatus } from '../../domain/status.ts';
import type { AreaCode, CaseId, EventId, Instant, PersonId } from '../../domain/values.ts';
import type { CaseTable } from '../store/tables.ts';

const SYSTEM = { code: 'S', personId: 'system' as PersonId, name: '系统' } as const;

/** A record with words that nobody here can open was to be written. */
export class LockedCase extends Error {
  override name = 'LockedCase';
}

export function lockedFile(row: Selectable<CaseTable>): CaseFile {
  const empty = emptyCaseFile(row.case_id as CaseId, row.salt);
  const receivedAt = row.received_at as Instant | null;
  const mark = {
    ...{ eventId: '' as EventId, occurredAt: receivedAt ?? ('' as Instant), receivedAt },
    ...{ seq: Number(row.last_seq), actor: SYSTEM, clockOffsetSeconds: 0 },
  };
  return {
    ...empty,
    status: row.status as FileStatus,
    numbers: {
      ...empty.numbers,
      ...{ caseNo: row.case_no, temporaryNo: row.temporary_no, queryCode: row.query_code },
    } as CaseFile['numbers'],
    moments: { ...empty.moments, receivedAt },
    head: { ...empty.head, areaCode: (row.area_code || null) as AreaCode | null },
    sealed: { mark, payload: { reason: 'OTHER' } } as CaseFile['sealed'],
  };
}
