import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSession } from '../../src/lib/server/auth/session.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { demoPeople } from '../../src/lib/server/demo/people.ts';
import { seedDemo } from '../../src/lib/server/demo/seed.ts';
import { seenCases } from '../../src/lib/server/desk/see.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { readyEndpoint } from '../../src/lib/server/health.ts';
import { awayAnswer, isAway, STORE_AWAY } from '../../src/lib/server/outage.ts';
import { openRoom, type Room } from '../../src/lib/server/room.ts';
import { shellWords } from '../../src/lib/ui/messages/shell.ts';
import { startPostgres, type Postgres } from '../postgres.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-outage-'));
let postgres: Postgres;
let container: Container;
let room: Room;
beforeAll(async () => {
  postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  await seedDemo({ dataDir, databaseUrl });
  const env = readEnv({
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    DAIBAN_DEMO: '1',
    ENROLMENT_CODES: '0',
  });
  if (!env.ok) throw new Error(env.error.join());
  container = await openContainer(env.value);
  room = await openRoom(container);
}, 300_000);
afterAll(async () => {
  await container.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value: unknown) => new Error(`it went well: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

describe('while PostgreSQL is away', { timeout: 60_000 }, () => {
  it('[PG11] who is signed in, signs in or looks is told so, and afterwards all goes on', async () => {
    const [someone] = demoPeople();
    if (someone === undefined) throw new Error('no people');
    const person = await loadSubject(room.accounts.db, { id: someone.personId, name: 'x' });
    const limiter = createRateLimiter(() => 0);
    const come = (passphrase: string) => {
      const entering = { userName: someone.user, passphrase, address: '1' };
      return signIn({ auth: room.auth, limiter }, entering, new Headers());
    };
    const tryIn = () => come('whatever it is');
    expect(await tryIn()).toEqual({ kind: 'wrong' });
    const inside = await come(someone.passphrase);
    if (inside.kind !== 'in') throw new Error(inside.kind);
    const cookie = new Headers({
      cookie: inside.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; '),
    });
    const session = () =>
      readSession({ auth: room.auth, db: room.accounts.db, now: room.accounts.now }, cookie);
    expect(await session()).toMatchObject({ account: { userName: someone.user } });
    const ready = () => readyEndpoint(() => Promise.resolve(container));
    expect((await ready()).status).toBe(200);

    await postgres.kill();
    const looked = failed(room.desk.db.selectFrom('cases').select('case_id').execute());
    expect(isAway(await looked)).toBe(true);
    expect(isAway(await failed(tryIn()))).toBe(true);
    expect(isAway(await failed(seenCases(room.desk, person)))).toBe(true);
    expect(isAway(await failed(session()))).toBe(true);
    const response = await ready();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, why: 'store' });

    await postgres.restart();
    expect((await ready()).status).toBe(200);
    expect(await session()).toMatchObject({ account: { userName: someone.user } });
  });

  it('[PG11] a page, its data and a tablet hear it in their own way, each with a time', async () => {
    const ask = (path: string, accept: string, lang: 'zh-CN' | 'en' = 'zh-CN') =>
      awayAnswer({ path, accept, lang, requestId: 'r1' }, shellWords[lang].away);
    const html = ask('/desk', 'text/html,*/*');
    const text = await html.text();
    for (const word of Object.values(shellWords['zh-CN'].away)) expect(text).toContain(word);
    expect(await ask('/desk', 'text/html', 'en').text()).toContain(shellWords.en.away.title);
    const json = ask('/desk/ledger/__data.json', '*/*');
    expect(await json.json()).toMatchObject({ code: STORE_AWAY, requestId: 'r1' });
    const tablet = ask('/api/sync/exchange', '*/*');
    expect(await tablet.json()).toEqual({ error: 'BUSY' });
    for (const answer of [html, json, tablet]) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
