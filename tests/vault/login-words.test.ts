import 'fake-indexeddb/auto';
import { afterEach, expect, it } from 'vitest';
import { loginWords } from '../../src/lib/tablet/login-words.ts';
import { forgetAll, tabletVaults } from './tablet-vaults.ts';
import { endAll } from './workers.ts';

afterEach(async () => {
  endAll();
  await forgetAll();
});

it('[AU500] nothing is made of the passphrase that was typed at the sign-in, however it is written', async () => {
  const tablet = await tabletVaults();
  const isLogin = loginWords('Old elm by the WELL 2026');
  for (const passphrase of ['Old elm by the WELL 2026', ' oldelm bythe Ｗell ２０２６ ']) {
    const refused = await tablet.house.make(tablet.making({ passphrase, isLogin }));
    expect(refused).toEqual({ ok: false, error: { code: 'PASSPHRASE', why: 'LOGIN' } });
  }
  expect(await tablet.registry.vaults()).toEqual([]);
  expect((await tablet.house.make(tablet.making({ isLogin }))).ok).toBe(true);
});
