import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { verifiedIn } from '../../src/lib/server/jobs/backup-folder.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { announceRestore, restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { mediaFile } from '../../src/lib/server/jobs/verify-media.ts';
import { historyOf, passingFolder, photo, placeAt, visit } from './place.ts';

const root = passingFolder();

async function backedUp(env: ServerEnv) {
  const made = await makeBackup(env);
  if (!made.ok) throw new Error(made.error.join('\n'));
  return made.value;
}
const why = async (env: ServerEnv, from: string) => {
  const done = await restoreBackup(env, { from });
  return done.ok ? '' : done.error.join('\n');
};

describe('a restore', () => {
  it('[SY13] begins an epoch, brings the media and keeps what stood there', async () => {
    const env = placeAt(root, 'one');
    const running = await openContainer(env);
    const sha = await photo(running, 'well');
    await visit(running, '第一次');
    const { file } = await backedUp(env);
    expect(await why(env, file)).toContain('Another process');
    await running.close();
    const other = placeAt(root, 'two');
    writeFileSync(mediaFile(env.mediaDir, sha), 'damaged meanwhile');
    for (const where of [env, other]) {
      const done = await restoreBackup(where, { from: file });
      expect(done).toMatchObject({ ok: true });
      const again = await openContainer(where);
      // What it prints is the history of from now on, not the one of the backup.
      const epochs = await again.store.transact(again.county, (tx) => tx.epochs());
      expect(done.ok && done.value.heads[0]?.epoch).toBe(epochs.at(-1)?.id);
      expect(await historyOf(again)).toEqual({
        head: 1,
        safe: 0,
        epochs: [
          [0, 'begin'],
          [1, 'restore'],
        ],
      });
      expect(Buffer.from((await again.media.read(sha)) ?? []).toString('latin1')).toContain('well');
      await again.close();
    }
    expect(readdirSync(env.dataDir).some((name) => name.includes('.before-'))).toBe(true);
  });

  it('[BK1] says what stands there and would go, and goes on only when told so', async () => {
    const env = placeAt(root, 'newer');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const older = await backedUp(env);
    await visit(running, '第二次');
    const newer = await backedUp(env);
    await visit(running, '第三次');
    await running.close();
    const before = readFileSync(env.databaseFile);
    expect(await why(env, older.file)).toContain(`${path.basename(newer.file)} is newer`);
    expect(await why(env, newer.file)).toContain('has 1 entries that this backup lacks');
    expect(await why(env, env.backupDir)).toContain('1 were recorded by people at the county');
    expect(readFileSync(env.databaseFile)).toEqual(before);
    const done = await restoreBackup(env, { from: env.backupDir, yesOlder: true });
    expect(done).toMatchObject({ ok: true, value: { losing: { entries: 1, atDesk: 1 }, rows: 2 } });
    const again = await openContainer(env);
    expect((await historyOf(again)).epochs.at(-1)).toEqual([2, 'restore']);
    await again.close();
  });

  it('[BK1] a file that is not what was verified changes nothing', async () => {
    const env = placeAt(root, 'bent');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const { file } = await backedUp(env);
    await running.close();
    const bytes = readFileSync(file);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await why(env, file)).toContain('is not what was verified');
    rmSync(`${file}.json`);
    writeFileSync(file, 'no database at all, but a long enough text to be looked at closely');
    expect(await why(env, file)).toContain('damaged');
    expect(await why(env, env.backupDir)).toContain('No backup');
    expect(await why(env, path.join(root, 'nowhere'))).toContain('Is the disk plugged in?');
    const again = await openContainer(env);
    expect((await historyOf(again)).epochs).toEqual([[0, 'begin']]);
    await again.close();
  });

  it('[BK1] one that was killed between the file and its WAL never mixes the two', async () => {
    const env = placeAt(root, 'mixed');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const { file } = await backedUp(env);
    await running.close();
    rmSync(env.databaseFile);
    writeFileSync(`${env.databaseFile}-wal`, 'of another file');
    expect(await restoreBackup(env, { from: file })).toMatchObject({ ok: true });
    const wal = readdirSync(env.dataDir).filter((name) => name.endsWith('-wal'));
    expect(wal.filter((name) => !name.includes('.before-'))).toEqual([]);
    const again = await openContainer(env);
    expect((await historyOf(again)).head).toBe(1);
    await again.close();
  });

  it('[BK1] a backup without its photos is refused', async () => {
    const env = placeAt(root, 'alone');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const sha = await photo(running, 'well');
    const { file } = await backedUp(env);
    await running.close();
    rmSync(path.join(env.backupDir, 'media'), { recursive: true });
    expect(await why(placeAt(root, 'alone-too'), file)).toContain(`${sha} is missing`);
    expect(verifiedIn(env.backupDir)).toHaveLength(1);
  });
});

describe('the place', () => {
  it('[SY14] a database copied back in silence is refused until it is announced', async () => {
    const env = placeAt(root, 'four');
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
    expect((await announceRestore(env)).ok).toBe(true);
    const third = await openContainer(env);
    expect((await historyOf(third)).epochs.at(-1)).toEqual([1, 'announced']);
    await third.close();
  });

  it('[SY14] a second process on the same folder is refused', async () => {
    const env = placeAt(root, 'five');
    const first = await openContainer(env);
    await expect(openContainer(env)).rejects.toThrow('Another process');
    await first.close();
    await (await openContainer(env)).close();
  });
});
