/**
 * Request and answer of version 2 as tables. What the other end knows already is left out:
 *
 *     request   [head] · cases · events · sealed slips and rows, where there are some
 *     answer    [head] · runs of results · rows of the feed · events of entered cases
 *
 * Results stand in the order of the request's events, so they need no ids; of the tags of one
 * answer only the highest is a witness and only it travels (the others read as ''). The page of the
 * feed answers the request's own cursor.
 */
import type { ExchangeReply, ExchangeRequest, FeedEvent, FeedRow, PushResult } from '../sync.ts';
import { isId } from '../ids.ts';
import type { Tables } from './pack.ts';

type Exchange = Extract<ExchangeReply, { kind: 'exchange' }>;
type Pair = readonly [number, string];
interface Place {
  readonly seq: number;
  readonly tag: string;
}
type Members = Readonly<Record<string, unknown>>;

/** A copy without one member. */
function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const copy = { ...value };
  delete copy[key];
  return copy;
}

const place = ([seq, tag]: Pair): Place => ({ seq, tag });
const pair = ({ seq, tag }: Place): [number, string] => [seq, tag];

/** Tables of a request. */
export function requestTables(request: ExchangeRequest): Tables {
  const { cases, events, wit, wits, hist, sealed, ...more } = request;
  const head = without(more, 'proto');
  const places = { wit: wit && place(wit), wits: wits.map(place), hist: hist.map(place) };
  const tables = [[{ ...head, ...places }], cases, events];
  return sealed ? [...tables, [...sealed.slips, ...sealed.rows]] : tables;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlace = (value: unknown): value is Place => isMembers(value) && 'seq' in value;
const pairs = (value: unknown): unknown =>
  Array.isArray(value) && value.every(isPlace) ? value.map(pair) : value;

/** Ids that an answer may name by their place in its request. */
export const knownIds = ({
  cases,
  events,
}: Pick<ExchangeRequest, 'cases' | 'events'>): string[] => [
  ...new Set([...cases, ...events].map(({ id }) => id).filter(isId)),
];

/** What the schema of the request is then asked of; null when the tables are not a request's. */
export function requestOf(tables: Tables): unknown {
  const [heads, cases, events, ...more] = tables;
  const head = heads?.[0];
  if (heads?.length !== 1 || !isMembers(head)) return null;
  const [carried = [], ...unknown] = more;
  if (unknown.some(({ length }) => length > 0)) return null;
  const { wit, wits, hist } = head;
  const places = { wit: isPlace(wit) ? pair(wit) : wit, wits: pairs(wits), hist: pairs(hist) };
  const asked = { proto: 2, ...head, ...places, cases: cases ?? [], events: events ?? [] };
  return carried.length > 0 ? { ...asked, sealed: sealedOf(carried) } : asked;
}

const isRow = (record: unknown): boolean => isMembers(record) && 'copy' in record;

/** Slips and rows of the fourth table: a row has a copy. */
const sealedOf = (records: readonly unknown[]): unknown => ({
  slips: records.filter((record) => !isRow(record)),
  rows: records.filter(isRow),
});

/** Equal results side by side: one line. */
interface Run {
  readonly s: PushResult['s'];
  readonly n?: number;
  readonly seq?: number;
  readonly at?: string;
  readonly rule?: string;
  readonly code?: string;
  readonly need?: number;
}

function runsOf(results: readonly PushResult[]): Run[] {
  const runs: { -readonly [K in keyof Run]: Run[K] }[] = [];
  for (const result of results) {
    const last = runs.at(-1);
    if (result.s === 'stored' || result.s === 'dup') {
      const { s, seq, at } = result;
      const rule = result.s === 'stored' ? result.rule : undefined;
      const n = last?.n ?? 0;
      const follows = last?.s === s && last.at === at && last.rule === rule && last.seq === seq - n;
      if (follows) last.n = n + 1;
      else runs.push({ s, n: 1, seq, at, ...(rule === undefined ? {} : { rule }) });
    } else {
      runs.push(without(result, 'id'));
    }
  }
  return runs;
}

function resultsOf(runs: readonly Run[], ids: readonly string[]): unknown[] {
  const results: unknown[] = [];
  const next = () => ({ id: ids[results.length] });
  for (const { n = 1, seq = 0, ...run } of runs) {
    const placed = run.s === 'stored' || run.s === 'dup';
    for (let i = 0; i < n && results.length < ids.length; i++)
      results.push({ ...run, ...next(), ...(placed ? { seq: seq + i, tag: '' } : {}) });
  }
  return results;
}

/** The highest place of the results: the one whose tag is a witness. */
function topOf(results: readonly PushResult[]): Place | null {
  let top: Place | null = null;
  for (const r of results)
    if ((r.s === 'stored' || r.s === 'dup') && (top === null || r.seq > top.seq))
      top = { seq: r.seq, tag: r.tag };
  return top;
}

/** What the county records itself happens when it is received. */
const untagged = (event: FeedEvent): Members => {
  const bare = without(event, 'tag');
  return event.at === event.receivedAt ? without(bare, 'at') : bare;
};

function rowOf(row: FeedRow): Members {
  if (row.k === 'event') return { ...row, event: untagged(row.event) };
  if (row.k === 'enter') return { ...row, events: row.events.length };
  return row.k === 'leave' ? row : without(row, 'tag');
}

/** Tables of an answer. */
export function replyTables(reply: ExchangeReply): Tables {
  if (reply.kind === 'epoch') return [[reply]];
  const { results, feed, ...head } = reply;
  const { seq, tag } = feed.cursor;
  const cursor = seq === reply.head && tag === reply.headTag ? { seq } : { seq, tag };
  const entered = feed.rows.flatMap((row) => (row.k === 'enter' ? row.events : []));
  return [
    [{ ...head, top: topOf(results), cursor, more: feed.more }],
    runsOf(results),
    feed.rows.map(rowOf),
    entered.map(untagged),
  ];
}

const tagged = (event: unknown): unknown =>
  isMembers(event) ? { at: event.receivedAt, ...event, tag: '' } : event;

function feedRows(rows: readonly unknown[], entered: readonly unknown[]): unknown[] {
  let at = 0;
  return rows.map((row) => {
    if (!isMembers(row)) return row;
    if (row.k === 'event') return { ...row, event: tagged(row.event) };
    if (row.k === 'adopted') return { ...row, tag: '' };
    if (row.k !== 'enter') return row;
    const count = Number(row.events);
    const events = entered.slice(at, at + count).map(tagged);
    at += count;
    return { ...row, events: events.length === count ? events : null };
  });
}

/** What the schema of the answer is then asked of; null when the tables are not an answer's. */
export function replyOf(tables: Tables, request: ExchangeRequest): unknown {
  const [heads, runs = [], rows = [], entered = []] = tables;
  const head = heads?.[0];
  if (heads?.length !== 1 || !isMembers(head)) return null;
  if (head.kind === 'epoch') return head;
  const { top, cursor, more, ...rest } = head;
  if (!isPlace(cursor) || !runs.every(isMembers)) return null;
  const ids = request.events.map(({ id }) => id);
  const results = resultsOf(runs as unknown as Run[], ids) as Exchange['results'];
  if (isPlace(top)) for (const r of results) if ('seq' in r && r.seq === top.seq) r.tag = top.tag;
  const { seq, tag = head.headTag } = cursor as { seq: number; tag?: unknown };
  const feed = {
    ...{ from: request.cursor, rows: feedRows(rows, entered) },
    ...{ cursor: { epoch: head.epoch, seq, tag }, more },
  };
  return { ...rest, results, feed };
}
