/** Nodes of one county on one PostgreSQL, and tablets that talk to any of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';

export type Exchanged = Extract<ExchangeReply, { kind: 'exchange' }>;

const VILLAGE = '230278200201';
const AT = '2026-06-08T02:00:00Z';
/** 22 characters that are an id. */
export const id = (name: string): string => name.padEnd(22, '_').slice(0, 22);

/** A folder of its own that is removed by `close`. */
export interface Node {
  readonly dataDir: string;
  readonly county: Container;
  close(): Promise<void>;
}

/** Opens a county in a folder (its own when none is given) on the database; throws when refused. */
export async function openNode(databaseUrl: string, dataDir?: string): Promise<Node> {
  const dir = dataDir ?? mkdtempSync(path.join(tmpdir(), 'daiban-node-'));
  const env = readEnv({ DATA_DIR: dir, DATABASE_URL: databaseUrl });
  if (!env.ok) throw new Error(env.error.join());
  const county = await openContainer(env.value);
  return {
    dataDir: dir,
    county,
    close: async () => {
      await county.close();
      if (dataDir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const agent = (personId: string): Subject =>
  ({
    personId,
    name: personId,
    grants: [
      { role: 'A', areaCode: VILLAGE, unitId: null, from: '2026-01-01T00:00:00Z', to: null },
    ],
  }) as unknown as Subject;

/** A tablet that keeps what it has not been answered for and its place in the feed. */
export class Tablet {
  readonly name: string;
  readonly person: Subject;
  /** Ids of everything ever saved here. */
  readonly saved: string[] = [];
  readonly pulled = new Map<string, number>();
  unsent: ExchangeRequest['events'] = [];
  cursor: Exchanged['feed']['cursor'] | null = null;
  #cases: ExchangeRequest['cases'] = [];
  #ds = 0;

  constructor(name: string) {
    this.name = name;
    this.person = agent(name);
  }

  /** Saves `count` drafts, each a case of its own. */
  save(count: number): void {
    for (let n = 0; n < count; n += 1) {
      this.#ds += 1;
      const name = `${this.name}.${this.#ds}`.replaceAll('.', '-');
      const p = {
        ...{ areaCode: VILLAGE, channel: 'DL', xfDate: '2026-06-08', declaredBy: 'A' },
        ...{ temporaryNo: `临-${VILLAGE}-A01-A-0001`, form: { id: 'intake', version: 1 } },
      };
      const c = this.unsent.length;
      this.#cases = [...this.#cases, { id: id(`c-${name}`), salt: id(`s-${name}`) }];
      this.saved.push(id(`e-${name}`));
      const event = { c, ds: this.#ds, id: id(`e-${name}`), t: 'case.drafted', v: 1, at: AT, p };
      this.unsent = [...this.unsent, event];
    }
  }

  request(): ExchangeRequest {
    return {
      ...{ proto: 1, build: 't', schema: 1, dv: id(`dv-${this.name}`), dsHi: this.#ds },
      ...{ now: new Date().toISOString(), cursor: this.cursor, wit: null, wits: [], hist: [] },
      ...{ cases: this.#cases, events: this.unsent, media: [], feedBytesMax: 1_000_000 },
    };
  }

  /** Offers everything unsent to a node; what comes back is taken unless the answer gets lost. */
  async offer(node: Container, how: { answerLost?: boolean } = {}): Promise<Exchanged> {
    const done = await exchange(node.sync, this.person, this.request());
    if (!done.ok) throw new Error(done.error);
    const { reply } = done.value;
    if (reply.kind !== 'exchange') throw new Error(`histories part: ${JSON.stringify(reply)}`);
    if (how.answerLost === true) return reply;
    const bad = reply.results.filter(({ s }) => s !== 'stored' && s !== 'dup');
    if (bad.length > 0) throw new Error(JSON.stringify(bad));
    for (const row of reply.feed.rows)
      if (row.k === 'event') this.pulled.set(row.event.id, row.event.seq);
    for (const result of reply.results)
      if (result.s === 'stored' || result.s === 'dup') this.pulled.set(result.id, result.seq);
    this.unsent = [];
    this.#cases = [];
    this.cursor = reply.feed.cursor;
    return reply;
  }
}

/** The log as a stranger reads it: ids in order, with their positions and running tags. */
export async function logOf({ db, county }: Container) {
  return db
    .selectFrom('log')
    .select(['seq', 'tag', 'id', 'h', 'kind', 'received_at'])
    .where('county', '=', county)
    .orderBy('seq')
    .execute();
}
