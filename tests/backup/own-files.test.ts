import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import { passingFolder, placeAt, visit } from './place.ts';

const root = passingFolder();
const ROOT = path.join(import.meta.dirname, '..', '..');

const openTo = (dir: string): string[] =>
  [dir, ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((f) => path.join(dir, f))]
    .filter((file) => (statSync(file).mode & 0o077) !== 0)
    .map((file) => path.relative(dir, file));

const command = (script: string, env: Record<string, string>, ...args: string[]) =>
  spawnSync(
    'sh',
    ['-c', 'umask 022; exec "$@"', 'sh', process.execPath, `scripts/${script}`, ...args],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'demo', ...env }, encoding: 'utf8' },
  );

it('[SY145] commands leave nothing that group or others read, and a start closes what was', async () => {
  const env = placeAt(root, 'own');
  const seeded = command('seed-demo.ts', {}, env.dataDir);
  expect(seeded.status, seeded.stderr).toBe(0);
  const made = command('backup.ts', { DATA_DIR: env.dataDir, BACKUP_PLAIN: '1' });
  expect(made.status, made.stderr).toBe(0);
  expect(openTo(env.dataDir)).toEqual([]);
  for (const file of [env.dataDir, env.databaseFile]) chmodSync(file, 0o755);
  const running = await openContainer(env);
  expect(statSync(env.dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(env.databaseFile).mode & 0o077).toBe(0);
  await running.close();
});

it('[SY146] verify is red on a database that was copied back', async () => {
  const env = placeAt(root, 'back');
  const copy = path.join(root, 'copy.sqlite');
  mkdirSync(env.dataDir);
  for (const word of ['一', '二']) {
    const running = await openContainer(env);
    await visit(running, word);
    await running.close();
    if (word === '一') copyFileSync(env.databaseFile, copy);
  }
  const verify = () => command('verify.ts', { DATA_DIR: env.dataDir });
  expect(verify().status).toBe(0);
  execFileSync('rm', ['-f', `${env.databaseFile}-wal`, `${env.databaseFile}-shm`]);
  copyFileSync(copy, env.databaseFile);
  const { status, stderr, stdout } = verify();
  expect(stderr).toContain('ends at 1, but 2 was already promised');
  expect([status, stdout]).toEqual([1, expect.stringContaining('"broken":1')]);
});
