/**
 * cursor: eight writers in several processes commit as fast as they can, while
 * one reader pulls page after page with the cursor of PS/1. It must see every event once.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Cursor } from '../../../src/lib/protocol/sync.ts';
import { PROTOCOL_VERSION } from '../../../src/lib/protocol/version.ts';
import { exchange } from '../../../src/lib/server/sync/exchange.ts';
import type { CountyTables } from '../../../src/lib/server/store/tables.ts';
import { browserClock } from '../../../src/lib/tablet/browser.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { openBareStore, patiently, READER_PERSON } from '../bare-store.ts';
import { density, eventsAbove } from '../oracle.ts';
import type { Place } from '../place.ts';

const WRITERS = 8;
/** A process for each: exchanges of one process share a commit, and here each shall have its own. */
const WRITER = path.join(import.meta.dirname, '..', 'cursor-writer.ts');
const PAGE_BYTES = 64 * 1024;

/** @returns how many commits it made */
function startWriters(
  env: NodeJS.ProcessEnv,
  of: { readonly name: string; readonly writers: number; readonly commits: number },
): Promise<number> {
  const args = [of.name, String(of.writers), String(of.commits)];
  const child = spawn(process.execPath, [WRITER, ...args], { env });
  const last = (): void => void child.kill('SIGKILL');
  process.once('exit', last);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (w) => (words += String(w)));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      process.off('exit', last);
      if (code === 0) resolve(Number(/done (\d+)/.exec(words)?.[1]));
      else reject(new Error(`${of.name} ended with ${code}: ${words.slice(-1_000)}`));
    });
  });
}

interface Reader {
  /** Ids of one more page; empty when there is none at this moment. */
  page(): Promise<readonly string[]>;
}

type Bare = Awaited<ReturnType<typeof openBareStore>>;

function honestReader({ deps }: Bare): Reader {
  const dv = browserClock.deviceId();
  let cursor: Cursor | null = null;
  return {
    page: async () => {
      const request = {
        ...{ proto: PROTOCOL_VERSION, build: 'cursor', schema: 1, dv, dsHi: 0 },
        ...{ now: browserClock.now(), cursor, wit: null, wits: [], hist: [], cases: [] },
        ...{ events: [], media: [], feedBytesMax: PAGE_BYTES },
      };
      const done = await patiently(() => exchange(deps, READER_PERSON, request));
      if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no feed');
      const { feed } = done.value.reply;
      cursor = feed.cursor;
      return feed.rows.flatMap((row) =>
        row.k === 'event' ? [row.event.id] : row.k === 'enter' ? row.events.map((e) => e.id) : [],
      );
    },
  };
}

/** The planted fault: "everything received since I last asked". */
function naiveReader(db: Kysely<CountyTables>): Reader {
  let since = '';
  return {
    page: async () => {
      const asked = browserClock.now();
      const rows = await db
        .selectFrom('log')
        .select('id')
        .where('kind', '=', 'event')
        .where('received_at', '>', since)
        .orderBy('seq')
        .execute();
      since = asked;
      return rows.map(({ id }) => id);
    },
  };
}

async function readAll(reader: Reader, seen: Map<string, number>): Promise<number> {
  let pages = 0;
  for (;;) {
    const ids = await reader.page();
    pages++;
    for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1);
    if (ids.length === 0) return pages;
  }
}

/** An empty database: nothing but what the writers write is in the log. */
const environment = ({ databaseUrl, dataDir }: Place): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{ NODE_ENV: 'demo', NODE_NO_WARNINGS: '1', DATA_DIR: dataDir },
  ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
});

async function attack({ length, plant, emptyPlace, say }: AttackOptions) {
  const place = await emptyPlace();
  const env = environment(place);
  const bare = await openBareStore(env);
  const commits = by(length, { quick: 400, normal: 4_000, full: 100_000 });
  const reader = plant ? naiveReader(bare.db) : honestReader(bare);
  const seen = new Map<string, number>();
  let writing = true;
  const started = performance.now();
  const each = { writers: 1, commits: Math.ceil(commits / WRITERS) };
  const writers = Promise.all(
    Array.from({ length: WRITERS }, (_, n) => startWriters(env, { name: `w${n}`, ...each })),
  ).finally(() => (writing = false));
  let pages = 0;
  while (writing) {
    pages += await readAll(reader, seen);
    await new Promise((done) => setTimeout(done, 1));
  }
  const made = (await writers).reduce((a, b) => a + b, 0);
  const seconds = (performance.now() - started) / 1000;
  pages += await readAll(reader, seen);
  await bare.store.close();
  const stored = await eventsAbove(place);
  const { top, n } = await density(place);
  say(`cursor: ${made} commits in ${Math.round(seconds)} s, ${pages} pages read meanwhile`);
  return {
    ...{ attempts: made, minimum: commits },
    lost: stored.filter(({ id }) => !seen.has(id)).length,
    doubled: [...seen.values()].filter((times) => times > 1).length,
    altered: [...seen.keys()].length > stored.length ? 1 : 0,
    zeros: { holes: top - n },
    seen: {
      ...{ writers: WRITERS, events: stored.length, pages },
      commitsPerSecond: Math.round(made / seconds),
    },
  };
}

/** One reader beside eight writers. */
export const cursor: Attack = attack;
