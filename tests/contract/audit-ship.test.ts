import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaseId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import { shipAudit, SHIPPED } from '../../src/lib/server/evidence/ship.ts';
import { shipTarget } from '../../src/lib/server/evidence/ship-target.ts';
import { SHIP_EVERY_MS } from '../../src/lib/server/evidence/start.ts';
import { auditTag } from '../../src/lib/server/store/audit-chain.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';

const COUNTY = '230278000000';
const root = mkdtempSync(path.join(tmpdir(), 'daiban-ship-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

async function county(lines: number) {
  const dialect = sqliteDialect(openSqlite(path.join(root, `${(made += 1)}.sqlite`)));
  const db = new Kysely<CountyTables>({ dialect });
  await migrateForward(db);
  const store = sqlCountyStore(db, { lockHead: false });
  const write = (n: number) =>
    store.transact(COUNTY, (tx) =>
      tx.write({
        audit: [
          {
            ...{ at: '2026-06-08T02:00:00Z' as Instant, personId: 'wang' as PersonId, role: 'O1' },
            ...{ action: 'view.logged', caseId: 'case1' as CaseId, note: 'P3', why: `第${n}回` },
          },
        ],
      }),
    );
  for (let n = 1; n <= lines; n++) await write(n);
  return { db, write, deps: { db, county: COUNTY }, close: () => store.close() };
}

const linesIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string | number | null>);

/** Whether what arrived is a chain by itself: an auditor needs no database for it. */
function follows(lines: ReturnType<typeof linesIn>): boolean {
  let before = '';
  return lines.every((line) => {
    const text = (name: string) => String(line[name]);
    const row = {
      ...{ county: text('county'), n: Number(line.n), at: text('at'), person_id: text('person') },
      ...{ role: text('role'), action: text('action'), case_id: text('case') },
      ...{ note: text('note'), why: text('why') },
    };
    const good = auditTag(before, row) === line.tag;
    before = text('tag');
    return good;
  });
}

describe('the audit off the host', () => {
  it('[AU165] goes within a minute, line by line behind its cursor, and can be followed there', async () => {
    expect(SHIP_EVERY_MS).toBeLessThanOrEqual(30_000);
    const { db, write, deps, close } = await county(7);
    const target = shipTarget(`file:${root}/audit.jsonl`);
    if (target?.kind !== 'file') throw new Error('a file');
    expect(await shipAudit(deps, target)).toBe(7);
    expect(await shipAudit(deps, target)).toBe(0);
    await write(8);
    expect(await shipAudit(deps, target)).toBe(1);
    const lines = linesIn(readFileSync(target.file, 'utf8'));
    expect(lines.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(lines[0]).toMatchObject({ why: '第1回', person: 'wang', case: 'case1' });
    expect(follows(lines)).toBe(true);
    expect(follows(lines.filter(({ n }) => n !== 3))).toBe(false);
    const cursor = db.selectFrom('counters').select('value').where('name', '=', SHIPPED);
    expect(await cursor.executeTakeFirst()).toEqual({ value: 8 });
    await close();
  });

  it('[AU165] what the target does not take waits, and a folder that is not there is not made', async () => {
    const { deps, close } = await county(3);
    const away = shipTarget(`file:${root}/away/audit.jsonl`);
    if (away?.kind !== 'file') throw new Error('a file');
    await expect(shipAudit(deps, away)).rejects.toThrow('ENOENT');
    mkdirSync(path.dirname(away.file));
    writeFileSync(away.file, '');
    expect(await shipAudit(deps, away)).toBe(3);
    await close();
  });

  it('[AU165] a collector that fails gets the same lines again, more than a message holds too', async () => {
    const { deps, close } = await county(700);
    const bodies: string[] = [];
    let fail = true;
    const collector = createServer((request, answer) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push(body);
        answer.writeHead(fail ? 500 : 204).end();
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const target = shipTarget(`http://127.0.0.1:${port}/audit`);
    if (target === null) throw new Error('an address');
    await expect(shipAudit(deps, target)).rejects.toThrow('answered 500');
    fail = false;
    expect(await shipAudit(deps, target)).toBe(700);
    expect(bodies[1]).toBe(bodies[0]);
    expect(follows(linesIn(bodies.slice(1).join('')))).toBe(true);
    await new Promise((resolve) => collector.close(resolve));
    await close();
  });

  it('[AU166] only a whole path or an address with TLS is taken for the target', () => {
    for (const wrong of [
      '',
      'audit.jsonl',
      'file:audit.jsonl',
      'http://log.example.cn/',
      'ftp://x/',
    ])
      expect(shipTarget(wrong), wrong).toBeNull();
    expect(shipTarget('https://log.example.cn/a')).toMatchObject({ kind: 'http' });
    expect(shipTarget('file:///mnt/log/a')).toEqual({ kind: 'file', file: '/mnt/log/a' });
  });
});
