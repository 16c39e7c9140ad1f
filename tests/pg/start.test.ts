import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { openRoom } from '../../src/lib/server/room.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { whyNotDurable, type SessionFacts } from '../../src/lib/server/store/postgres-guard.ts';
import { newEpochId } from '../../src/lib/server/store/open-county.ts';
import { startPostgres, type Postgres } from '../postgres.ts';
import { openNode, Tablet } from './county.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-pg-start-'));
let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

async function ask<T>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows as T[];
}
const refusal = (url: string, dataDir?: string): Promise<string> =>
  openNode(url, dataDir).then(
    async (node) => {
      await node.close();
      return 'opened';
    },
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'odd'),
  );

describe('PostgreSQL at the start', { timeout: 60_000 }, () => {
  it.each([['fsync'], ['synchronous_commit'], ['full_page_writes']])(
    '[PG1] a server with %s=off is refused with what to write where',
    async (name) => {
      const url = await postgres.createDatabase();
      await postgres.restart({ [name]: 'off' });
      const said = await refusal(url);
      await postgres.restart({});
      expect(said).toMatch(/^StartRefused: PostgreSQL runs with/);
      expect(said).toContain(`Set ${name}=on`);
      expect(await refusal(url)).toBe('opened');
    },
  );

  it('[PG1] so is synchronous_commit=off of the role or of the database alone', async () => {
    const url = await postgres.createDatabase();
    const name = new URL(url).pathname.slice(1);
    await ask(url, `alter database ${name} set synchronous_commit = off`);
    expect(await refusal(url)).toContain('Set synchronous_commit=on');
    await ask(url, `alter database ${name} reset synchronous_commit`);
    await ask(url, 'alter role daiban set synchronous_commit = off');
    expect(await refusal(url)).toContain('the role and the database');
    await ask(url, 'alter role daiban reset synchronous_commit');
    const { county, close } = await openNode(url);
    // Switched off while the county runs: its sessions keep what they began with.
    await ask(url, `alter database ${name} set synchronous_commit = off`);
    await postgres.restart();
    const session = await sql<Record<string, string>>`select
      current_setting('synchronous_commit') as commit, current_setting('lock_timeout') as lock,
      current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(county.db);
    expect(session.rows).toEqual([{ commit: 'on', lock: '15s', statement: '1min', idle: '30s' }]);
    await close();
  });

  it('[PG1] an old server, a standby and a database without UTF-8 are refused', async () => {
    const good: SessionFacts = {
      ...{ version: 150_018, encoding: 'UTF8', fsync: 'on', full_page_writes: 'on' },
      ...{ synchronous_commit: 'on', standby: false },
    };
    expect(whyNotDurable(good)).toBeNull();
    expect(whyNotDurable({ ...good, synchronous_commit: 'remote_apply' })).toBeNull();
    expect(whyNotDurable({ ...good, version: 140_022 })).toContain('Use 15 or newer');
    expect(whyNotDurable({ ...good, standby: true })).toContain('Name the primary');
    await ask(
      postgres.url,
      "create database latin encoding 'LATIN1' locale_provider 'libc' locale 'C' template template0",
    );
    const url = new URL(postgres.url);
    url.pathname = '/latin';
    expect(await refusal(url.href)).toContain('createdb --encoding=UTF8');
  });

  it('[PG1] a server that does not answer is told in one sentence without the password', async () => {
    const url = new URL(postgres.url);
    url.password = 'wrong-secret';
    const said = await refusal(url.href);
    expect(said).toContain('PostgreSQL does not answer');
    expect(said).not.toContain('wrong-secret');
    url.port = '1';
    expect(await refusal(url.href)).toContain('ECONNREFUSED');
  });
});

describe('tables', { timeout: 60_000 }, () => {
  it('[PG8] many nodes start at once on an empty database; an older program keeps out', async () => {
    const url = await postgres.createDatabase();
    const nodes = await Promise.all([1, 2, 3, 4].map(() => openNode(url)));
    await Promise.all(nodes.map(({ county }) => openRoom(county)));
    const epochs = await ask(url, 'select id from epochs');
    expect(epochs).toHaveLength(1);
    await Promise.all(nodes.map((node) => node.close()));
    await ask(url, "insert into county_migration values ('9999-later', '2030-01-01')");
    const said = await refusal(url);
    expect(said).toMatch(/^StartRefused: .*newer shape/);
  });

  it('[PG8] a setting that two nodes write at once is kept twice, in some order', async () => {
    const url = await postgres.createDatabase();
    const nodes = await Promise.all([1, 2].map(() => openNode(url)));
    const by = { personId: 'p' as PersonId, at: '2026-06-08T00:00:00Z' as Instant };
    const values = Array.from({ length: 12 }, (_, n) => n);
    await Promise.all(
      values.map(async (value) => {
        const { db, county } = (nodes[value % 2] ?? nodes[0])?.county ?? {};
        if (db === undefined || county === undefined) throw new Error('a node');
        const settings = { db: db as unknown as Kysely<CountyTables>, county };
        for (let done = false; !done;)
          done = await keep(settings, { name: 'odd', value }, by).then(
            () => true,
            () => false,
          );
      }),
    );
    const rows = await ask<{ n: number; value: string }>(
      url,
      "select n, value from county_setting where name = 'odd' order by n",
    );
    expect(rows.map(({ n }) => n)).toEqual(values.map((n) => n + 1));
    expect(rows.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(values);
    await Promise.all(nodes.map((node) => node.close()));
  });
});

describe('a PostgreSQL that went backwards', { timeout: 60_000 }, () => {
  it('[PG2] an older copy of the database is refused until a new epoch is begun', async () => {
    const url = await postgres.createDatabase();
    const dataDir = path.join(root, 'older');
    const tablet = new Tablet('old');
    const first = await openNode(url, dataDir);
    tablet.save(3);
    await tablet.offer(first.county);
    await first.close();
    const name = new URL(url).pathname.slice(1);
    await ask(postgres.url, `create database copied template ${name}`);
    const second = await openNode(url, dataDir);
    tablet.save(2);
    const { head } = await tablet.offer(second.county);
    await second.close();
    const copied = new URL(url);
    copied.pathname = '/copied';
    const said = await refusal(copied.href, dataDir);
    expect(said).toContain(`but ${head} was already promised`);
    expect(said).toContain('npm run restore -- --announce');
  });

  it('[PG2] a changed timeline or another server is refused until a new epoch is begun', async () => {
    const url = await postgres.createDatabase();
    const dataDir = path.join(root, 'timeline');
    const tablet = new Tablet('line');
    const first = await openNode(url, dataDir);
    tablet.save(1);
    await tablet.offer(first.county);
    await first.close();
    expect(await refusal(url, dataDir)).toBe('opened');
    // What a restore to a point in time and a promotion do: the log goes on under a new timeline.
    writeFileSync(path.join(postgres.dataDir, 'recovery.signal'), '');
    await postgres.restart({ restore_command: 'false' });
    while ((await ask<{ on: boolean }>(url, 'select pg_is_in_recovery() as on'))[0]?.on)
      await sleep(50);
    const said = await refusal(url, dataDir);
    expect(said).toContain('went from timeline 00000001 to 00000002');
    expect(said).toContain('npm run restore -- --announce');

    // Elsewhere nothing was promised; there the new history is begun, as the command does it.
    const elsewhere = await openNode(url);
    const { store, county } = elsewhere.county;
    await store.transact(county, async (tx) => {
      const { seq } = await tx.head();
      const at = new Date().toISOString() as Instant;
      await tx.write({ epochs: [{ id: newEpochId(), baseSeq: seq, reason: 'announced', at }] });
    });
    await elsewhere.close();
    expect(await refusal(url, dataDir)).toBe('opened');

    const other = await startPostgres();
    const [dumped] = await ask<{ n: string }>(url, 'select count(*) as n from log');
    const there = await other.createDatabase();
    await copyDatabase(url, there);
    expect(await ask(there, 'select count(*) as n from log')).toEqual([dumped]);
    expect(await refusal(there, dataDir)).toContain('another PostgreSQL');
    await other.stop();
  });
});

/** By the tools of PostgreSQL, as an administrator would. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  const dump = execFileSync(path.join(postgres.binDir, 'pg_dump'), ['-d', from, '-Fc']);
  const restore = path.join(postgres.binDir, 'pg_restore');
  execFileSync(restore, ['-d', to, '--no-owner'], { input: dump });
}
