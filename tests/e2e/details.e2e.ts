import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { TabletPage } from './tablet-page.ts';

test('[UI11] [UI15] 打春 and 三垧二 are asked about, and a call for help costs no word', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await intake.words({ ...S01, verbatim: '打春那会儿占了我三垧二，一直没给钱。' });
  await tablet.chip('「三垧二」：一垧按 15 亩算，对不？', '对，合 48 亩').click();
  await tablet.chip('「打春」，阳历是哪天？', '说不准').click();
  await intake.where([]);
  await tablet.button('补一句').click();
  await page.getByLabel('补一句，照她说的写，一字不改').fill('找过他两回。');
  await expect(page.getByText('她刚才说的，一字没改')).toBeVisible();

  await tablet.link('人命关天').click();
  await page.getByLabel('人现在咋样，做了啥').fill('人在炕上坐着，儿子陪着。');
  await page.getByLabel('人在哪儿').fill('三屯东头');
  await expect(page.getByText(/^写的先留在机器里了/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('人在哪儿')).toHaveValue('三屯东头');
  await expect(page.getByLabel('人现在咋样，做了啥')).toHaveValue('人在炕上坐着，儿子陪着。');
  await tablet.link('返回').first().click();
  await expect(page.getByText('「找过他两回。」')).toBeVisible();
});
