import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { readSession } from '../../src/lib/server/auth/session.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { readyEndpoint } from '../../src/lib/server/health.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { FREE_BYTES_MIN } from '../../src/lib/server/sync/limits.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty({ sqlite: true });
}, 300_000);
afterAll(() => county.close());

const FILLERS_MAX = 100_000;
const db = () => county.room.container.db;
const enter = () => {
  const { auth } = county.room;
  const who = { userName: 'wangchunsheng', passphrase: 'beihe-wangchunsheng', address: '10.0.0.1' };
  return signIn({ auth, limiter: createRateLimiter(() => 0) }, who, new Headers());
};

/** The database may not grow, and the pages of these tables have no room left. */
async function fill(): Promise<void> {
  const pages = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db());
  const limit = sql.raw(String(pages.rows[0]?.page_count));
  await sql`PRAGMA max_page_count = ${limit}`.execute(db());
  await sql`CREATE TEMP TABLE one_session AS SELECT * FROM session LIMIT 1`.execute(db());
  for (let n = 0; n < FILLERS_MAX; n++) {
    await sql`UPDATE one_session SET id = ${`f${n}`}, token = ${`f${n}`}`.execute(db());
    try {
      await sql`INSERT INTO session SELECT * FROM one_session`.execute(db());
    } catch {
      return;
    }
  }
  throw new Error('the disk never got full');
}

describe('a full disk', () => {
  it('[OP7] says so at sign-in, not that the passphrase is wrong; who is in stays in', async () => {
    const before = await enter();
    if (before.kind !== 'in') throw new Error(before.kind);
    const cookie = before.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; ');
    await fill();
    expect(await enter()).toEqual({ kind: 'full' });
    const later = new Date(Date.now() + 120_000).toISOString();
    const found = await readSession(
      {
        auth: county.room.auth,
        db: county.room.accounts.db,
        now: () => later as ReturnType<typeof county.room.accounts.now>,
      },
      new Headers({ cookie }),
    );
    expect(found).toMatchObject({ account: { userName: 'wangchunsheng' } });
    const dv = 'd'.repeat(22);
    const body = JSON.stringify({ dv, build: 'b'.repeat(3_000) });
    const request = new Request('http://county/x', { method: 'POST', body });
    const answer = await enrolEndpoint(
      county.room.container,
      await county.person('wangchunsheng'),
      request,
    );
    expect([answer.status, await answer.json()]).toMatchObject([507, { error: 'STORAGE_FULL' }]);
    await sql`PRAGMA max_page_count = 1000000`.execute(db());
    expect((await enter()).kind).toBe('in');
  });

  it('[OP7] /readyz says that it is not ready before the disk is full', async () => {
    const ready = async (free: number) => {
      const answer = await readyEndpoint(
        () => Promise.resolve(county.room.container),
        () => Promise.resolve(free),
      );
      return [answer.status, await answer.json()];
    };
    expect(await ready(FREE_BYTES_MIN)).toMatchObject([200, { ready: true }]);
    expect(await ready(FREE_BYTES_MIN - 1)).toEqual([503, { ready: false, why: 'disk' }]);
    const asMeasured = await readyEndpoint(() => Promise.resolve(county.room.container));
    expect(asMeasured.status).toBe(200);
  });
});
