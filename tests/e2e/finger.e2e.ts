import { expect, test } from './county.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

test('[AU256] in a browser whose tablet knows a finger it opens the lock, and can be taken away again', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasPrf: true },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      automaticPresenceSimulation: true,
    },
  });
  await vault.signIn(county.agent('A01'));
  await tablet.link('设置').click();
  await tablet.button('用指纹、面容开锁').click();
  await expect(page.getByText('行了，下回按一下就开')).toBeVisible();

  // A reload forgets the quick digits; the finger opens without a line.
  await page.context().setOffline(true);
  await page.reload();
  await expect(vault.locked).toBeVisible();
  await tablet.button('指纹、面容开').click();
  await expect(vault.locked).toBeHidden({ timeout: 30_000 });

  await tablet.button('不用指纹、面容了').click();
  await expect(page.getByText('取消了。')).toBeVisible();
  await page.reload();
  await expect(vault.locked).toBeVisible();
  await expect(tablet.button('指纹、面容开')).toHaveCount(0);
  await vault.bySentence(SENTENCE);
  await expect(vault.locked).toBeHidden({ timeout: 30_000 });
});
