import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { mediaFromTable } from '../../src/lib/server/store/rows.ts';
import * as first from '../../src/lib/server/store/migrations/0001-county.ts';
import * as bySender from '../../src/lib/server/store/migrations/0003-media-by-sender.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-migrate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('media rows of the first shape are kept when the table gets its new key', async () => {
  const raw = openSqlite(path.join(root, 'county.sqlite'));
  const db = new Kysely<CountyTables>({ dialect: sqliteDialect(raw) });
  const bare = db as unknown as Kysely<unknown>;
  await first.up(bare);
  const row = {
    ...{ county: '230278', sha: 'f'.repeat(64), bytes: 70_000, mime: 'image/jpeg' },
    ...{ case_id: 'c', person_id: 'wang', state: 'complete' as const, refused: '' },
    ...{ announced_at: '2026-06-08T02:00:00Z', complete_at: '2026-06-08T02:00:05Z' },
  };
  await db.insertInto('media_files').values(row).execute();
  await bySender.up(bare);
  await db
    .insertInto('media_files')
    .values({ ...row, person_id: 'zhao', state: 'wanted', complete_at: null })
    .execute();
  const rows = await db.selectFrom('media_files').selectAll().orderBy('person_id').execute();
  expect(rows[0]).toEqual(row);
  expect(rows.map(mediaFromTable).map(({ state }) => state)).toEqual(['complete', 'wanted']);
  await db.destroy();
});
