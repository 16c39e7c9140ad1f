import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { RatingPage } from './rating-page.ts';
import { S01 } from './s01-story.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

test('[UI45] a lock in the middle of a recording hides the page and cuts nothing off; the curtain opens with the digits of the lock', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'), { sign: 5 });

  const intake = new IntakePage(tablet);
  await tablet.link('接单').click();
  await intake.at(1);
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await tablet.button('点一下说').click();
  const facts = page.getByText(/每 2 秒存一段，存了 \d+ 段/);
  const slices = async (): Promise<number> =>
    Number(/存了 (\d+) 段/.exec((await facts.textContent()) ?? '')?.[1]);
  await expect.poll(slices, { timeout: 30_000 }).toBeGreaterThan(0);
  await tablet.button('上锁').click();
  await expect(vault.locked).toBeVisible();
  await expect(page.getByText('录音没断，还在录。开了锁接着看。')).toBeVisible();
  await expect(page.getByRole('timer')).toBeHidden();
  const before = await slices();
  await expect.poll(slices, { timeout: 30_000 }).toBeGreaterThan(before + 1);
  // BACK on the lock ends nothing and goes nowhere, however often it is pressed.
  const address = page.url();
  for (let times = 0; times < 3; times += 1) await page.evaluate(() => history.back());
  const then = await slices();
  await expect.poll(slices, { timeout: 30_000 }).toBeGreaterThan(then + 1);
  await expect(page.getByText('录音没断，还在录。开了锁接着看。')).toBeVisible();
  expect(page.url()).toBe(address);
  await vault.pad(PIN);
  await expect(page.getByRole('timer')).toBeVisible();
  await tablet.button('说完了').click();
  await expect(page.getByText(/^录音 /).first()).toBeVisible();

  // A kill behind the lock costs a slice; what was said before stands there with its length.
  await tablet.button('点一下说').click();
  await expect.poll(slices, { timeout: 30_000 }).toBeGreaterThan(2);
  await tablet.button('上锁').click();
  await expect(page.getByText('录音没断，还在录。开了锁接着看。')).toBeVisible();
  await page.reload();
  await vault.bySentence(SENTENCE);
  await expect(page.getByText(/上回没关好的录音找回来了：0?0:0[1-9]/)).toBeVisible();

  // 请您评一评: the lock's digits give the tablet back, and nobody is asked for others.
  await tablet.link('返回').or(tablet.button('返回')).first().click();
  await page.goto(`${county.url}/tablet/case/${sampleCaseId('S01')}/rating`);
  await vault.bySentence(SENTENCE);
  // After a reload the digits are gone from memory: they are asked for before she gets the tablet.
  await expect(tablet.button(/^交给[她他]$/)).toBeDisabled();
  await vault.pad(PIN);
  await vault.pad(PIN);
  await tablet.button(/^交给[她他]$/).click();
  await expect(page.getByText('第 1 问，共 2 问')).toBeVisible();
  const rating = new RatingPage(tablet);
  await rating.answer('满意');
  await rating.answer('满意');
  await rating.sealed();
  await page.getByLabel('代理员按开锁数').fill('918273');
  await tablet.button('开门').click();
  await expect(page.getByText('不对，再按一次')).toBeVisible();
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await page.getByLabel('代理员按开锁数').fill('918273');
    await tablet.button('开门').click();
    await expect(page.getByLabel('代理员按开锁数')).toHaveValue('');
  }
  // Five wrong tries: the digits are gone, and the right ones open no more. The sentence does.
  await page.getByLabel('代理员按开锁数').fill(PIN);
  await tablet.button('开门').click();
  await expect(page.getByText('不对，再按一次')).toBeVisible();
  await tablet.button('按不开？照胸牌、用开锁话').click();
  await vault.bySentence(SENTENCE);
  await expect(page.getByRole('heading', { name: '请您评一评', level: 1 })).toBeVisible();
  await expect(tablet.button(/^交给[她他]$/)).toBeDisabled();
  expect(await page.evaluate(() => localStorage.getItem('daiban.curtain'))).toBeNull();
});
