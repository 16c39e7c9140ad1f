/**
 * The feed half of the exchange: what this person may see and does not have yet, in the order of
 * the county log.
 *
 * A row counts as scanned also when it is left out, because its event stands in this very answer's
 * results or its interval has been replaced by a later one; the cursor never stalls on it.
 */
import { withoutIdNo } from '../../domain/masking.ts';
import { assert, type CaseId, type EventId, type PersonId } from '../../domain/values.ts';
import type { AccessRow, Answered, CaseRecord, CountyTx } from '../../ports/county-store.ts';
import type { EventRow, LogRow, MarkRow } from '../../ports/event-store.ts';
import { GENESIS_TAG } from '../../protocol/hash.ts';
import type { Cursor, FeedEvent, FeedRow } from '../../protocol/sync.ts';
import { FEED_BYTES_MAX } from '../../protocol/version.ts';

/** Rows of one page, before the byte limit. */
const FEED_ROWS_MAX = 5_000;
/** No row is shorter: a page of few bytes is asked from few rows. */
const ROW_BYTES_LEAST = 200;
const FEED_ROWS_MIN = 16;
/** Least and most bytes of one page that a tablet may ask for. */
const PAGE_BYTES_MIN = 1_024;
const PAGE_BYTES_MAX = FEED_BYTES_MAX;

export interface FeedAsk {
  readonly personId: PersonId;
  readonly from: Cursor | null;
  readonly epoch: string;
  readonly bytesMax: number;
  /** Ids answered in the same message. */
  readonly answered: ReadonlySet<EventId>;
  /** Which of them the store may leave out by itself. */
  readonly but?: Answered;
  /** P3 is an agent's while the case is open: after that its identity numbers go to no tablet. */
  readonly readsP3: (record: CaseRecord) => boolean;
}

export interface FeedPage {
  readonly rows: FeedRow[];
  readonly cursor: Cursor;
  readonly more: boolean;
}

/** What stands on a tablet for what a villager told the county's caller: P4, of no agent's eyes. */
const CALL_WITHHELD = '县里回访过，内容留在县里';

/** The payload as a tablet may hold it. Its hash stays that of the whole. */
function shownPayload({ type, actor, payload }: EventRow, p3: boolean): unknown {
  const isOfficeCall = type === 'followup.recorded' && actor.code === 'O';
  if (isOfficeCall) return { ...(payload as object), result: CALL_WITHHELD };
  return p3 ? payload : withoutIdNo(payload);
}

function feedEvent(row: EventRow, p3: boolean): FeedEvent {
  // Only the sealed list sees such a case, and it has no tablets.
  assert(!row.locked, 'what cannot be read is never fed');
  return fedRow(row, p3);
}

const fedRow = (row: EventRow, p3: boolean): FeedEvent => ({
  seq: row.seq,
  tag: row.tag,
  id: row.id,
  caseId: row.caseId,
  t: row.type,
  v: row.v,
  at: row.occurredAt,
  p: shownPayload(row, p3),
  receivedAt: row.receivedAt,
  offset: row.offset,
  actor: row.actor,
  dv: row.dv,
  ds: row.ds,
});

/** The person's interval of the case, and the case when something of it is needed. */
interface Beside {
  readonly open: AccessRow | undefined;
  readonly record: CaseRecord | undefined;
  /** Without the record nobody looked for: the row has no identity number. */
  readonly p3: boolean;
}

/** The first event of a case that began visible brings the salt; otherwise `enter` did. */
function eventRow(row: EventRow, { open, record, p3 }: Beside): FeedRow {
  const event = feedEvent(row, p3);
  if (open?.fromSeq !== row.seq || record === undefined) return { k: 'event', event };
  return { k: 'event', event, salt: record.salt };
}

async function markRow(
  tx: CountyTx,
  row: MarkRow,
  { open, record, p3 }: Beside,
): Promise<FeedRow | null> {
  const { seq, caseId } = row;
  switch (row.kind) {
    case 'leave':
      return { k: 'leave', seq, caseId, reason: row.note };
    case 'adopted': {
      const id = row.note as EventId;
      const at = (await tx.known([id])).get(id);
      if (at?.at !== 'log') return null;
      return { k: 'adopted', seq: at.seq, tag: at.tag, id, at: at.receivedAt };
    }
    case 'enter': {
      // An interval that ended, or began anew later, shows nothing of its time.
      if (open?.fromSeq !== seq || record === undefined) return null;
      const events = (await tx.eventsOf(caseId, seq)).map((one) => feedEvent(one, p3));
      return { k: 'enter', seq, caseId, salt: record.salt, events };
    }
  }
}

const hasIdNo = ({ payload }: EventRow): boolean => withoutIdNo(payload) !== payload;

/** Intervals and records that the page needs beside its rows. */
async function beside(tx: CountyTx, personId: PersonId, rows: readonly LogRow[]) {
  const access = await tx.accessOf(personId, [...new Set(rows.map(({ caseId }) => caseId))]);
  const open = new Map<CaseId, AccessRow>();
  for (const row of access) if (row.toSeq === null) open.set(row.caseId, row);
  const needed = rows.filter(
    (row) => open.get(row.caseId)?.fromSeq === row.seq || (row.kind === 'event' && hasIdNo(row)),
  );
  const records = await tx.cases([...new Set(needed.map(({ caseId }) => caseId))]);
  return { open, records };
}

/** A tablet that only carries asks for no feed: the cursor stays where it was. */
const nothing = ({ from, epoch }: FeedAsk): FeedPage => ({
  rows: [],
  cursor: from ?? { epoch, seq: 0, tag: GENESIS_TAG },
  more: false,
});

/** One page after the cursor. */
export async function feedPage(tx: CountyTx, ask: FeedAsk): Promise<FeedPage> {
  const after = ask.from?.seq ?? 0;
  if (ask.bytesMax === 0) return nothing(ask);
  const { personId, but } = ask;
  const of = { personId, ...(but === undefined ? {} : { but }) };
  const budget = Math.min(PAGE_BYTES_MAX, Math.max(PAGE_BYTES_MIN, ask.bytesMax));
  const limit = Math.min(FEED_ROWS_MAX, FEED_ROWS_MIN + Math.ceil(budget / ROW_BYTES_LEAST));
  const { rows: scan, scanned } = await tx.feed({ ...of, after, limit });
  const { open, records } = await beside(tx, ask.personId, scan);
  const rows: FeedRow[] = [];
  let bytes = 0;
  let last = after;
  let cut = false;
  for (const row of scan) {
    const { seq, caseId } = row;
    const record = records.get(caseId);
    const p3 = record === undefined || ask.readsP3(record);
    const at = { open: open.get(caseId), record, p3 };
    const shown =
      row.kind !== 'event'
        ? await markRow(tx, row, at)
        : ask.answered.has(row.id)
          ? null
          : eventRow(row, at);
    if (shown !== null) {
      bytes += JSON.stringify(shown).length;
      // At least one row a page, or a large case would never arrive.
      if (bytes > budget && rows.length > 0) {
        cut = true;
        break;
      }
      rows.push(shown);
    }
    last = seq;
  }
  const seq = cut ? last : scanned;
  const head = await tx.head();
  const tag = seq === 0 ? GENESIS_TAG : ((await tx.tagsAt([seq])).get(seq) ?? '');
  return { rows, cursor: { epoch: ask.epoch, seq, tag }, more: seq < head.seq };
}
