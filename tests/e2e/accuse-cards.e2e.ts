import type { Locator } from '@playwright/test';
import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 180_000 });

test('[UI103] the card of an accusation stands right below what called it, and in sight', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const intake = new IntakePage(tablet);
  await intake.begin();
  const bar = page.locator('.actionbar');

  /** Pressed anew at each size: the whole card lies between the chip and the bar. */
  async function inSight(chip: Locator, card: Locator): Promise<void> {
    const html = page.locator('html');
    const before = await html.getAttribute('data-text');
    for (const [width, height, text] of [
      [800, 1280, '30'],
      [1280, 800, before ?? ''],
    ] as const) {
      await page.setViewportSize({ width, height });
      await html.evaluate((one, now) => (one.dataset['text'] = now), text);
      if ((await chip.getAttribute('aria-pressed')) === 'true') await chip.click();
      await chip.click();
      await expect(card).toBeVisible();
      const [box, below, called] = [
        await card.boundingBox(),
        await bar.boundingBox(),
        await chip.boundingBox(),
      ];
      const at = `${width}x${height} ${text}`;
      expect((box?.y ?? 0) + (box?.height ?? 9e9), at).toBeLessThanOrEqual(below?.y ?? 0);
      expect(box?.y ?? 0, at).toBeGreaterThanOrEqual((called?.y ?? 9e9) + (called?.height ?? 0));
    }
    await html.evaluate((one, now) => (one.dataset['text'] = now), before ?? '');
  }

  await expect(page.getByText(/您不点头，不告诉他们是您说的/)).toBeVisible();
  await tablet.chip('念完了，您看行不？', '行，记吧').click();
  const seal = page.locator('.offers .card').first();
  await inSight(tablet.chip('这事牵扯谁不？', '牵扯村乡干部'), seal);
  await checks.look('accused-notice');
  // Another hand may be wanted too; that a cadre is accused does not go up with it.
  await seal.getByRole('button', { name: '换个人记' }).click();
  await expect(page.getByRole('heading', { name: '这单换个人记' })).toBeVisible();
  await expect(tablet.chip('这单换个人记', '县里打电话来')).toHaveAttribute('aria-pressed', 'true');
  await tablet.button('返回').click();

  await tablet.button('封上').click();
  await expect(tablet.button('封上了')).toBeVisible();
  await expect(page.getByText(/只有县里专人看，村里、乡里、您说的单位都看不着/)).toBeVisible();
  await expect(page.getByText(/管这事的单位看/)).toHaveCount(0);
  await checks.look('accused-sealed');
  await intake.next();
  await intake.at(2);
  await intake.who(S01);
  await intake.reach();
  await intake.words(S01);
  await expect(page.getByText(/这事出在哪块儿/)).toBeVisible();
  await expect(page.getByText(/能不能告诉/)).toHaveCount(0);
  await expect(tablet.chip('说的是谁', '没说、说不清')).toHaveAttribute('aria-pressed', 'false');
  await inSight(tablet.chip('说的是谁', '县里干部'), seal);
  await expect(seal).toContainText('他就是专人，也看不着');
  await checks.look('accused-county');
  // Not sealed, she is asked; that card stands below the first.
  await tablet.button('封上了').click();
  await expect(page.getByText(/能不能告诉他们是您说的/)).toBeVisible();
  await expect(page.getByText(/没点头，就不告诉/)).toBeVisible();
  await checks.look('accused-where');
  expect(checks.problems).toEqual([]);
});
