import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../domain/case-event.ts';
import type { CaseId, PersonId, Sha256 } from '../../domain/values.ts';
import { openContainer, type Container } from '../container.ts';
import { readEnv, type ServerEnv } from '../env.ts';
import { recordAtCounty } from '../sync/record.ts';
import { makeBackup, verifyInPlace } from './backup.ts';
import { announceRestore, restoreBackup } from './restore.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const office: Actor = { code: 'O', personId: 'office' as PersonId, name: '县局登记员' };
const caseId = 'caseA_________________' as CaseId;

function place(name: string): ServerEnv {
  const env = readEnv({ DATA_DIR: path.join(root, name) });
  if (!env.ok) throw new Error(env.error.join('\n'));
  return env.value;
}
const visit = (container: Container, seen: string) =>
  recordAtCounty(container.sync, {
    actor: office,
    caseId,
    events: [{ type: 'progress.recorded', payload: { text: seen } }],
  });
const historyOf = ({ store, county }: Container) =>
  store.transact(county, async (tx) => ({
    head: (await tx.head()).seq,
    safe: await tx.safe(),
    epochs: (await tx.epochs()).map(({ baseSeq, reason }) => [baseSeq, reason]),
  }));

describe('backup and restore', () => {
  it('[SY13] a verified backup raises safe; restored, it begins an epoch and brings the media', async () => {
    const env = place('one');
    const file = path.join(root, 'one.daiban');
    const photo = Buffer.from('\x89PNG\r\n\x1a\n picture', 'latin1');
    const sha = createHash('sha256').update(photo).digest('hex') as Sha256;
    const running = await openContainer(env);
    await running.media.put({ sha, bytes: photo.length }, 0, photo);
    await visit(running, '第一次');
    const made = await makeBackup(env, file);
    expect(made).toMatchObject({ ok: true, value: { rows: 1, media: 1, faults: [] } });
    expect((await historyOf(running)).safe).toBe(1);
    await visit(running, '第二次');
    expect(await restoreBackup(file, env)).toMatchObject({ ok: false });
    await running.close();
    const other = place('two');
    for (const where of [env, other]) {
      expect(await restoreBackup(file, where)).toMatchObject({ ok: true });
      const again = await openContainer(where);
      expect(await historyOf(again)).toEqual({
        head: 1,
        safe: 0,
        epochs: [
          [0, 'begin'],
          [1, 'restore'],
        ],
      });
      expect(Buffer.from((await again.media.read(sha)) ?? [])).toEqual(photo);
      await again.close();
    }
    expect(readdirSync(env.dataDir).some((name) => name.includes('.before-'))).toBe(true);
  });

  it('[OP6] a target folder that is not there is refused and not made', async () => {
    const env = place('six');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const stick = path.join(root, 'stick');
    const made = await makeBackup(env, path.join(stick, 'six.daiban'));
    expect(made.ok ? [] : made.error).toEqual([expect.stringContaining('There is no folder')]);
    expect(existsSync(stick)).toBe(false);
    expect((await historyOf(running)).safe).toBe(0);
    mkdirSync(stick);
    expect((await makeBackup(env, path.join(stick, 'six.daiban'))).ok).toBe(true);
    await running.close();
  });

  it('[SY13] one altered word makes a backup that does not count', async () => {
    const env = place('three');
    const running = await openContainer(env);
    await visit(running, '井水有味儿');
    await visit(running, '再看一次');
    await running.close();
    const db = new DatabaseSync(env.databaseFile);
    db.exec("UPDATE log SET body = replace(body, '井水', '河水')");
    db.close();
    expect(verifyInPlace(env.databaseFile).faults).toHaveLength(1);
    const file = path.join(root, 'three.daiban');
    const made = await makeBackup(env, file);
    expect(made.ok ? [] : made.error).toEqual([expect.stringContaining('position 1 was altered')]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('the place', () => {
  it('[SY14] a database copied back in silence is refused until it is announced', async () => {
    const env = place('four');
    const copy = path.join(root, 'copy.sqlite');
    const first = await openContainer(env);
    await visit(first, '一');
    await first.close();
    copyFileSync(env.databaseFile, copy);
    const second = await openContainer(env);
    await visit(second, '二');
    await second.close();
    for (const part of ['-wal', '-shm']) rmSync(env.databaseFile + part, { force: true });
    copyFileSync(copy, env.databaseFile);
    await expect(openContainer(env)).rejects.toThrow('npm run restore -- --announce');
    expect(announceRestore(env).ok).toBe(true);
    const third = await openContainer(env);
    expect((await historyOf(third)).epochs.at(-1)).toEqual([1, 'announced']);
    await third.close();
  });

  it('[SY14] a second process on the same folder is refused', async () => {
    const env = place('five');
    const first = await openContainer(env);
    await expect(openContainer(env)).rejects.toThrow('Another process');
    await first.close();
    await (await openContainer(env)).close();
  });

  it('[SY14] wrong settings are refused in plain words', () => {
    const wrong = (env: Record<string, string>) => {
      const read = readEnv(env);
      return read.ok ? '' : read.error.join(' ');
    };
    expect(wrong({ PORT: 'abc' })).toContain('PORT must be');
    expect(wrong({ ORIGIN: 'ftp://x' })).toContain('ORIGIN must be');
    expect(wrong({ DATABASE_URL: 'postgres://db/x' })).toContain('PostgreSQL is not served');
    expect(wrong({ DATABASE_URL: 'mysql://db/x' })).toContain('Supported today: sqlite:FILE');
    expect(wrong({ NODE_ENV: 'production' })).toContain('ORIGIN is missing');
    expect(wrong({ NODE_ENV: 'production', ORIGIN: 'https://xf.example.gov.cn' })).toBe('');
  });
});
