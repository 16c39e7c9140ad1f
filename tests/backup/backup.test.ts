import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import { verifiedIn } from '../../src/lib/server/jobs/backup-folder.ts';
import { readBackupState } from '../../src/lib/server/jobs/backup-state.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { poolRoomFault } from '../../src/lib/server/jobs/media-pool.ts';
import { plainShelf } from '../../src/lib/server/jobs/shelf.ts';
import { wantMissingMedia } from '../../src/lib/server/jobs/want-media.ts';
import { mediaFile } from '../../src/lib/server/jobs/verify-media.ts';
import { verifyFile } from '../../src/lib/server/jobs/verify.ts';
import { smallDisk } from '../chaos/small-disk.ts';
import { historyOf, passingFolder, photo, placeAt, visit } from './place.ts';

const root = passingFolder();
const faultsOf = (made: Awaited<ReturnType<typeof makeBackup>>) => (made.ok ? [] : made.error);

describe('a backup', () => {
  it('[SY13] counts and raises safe only after it was put back elsewhere and verified', async () => {
    const env = placeAt(root, 'one');
    const running = await openContainer(env);
    await visit(running, '第一次');
    await photo(running, 'well');
    const made = await makeBackup(env);
    expect(made).toMatchObject({ ok: true, value: { rows: 1, media: 1, added: 1, safe: 1 } });
    expect((await historyOf(running)).safe).toBe(1);
    expect((await readBackupState(running.db)).verified).toMatchObject({ seq: 1 });
    await visit(running, '第二次');
    const again = await makeBackup(env);
    // The photo lies there once for both.
    expect(again).toMatchObject({ ok: true, value: { rows: 2, media: 1, added: 0, safe: 2 } });
    expect(verifiedIn(env.backupDir).map(({ n, rows }) => [n, rows])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    await running.close();
  });

  it('[SY13] stands while others write without a pause', async () => {
    const env = placeAt(root, 'busy');
    const running = await openContainer(env);
    await visit(running, '第一次');
    let writing = true;
    let written = 0;
    const writer = (async () => {
      for (; writing; written++) {
        await visit(running, `第${written}次`, `case${written % 50}`);
        await breathe();
      }
    })();
    for (let round = 0; round < 3 || written <= 10; round++)
      expect(await makeBackup(env)).toMatchObject({ ok: true, value: { broken: 0 } });
    writing = false;
    await writer;
    const { head, safe } = await historyOf(running);
    expect(safe).toBeGreaterThan(1);
    expect(safe).toBeLessThanOrEqual(head);
    await running.close();
  });

  it('[SY13] one altered word makes a backup that does not count, and the good one stays', async () => {
    const env = placeAt(root, 'three');
    const running = await openContainer(env);
    await visit(running, '井水有味儿');
    expect((await makeBackup(env)).ok).toBe(true);
    await visit(running, '再看一次');
    const db = new DatabaseSync(env.databaseFile);
    db.exec("UPDATE log SET body = replace(body, '井水', '河水')");
    db.close();
    expect(faultsOf(await makeBackup(env))[0]).toContain('position 1 was altered');
    expect((await historyOf(running)).safe).toBe(1);
    expect(verifiedIn(env.backupDir)).toHaveLength(1);
    expect((await readBackupState(running.db)).failed?.why).toContain('was altered');
    expect(readdirSync(env.backupDir).filter((name) => /part|rehearsal/.test(name))).toEqual([]);
    await running.close();
  });

  it('[SY13] a torn database file makes none', async () => {
    const env = placeAt(root, 'torn');
    const running = await openContainer(env);
    for (let n = 0; n < 40; n++) await visit(running, `第${n}次`, `case${n}`);
    await running.close();
    truncateSync(env.databaseFile, Math.floor(statSync(env.databaseFile).size * 0.6));
    expect((await makeBackup(env).catch((error: unknown) => ({ ok: false, error }))).ok).toBe(
      false,
    );
    expect(verifiedIn(env.backupDir)).toEqual([]);
  });

  it('[SY13] a missing or damaged photo stops it; a damaged copy is brought anew', async () => {
    const env = placeAt(root, 'media');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const sha = await photo(running, 'well');
    const [here, pool] = [env.mediaDir, path.join(env.backupDir, 'media')];
    expect((await makeBackup(env)).ok).toBe(true);
    rmSync(mediaFile(pool, sha));
    writeFileSync(mediaFile(pool, sha), 'x'.repeat(statSync(mediaFile(here, sha)).size));
    expect(await makeBackup(env)).toMatchObject({ ok: true, value: { added: 1 } });
    expect(readFileSync(mediaFile(pool, sha))).toEqual(readFileSync(mediaFile(here, sha)));
    rmSync(mediaFile(here, sha));
    // Still in the pool: the backup is whole, and the county gets it back from there.
    expect((await makeBackup(env)).ok).toBe(true);
    rmSync(mediaFile(pool, sha));
    expect(faultsOf(await makeBackup(env))).toEqual([`the media file ${sha} is missing`]);
    await visit(running, '第二次');
    expect((await historyOf(running)).safe).toBe(1);
    const { db, store, county } = running;
    const of = { db, store, county, mediaDir: here };
    expect(await wantMissingMedia(of)).toEqual([sha]);
    expect(await wantMissingMedia(of)).toEqual([]);
    expect(await makeBackup(env)).toMatchObject({ ok: true, value: { media: 0, safe: 2 } });
    await running.close();
  });

  it('[SY13] what a killed backup left counts not and is swept away', async () => {
    const env = placeAt(root, 'killed');
    const running = await openContainer(env);
    await visit(running, '第一次');
    expect((await makeBackup(env)).ok).toBe(true);
    const [good] = verifiedIn(env.backupDir);
    const dead = path.join(env.backupDir, 'backup-000002-20260608T120000Z.daiban');
    writeFileSync(`${dead}.part`, 'half');
    mkdirSync(path.join(env.backupDir, '.rehearsal-abc'));
    // Named but not noted: killed between the two.
    copyFileSync(path.join(env.backupDir, good?.file ?? ''), dead);
    expect(verifiedIn(env.backupDir)).toEqual([good]);
    expect(await makeBackup(env)).toMatchObject({ ok: true });
    expect(verifiedIn(env.backupDir).map(({ n }) => n)).toEqual([3, 1]);
    expect(readdirSync(env.backupDir).filter((name) => /part|rehearsal/.test(name))).toEqual([]);
    await running.close();
  });

  it('[OP6] a target folder that is not there is refused and not made; nor one that lost its disk', async () => {
    const env = placeAt(root, 'six');
    const running = await openContainer(env);
    await visit(running, '第一次');
    const stick = path.join(root, 'stick');
    const there = { folder: stick };
    expect(faultsOf(await makeBackup(env, there))[0]).toContain('There is no folder');
    expect(existsSync(stick)).toBe(false);
    expect((await historyOf(running)).safe).toBe(0);
    mkdirSync(stick);
    expect((await makeBackup(env, there)).ok).toBe(true);
    rmSync(stick, { recursive: true });
    mkdirSync(stick);
    expect(faultsOf(await makeBackup(env, there))[0]).toContain('none of the backups made there');
    expect((await makeBackup(env, { ...there, newFolder: true })).ok).toBe(true);
    await running.close();
  });

  it('[SY13] kill -9 at any moment leaves the last good one', { timeout: 60_000 }, async () => {
    const env = placeAt(root, 'killed-truly');
    const running = await openContainer(env);
    for (let n = 0; n < 60; n++) await visit(running, `第${n}次`, `case${n % 9}`);
    await photo(running, 'well');
    expect((await makeBackup(env)).ok).toBe(true);
    let [good] = verifiedIn(env.backupDir);
    const command = path.join(import.meta.dirname, '../../scripts/backup.ts');
    let killed = 0;
    for (let at = 60; at <= 850; at += 70) {
      const child = spawn(process.execPath, [command], {
        env: { ...process.env, DATA_DIR: env.dataDir, BACKUP_PLAIN: '1' },
        stdio: 'ignore',
      });
      const over = once(child, 'exit');
      setTimeout(() => child.kill('SIGKILL'), at);
      const [, signal] = (await over) as [number | null, string | null];
      if (signal === 'SIGKILL') killed += 1;
      const verified = verifiedIn(env.backupDir);
      for (const { file } of verified)
        expect((await verifyFile(path.join(env.backupDir, file))).broken).toBe(0);
      // One that was complete before the kill may have joined; the one before it is never lost.
      expect(verified).toContainEqual(good);
      [good] = verified;
    }
    expect(killed).toBeGreaterThan(0);
    expect((await makeBackup(env)).ok).toBe(true);
    await running.close();
  });

  it('[SY13] a disk that is too small makes none and fills nothing up', async () => {
    const env = placeAt(root, 'small');
    const running = await openContainer(env);
    await visit(running, '第一次');
    await photo(running, 'well');
    const disk = smallDisk(path.join(root, 'small-disk'), 40 * 1024 * 1024);
    try {
      // Where nothing can be mounted, the folder lies on the big disk: then only the media speak.
      if (disk.kind === 'tmpfs') {
        expect(faultsOf(await makeBackup(env, { folder: disk.dir }))[0]).toContain('MB left');
        expect(readdirSync(disk.dir)).toEqual(['backup.lock']);
        expect((await historyOf(running)).safe).toBe(0);
      }
      const files = [{ sha: 'a'.repeat(64), bytes: Number.MAX_SAFE_INTEGER }];
      expect(poolRoomFault(plainShelf(path.join(root, 'pool')), files, 0)).toContain(
        '1 new media files',
      );
      expect(poolRoomFault(plainShelf(path.join(root, 'pool')), [], 0)).toBeNull();
    } finally {
      disk.close();
    }
    expect((await makeBackup(env)).ok).toBe(true);
    await running.close();
  });

  it('[SY13] what damages a photo in its place leaves the copy whole', async () => {
    const env = placeAt(root, 'own-bytes');
    const running = await openContainer(env);
    const sha = await photo(running, 'well');
    await visit(running, '第一次');
    expect((await makeBackup(env)).ok).toBe(true);
    writeFileSync(mediaFile(env.mediaDir, sha), 'damaged');
    const copy = readFileSync(mediaFile(path.join(env.backupDir, 'media'), sha));
    expect(copy.toString('latin1')).toContain('well');
    await running.close();
  });
});
