/**
 * One transaction's pen: appends events and marks to the county log in memory, keeps the running
 * tag and the folded cases in step, and hands out what must be written.
 */
import type { Actor, EventBody } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import {
  assert,
  type CaseId,
  type DeviceId,
  type EventId,
  type Instant,
  type PersonId,
  type Sha256,
} from '../../domain/values.ts';
import type { CaseRecord, Head, WriteBatch } from '../../ports/county-store.ts';
import { asCaseEvent, type EventRow, type LogRow, type MarkRow } from '../../ports/event-store.ts';
import { canonical, cleanText } from '../../protocol/canonical.ts';
import { eventHashSync, nextTagSync, toHex } from '../../protocol/hash.ts';
import { COUNTY_DEVICE, type CountyDeps } from './deps.ts';
import type { Asker, FollowUp } from './judge.ts';

/** An event with everything the county knows about it, ready to join the log. */
export interface Admitted {
  readonly body: EventBody<string>;
  readonly h: Sha256;
  readonly actor: Actor;
  readonly offset: number;
  readonly dv: DeviceId;
  readonly ds: number;
}

/** Who gets a mark, and about which case. */
export interface MarkOf {
  readonly kind: MarkRow['kind'];
  readonly caseId: CaseId;
  readonly personId: PersonId;
  readonly note: string;
}

export interface Ledger {
  readonly now: Instant;
  head(): Head;
  /** The case as it stands now; an unknown one is empty with the given salt. */
  file(caseId: CaseId, salt: string): CaseFile;
  record(caseId: CaseId): CaseRecord | null;
  /** Puts more cases, just read, under the pen. */
  learn(more: ReadonlyMap<CaseId, CaseRecord>): void;
  /** Cases whose first event was appended here. */
  created(): ReadonlySet<CaseId>;
  touched(): ReadonlySet<CaseId>;
  append(admitted: Admitted, salt: string): EventRow;
  /** Appends system events of the county to a case. */
  follow(caseId: CaseId, followUps: readonly FollowUp[]): void;
  mark(of: MarkOf): MarkRow;
  /** Everything appended since the last call, to be written. */
  take(): Pick<WriteBatch, 'log' | 'cases' | 'agents'>;
}

const SYSTEM: Actor = { code: 'S', personId: 'system' as PersonId, name: '系统' };
const utf8 = new TextEncoder();

/** Opens the pen at the current head over the cases that were read. */
export function openLedger<S extends Asker>(
  deps: CountyDeps<S>,
  start: Head,
  cases: ReadonlyMap<CaseId, CaseRecord>,
): Ledger {
  const { judge, digest, clock } = deps;
  const now = clock.now();
  const records = new Map(cases);
  const created = new Set<CaseId>();
  const touched = new Set<CaseId>();
  let dirty = new Set<CaseId>();
  let head = start;
  let log: LogRow[] = [];

  const file = (caseId: CaseId, salt: string) =>
    records.get(caseId)?.file ?? judge.emptyFile(caseId, salt);

  const place = (id: EventId, h: Sha256): Head => {
    head = { seq: head.seq + 1, tag: nextTagSync(digest, head.tag, { id, h }) };
    return head;
  };

  const append = ({ body, h, ...rest }: Admitted, salt: string): EventRow => {
    const { caseId } = body;
    const old = records.get(caseId);
    assert(old === undefined || old.salt === salt, 'a case has one salt for ever');
    const before = file(caseId, salt);
    const row: EventRow = {
      kind: 'event',
      ...place(body.id, h),
      h,
      ...body,
      ...rest,
      receivedAt: now,
    };
    const after = judge.evolve(before, asCaseEvent(row));
    const firstSeq = old?.firstSeq ?? row.seq;
    const columns = judge.columns(after);
    records.set(caseId, { caseId, salt, firstSeq, lastSeq: row.seq, file: after, columns });
    if (old === undefined) created.add(caseId);
    touched.add(caseId);
    dirty.add(caseId);
    log.push(row);
    return row;
  };

  return {
    now,
    head: () => head,
    file,
    record: (caseId) => records.get(caseId) ?? null,
    learn: (more) => {
      for (const [caseId, record] of more) if (!records.has(caseId)) records.set(caseId, record);
    },
    created: () => created,
    touched: () => touched,
    append,
    follow: (caseId, followUps) => {
      const salt = records.get(caseId)?.salt;
      assert(salt !== undefined, 'only a known case has system events');
      for (const { type, v, payload } of followUps) {
        const body: EventBody<string> = {
          id: clock.eventId(),
          caseId,
          type,
          v,
          occurredAt: now,
          payload: cleanText(payload),
        };
        const h = eventHashSync(digest, salt, body);
        append({ body, h, actor: SYSTEM, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, salt);
      }
    },
    mark: ({ kind, caseId, personId, note }) => {
      const id = clock.eventId();
      const h = toHex(
        digest(utf8.encode(canonical({ id, kind, caseId, personId, note }))),
      ) as Sha256;
      const row: MarkRow = {
        kind,
        ...place(id, h),
        id,
        h,
        caseId,
        personId,
        note,
        receivedAt: now,
      };
      log.push(row);
      return row;
    },
    take: () => {
      const changed = [...dirty].flatMap((caseId) => records.get(caseId) ?? []);
      const agents = changed.flatMap(({ caseId, file: one }) =>
        judge.agents(one).map((personId) => ({ personId, caseId })),
      );
      const batch = { log, cases: changed, agents };
      log = [];
      dirty = new Set();
      return batch;
    },
  };
}
