import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { countAccounts } from '../../src/lib/server/auth/accounts.ts';
import {
  makeSetupToken,
  setupTokenIsGood,
  useSetupToken,
} from '../../src/lib/server/auth/setup-link.ts';
import { openContainer } from '../../src/lib/server/container.ts';
import { seedDemo } from '../../src/lib/server/demo/seed.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { openRoom } from '../../src/lib/server/room.ts';

const admin = { userName: '管理员', name: '王管', passphrase: '一条长长的顺口溜儿啊' };

it('[AU6] an empty county has no account; its link works once, and the demo then keeps out', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-empty-'));
  const env = readEnv({ DATA_DIR: dir });
  if (!env.ok) throw new Error(env.error.join());
  const container = await openContainer(env.value);
  const { accounts } = await openRoom(container);
  expect(await countAccounts(accounts.db)).toBe(0);
  const old = await makeSetupToken(accounts);
  const token = (await makeSetupToken(accounts)) ?? '';
  expect(await setupTokenIsGood(accounts, old ?? '')).toBe(false);
  const tomorrow = () => new Date(Date.parse(accounts.now()) + 25 * 3_600_000).toISOString();
  const late = { ...accounts, now: () => tomorrow() as ReturnType<typeof accounts.now> };
  expect(await setupTokenIsGood(late, token)).toBe(false);
  expect(await useSetupToken(accounts, token, admin)).toBe(true);
  expect(await useSetupToken(accounts, token, { ...admin, userName: '第二个' })).toBe(false);
  expect(await countAccounts(accounts.db)).toBe(1);
  await container.close();
  await expect(seedDemo({ dataDir: dir })).rejects.toThrow('real county');
  rmSync(dir, { recursive: true, force: true });
});

it('[AU18] the demo refuses production', async () => {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await expect(seedDemo({ dataDir: path.join(tmpdir(), 'never') })).rejects.toThrow('production');
  process.env.NODE_ENV = before;
});
