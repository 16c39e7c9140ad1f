import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { KEPT_LAST, prunable, verifiedIn } from '../../src/lib/server/jobs/backup-folder.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { announceRestore, restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { historyOf, passingFolder, placeAt, visit } from './place.ts';

const root = passingFolder();

/** A county with its backups on another disk. */
function apart(name: string, more: NodeJS.ProcessEnv = {}): ServerEnv {
  const disk = path.join(root, `${name}-disk`);
  mkdirSync(disk);
  return placeAt(root, name, { BACKUP_DIR: disk, ...more });
}

async function backedUp(env: ServerEnv): Promise<string> {
  const made = await makeBackup(env);
  if (!made.ok) throw new Error(made.error.join('\n'));
  return made.value.file;
}

async function work(env: ServerEnv, ...words: string[]): Promise<void> {
  const running = await openContainer(env);
  for (const word of words) await visit(running, word);
  await running.close();
}

const historyAt = async (env: ServerEnv) => {
  const running = await openContainer(env);
  return historyOf(running).finally(() => running.close());
};

/** One entry, a copy of the folder, one more, a checked backup of both; then the copy comes back. */
async function copiedBack(env: ServerEnv): Promise<string> {
  await work(env, '一');
  cpSync(env.dataDir, `${env.dataDir}-copy`, { recursive: true });
  await work(env, '二');
  const file = await backedUp(env);
  rmSync(env.dataDir, { recursive: true });
  cpSync(`${env.dataDir}-copy`, env.dataDir, { recursive: true });
  return file;
}

const forgetMarks = ({ backupDir }: ServerEnv) => {
  for (const name of readdirSync(backupDir))
    if (name.startsWith('high-water')) rmSync(path.join(backupDir, name));
};

describe('a checked backup that has more than the database', () => {
  it('[SY140] refuses the start, the announcement and the next backup, each by its name', async () => {
    const env = apart('whole');
    const file = await copiedBack(env);
    forgetMarks(env);
    await expect(openContainer(env)).rejects.toThrow(`${file} was checked and has 1 entries more`);
    const announced = await announceRestore(env);
    expect(announced.ok ? '' : announced.error[0]).toContain(`npm run restore -- ${file}`);
    const made = await makeBackup(env);
    expect(made.ok ? '' : made.error[0]).toContain(file);
    expect(verifiedIn(env.backupDir)).toHaveLength(1);
    expect(await restoreBackup(env, { from: file })).toMatchObject({ ok: true });
    expect(await historyAt(env)).toMatchObject({ head: 2 });
  });

  it('[SY140] so does one that ends within the log, in another history', async () => {
    const env = apart('parted');
    await copiedBack(env);
    forgetMarks(env);
    const running = await openContainer(env, { looks: false });
    for (const word of ['三', '四']) await visit(running, word);
    await running.close();
    await expect(openContainer(env)).rejects.toThrow('ends at 2 in another history');
  });

  it('[SY140] left behind on purpose it is named in history and audit, and never pruned', async () => {
    const env = apart('left');
    const file = await copiedBack(env);
    const done = await announceRestore(env, { yesOlder: true });
    expect(done).toMatchObject({ ok: true, value: { leftBehind: [path.basename(file)] } });
    const reason = `announced, leaving behind ${path.basename(file)}`;
    expect((await historyAt(env)).epochs.at(-1)).toEqual([1, reason]);
    for (let n = 0; n < KEPT_LAST + 2; n++) {
      await work(env, `又${n}`);
      await backedUp(env);
    }
    expect(existsSync(file)).toBe(true);
    const last = await makeBackup(env);
    expect(last).toMatchObject({ ok: true, value: { leftBehind: [path.basename(file)] } });
    const running = await openContainer(env);
    const lines = await running.db.selectFrom('audit').select(['action', 'note']).execute();
    expect(lines).toContainEqual({ action: 'restore.left', note: reason });
    await running.close();
  });

  it('[SY140] a restore of a file from elsewhere is held against the folder of backups too', async () => {
    const env = apart('elsewhere');
    await work(env, '一');
    const away = path.join(root, 'away');
    mkdirSync(away);
    const older = await makeBackup(env, { folder: away, newFolder: true });
    if (!older.ok) throw new Error(older.error.join());
    await work(env, '二');
    const newer = await makeBackup(env, { newFolder: true });
    if (!newer.ok) throw new Error(newer.error.join());
    rmSync(env.dataDir, { recursive: true });
    const from = older.value.file;
    const done = await restoreBackup(env, { from });
    expect(done.ok ? '' : done.error[0]).toContain(newer.value.file);
    const yes = await restoreBackup(env, { from, yesOlder: true });
    expect(yes).toMatchObject({ value: { leftBehind: [path.basename(newer.value.file)] } });
    expect((await historyAt(env)).head).toBe(1);
  });

  it('[SY141] of old backups the newest of each history stays', () => {
    const one = (n: number, epoch: string) => ({
      ...{ format: 1 as const, n, at: '2026-06-08T08:00:00Z', file: `${n}`, bytes: 1, sha256: '' },
      ...{ attempts: 1, rows: 1, cases: 1, media: 0, mediaBytes: 0 },
      heads: [{ county: 'c', seq: n, tag: '', epoch }],
    });
    const all = [9, 8, 7, 6, 5, 4].map((n) => one(n, n > 5 ? 'new' : 'old'));
    expect(prunable(all).map(({ n }) => n)).toEqual([6, 4]);
    expect(prunable(all, new Set(['4'])).map(({ n }) => n)).toEqual([6]);
  });
});

describe('the mark outside', () => {
  it('[SY142] refuses a whole folder that was copied back, also without any backup', async () => {
    const env = apart('mark', { SENTINEL_DIR: path.join(root, 'mark-disk') });
    await work(env, '一');
    cpSync(env.dataDir, `${env.dataDir}-copy`, { recursive: true });
    await work(env, '二');
    rmSync(env.dataDir, { recursive: true });
    cpSync(`${env.dataDir}-copy`, env.dataDir, { recursive: true });
    await expect(openContainer(env)).rejects.toThrow('ends at 1, but 2 was already promised');
    expect((await announceRestore(env)).ok).toBe(true);
    expect((await historyAt(env)).epochs.at(-1)).toEqual([1, 'announced']);
  });

  it('[SY142] one that cannot be read is said, one that is missing is not', async () => {
    const env = apart('bent');
    await work(env, '一');
    const [name] = readdirSync(env.backupDir);
    writeFileSync(path.join(env.backupDir, name ?? ''), '{');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await work(env, '二');
    expect(said.mock.calls.join()).toContain('cannot be read');
    said.mockClear();
    forgetMarks(env);
    await work(env, '三');
    expect(said).not.toHaveBeenCalled();
    expect(readFileSync(path.join(env.backupDir, name ?? ''), 'utf8')).toContain('"seq":3');
    said.mockRestore();
  });
});

describe('one database', () => {
  it('[SY143] is served once, whatever the folder beside it, and the refusal names the process', async () => {
    const env = placeAt(root, 'shared');
    const running = await openContainer(env);
    const other = placeAt(root, 'other', { DATABASE_URL: `sqlite:${env.databaseFile}` });
    const why = `serves the database ${env.databaseFile} (process ${process.pid})`;
    await expect(openContainer(other)).rejects.toThrow(why);
    await expect(openContainer(env)).rejects.toThrow(`this DATA_DIR, ${env.dataDir} (process `);
    await running.close();
    await (await openContainer(other)).close();
  });
});
