/**
 * What stands at the county, read from outside the code: plain SQL over the log, and the ledger as
 * a registrar exports it from the real server. Neither knows how an event got there.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { CountyProcess, freePort } from '../../scripts/intake/county-process.ts';
import { countyExport } from '../../scripts/intake/county-export.ts';
import type { Exported } from '../../scripts/intake/verdict.ts';
import { markerIn, type Marked } from './markers.ts';
import type { Place } from './place.ts';

interface Row {
  readonly id: string;
  readonly seq: number;
  readonly body: string;
}

/** Runs one SQL text on the county's database, whichever it is. */
async function query(place: Place, sql: string): Promise<Record<string, unknown>[]> {
  if (place.databaseUrl === null) {
    const db = new DatabaseSync(path.join(place.dataDir, 'daiban.sqlite'));
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  }
  const client = new Client({ connectionString: place.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Events of the log above a position. */
export async function eventsAbove(place: Place, seq = 0): Promise<readonly Row[]> {
  const sql = `SELECT id, seq, body FROM log WHERE kind = 'event' AND seq > ${seq} ORDER BY seq`;
  const rows = await query(place, sql);
  return rows.map((r) => ({ id: String(r['id']), seq: Number(r['seq']), body: String(r['body']) }));
}

/** Rows below the top that are read again: acks of them may still have been under way. */
const BEHIND = 2_000;

/** What was acked stands on the disk: asked right after a kill, before anybody can heal anything. */
export class DiskWatch {
  lost = 0;
  private top = 0;
  private readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  /** @param acked ids that tablets were told are stored, since the last look */
  async look(acked: readonly string[]): Promise<void> {
    const rows = await eventsAbove(this.place, this.top);
    const stored = new Set(rows.map(({ id }) => id));
    this.lost += acked.filter((id) => !stored.has(id)).length;
    this.top = Math.max(this.top, (rows.at(-1)?.seq ?? 0) - BEHIND);
  }
}

/** Highest position and how many rows: equal when the log has no hole. */
export async function density(place: Place): Promise<{ readonly top: number; readonly n: number }> {
  const [row] = await query(place, 'SELECT MAX(seq) AS top, COUNT(*) AS n FROM log');
  return { top: Number(row?.['top'] ?? 0), n: Number(row?.['n'] ?? 0) };
}

/** Texts of an event that carry a marker. Only verbatim words count, not what was made of them. */
function markedTexts(body: string): string[] {
  // A sealed case lies in the log as ciphertext; a promised text that came to lie so counts as lost.
  if (!body.startsWith('{')) return [];
  const { verbatim, text } = JSON.parse(body) as { verbatim?: unknown; text?: unknown };
  return [verbatim, text].filter((t): t is string => typeof t === 'string' && markerIn(t) !== null);
}

export interface Findings {
  readonly lost: number;
  readonly doubled: number;
  readonly altered: number;
}

const sameCodePoints = (a: string, b: string): boolean => {
  const [left, right] = [Array.from(a), Array.from(b)];
  return left.length === right.length && left.every((c, i) => c === right[i]);
};

/** Every promised text exactly once, with the same code points; nothing marked beside them. */
export function compare(
  promised: readonly Marked[],
  found: readonly (readonly [marker: string, text: string])[],
): Findings {
  const byMarker = Map.groupBy(found, ([marker]) => marker);
  let [lost, doubled, altered] = [0, 0, 0];
  for (const { marker, text } of promised) {
    const here = byMarker.get(marker) ?? [];
    if (here.length === 0) lost++;
    else if (!here.every(([, there]) => sameCodePoints(there, text))) altered++;
    if (here.length > 1) doubled++;
  }
  const known = new Set(promised.map(({ marker }) => marker));
  return { lost, doubled: doubled + found.filter(([m]) => !known.has(m)).length, altered };
}

const withMarker = (text: string): (readonly [string, string])[] => {
  const marker = markerIn(text);
  return marker === null ? [] : [[marker, text]];
};

/** The log's view of what was promised. */
export async function judgeLog(place: Place, promised: readonly Marked[]): Promise<Findings> {
  const rows = await eventsAbove(place);
  return compare(
    promised,
    rows.flatMap(({ body }) => markedTexts(body).flatMap(withMarker)),
  );
}

/** The ledger's view: the real server on this place, a registrar, CSV over HTTP. */
export async function judgeExport(place: Place, promised: readonly Marked[]): Promise<Findings> {
  const cases = promised.filter(({ temporaryNumber }) => temporaryNumber !== null);
  const rows = await exported(place);
  const number = new Map(rows.flatMap((r) => withMarker(r.words).map(([m]) => [m, r] as const)));
  const findings = compare(
    cases,
    rows.flatMap(({ words }) => withMarker(words)),
  );
  const misnamed = cases.filter(({ marker, temporaryNumber }) => {
    const row = number.get(marker);
    return row !== undefined && row.temporaryNumber !== temporaryNumber;
  });
  return { ...findings, altered: findings.altered + misnamed.length };
}

async function exported(place: Place): Promise<readonly Exported[]> {
  const { dataDir, databaseUrl } = place;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env: Record<string, string> = databaseUrl === null ? {} : { DATABASE_URL: databaseUrl };
  const county = new CountyProcess({ dataDir, port, origin, env });
  try {
    await county.start();
    const [registrar] = county.accounts('registrar');
    return await countyExport(origin, `http://127.0.0.1:${port}`, registrar);
  } finally {
    await county.kill();
  }
}

/** Both views together; a fault in either counts. The county must be stopped. */
export async function judge(
  place: Place,
  promised: readonly Marked[],
): Promise<Findings & { readonly exported: number }> {
  const log = await judgeLog(place, promised);
  const ledger = await judgeExport(place, promised);
  return {
    lost: Math.max(log.lost, ledger.lost),
    doubled: Math.max(log.doubled, ledger.doubled),
    altered: Math.max(log.altered, ledger.altered),
    exported: promised.filter(({ temporaryNumber }) => temporaryNumber !== null).length,
  };
}
