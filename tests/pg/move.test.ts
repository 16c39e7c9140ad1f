import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import { seedDemo } from '../../src/lib/server/demo/seed.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { moveToPostgres } from '../../src/lib/server/jobs/move.ts';
import { openRoom } from '../../src/lib/server/room.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { demoPeople } from '../../src/lib/server/demo/people.ts';
import { freshDatabase } from '../postgres.ts';
import { logOf, Tablet } from './county.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-move-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it(
  '[PG7] a county moves from SQLite to PostgreSQL with its log, accounts and epoch',
  { timeout: 60_000 },
  async () => {
    const read = (url?: string) => {
      const env = readEnv({ DATA_DIR: dataDir, DATABASE_URL: url, DAIBAN_DEMO: '1' });
      if (!env.ok) throw new Error(env.error.join());
      return env.value;
    };
    await seedDemo({ dataDir });
    const before = await openContainer(read());
    const tablet = new Tablet('move');
    tablet.save(3);
    await tablet.offer(before);
    const log = await logOf(before);
    const url = await freshDatabase();
    expect(await moveToPostgres(read(), url)).toMatchObject({
      ok: false,
      error: `Another process already serves this DATA_DIR, ${dataDir} (process ${process.pid}). Stop it first.`,
    });
    await before.close();

    const moved = await moveToPostgres(read(), url);
    if (!moved.ok) throw new Error(moved.error);
    expect(moved.value.rows).toBe(log.length);
    expect(moved.value.attempts).toBeGreaterThanOrEqual(moved.value.minimum);
    expect(existsSync(read().databaseFile)).toBe(false);
    expect(readdirSync(dataDir).some((name) => name.startsWith('daiban.sqlite.moved-'))).toBe(true);

    const after = await openContainer(read(url));
    expect(await logOf(after)).toEqual(log);
    // The same history: the tablet goes on, nothing is sent or pulled a second time.
    tablet.save(1);
    const reply = await tablet.offer(after);
    expect(reply.results.map(({ s }) => s)).toEqual(['stored']);
    expect(reply.feed.rows).toEqual([]);
    const room = await openRoom(after);
    const director = demoPeople().find(({ code }) => code === 'O5');
    if (director === undefined) throw new Error('no director');
    const { user: userName, passphrase } = director;
    const outcome = await signIn(
      room,
      { userName, passphrase, address: '10.0.0.1' },
      new Headers(),
    );
    expect(outcome).toMatchObject({ kind: 'in' });
    await after.close();

    // Started without DATABASE_URL by mistake: a new, empty file is not taken for the county.
    await expect(openContainer(read())).rejects.toThrow('another history');
    expect(await moveToPostgres(read(), url)).toMatchObject({ ok: false });
  },
);
