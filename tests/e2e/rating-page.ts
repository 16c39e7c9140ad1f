import { expect } from './county.ts';
import { lockedHeading, openLock, PIN, typePin, withoutOpening } from './tablet-lock.ts';
import type { TabletPage } from './tablet-page.ts';

/** 请您评一评: the villager holds the tablet, the agent's side is shut. */
export class RatingPage {
  readonly tablet: TabletPage;

  constructor(tablet: TabletPage) {
    this.tablet = tablet;
  }

  /** @param before runs while the agent still holds the tablet */
  async handOver(caseId: string, before?: () => Promise<void>): Promise<void> {
    await this.tablet.openCase(caseId);
    await this.tablet.link(/^请[她他]评$/).click();
    const give = this.tablet.button(/^交给[她他]$/);
    if (this.tablet.county.vaults) await this.setDigits();
    await expect(give).toBeEnabled();
    await before?.();
    await give.click();
    await expect(this.tablet.page.getByText('第 1 问，共 2 问')).toBeVisible();
  }

  /** With a lock its own digits give the tablet back; after a reload they have to be set again. */
  private async setDigits(): Promise<void> {
    const pad = this.tablet.page.getByRole('group', { name: '数字键' });
    await expect(this.tablet.page.getByRole('heading', { name: '谁在按？' })).toBeVisible();
    if (!(await pad.isVisible())) return;
    await typePin(this.tablet.page, PIN);
    await typePin(this.tablet.page, PIN);
  }

  /** Presses a face and confirms it: nothing is chosen beforehand. */
  async answer(face: '满意' | '基本满意' | '不满意'): Promise<void> {
    const { page } = this.tablet;
    for (const one of await page.getByRole('radio').all()) await expect(one).not.toBeChecked();
    await page.getByText(face, { exact: true }).click();
    await expect(page.getByText('您按的是：')).toContainText(face);
    await this.tablet.button('就这个').click();
  }

  async sealed(): Promise<void> {
    await expect(this.tablet.page.getByText('谢谢您，已封好')).toBeVisible();
  }

  /** Neither a reload nor another address leads past the curtain; with a lock it locks as well. */
  async curtainHolds(): Promise<void> {
    const { page, county } = this.tablet;
    const holds = county.vaults ? lockedHeading(page) : page.getByLabel('代理员按开门数');
    await withoutOpening(page, async () => {
      await page.reload();
      await expect(holds).toBeVisible();
      await expect(this.tablet.button('接单')).toHaveCount(0);
      await this.tablet.open();
      await expect(holds).toBeVisible();
      await expect(this.tablet.link('接单')).toHaveCount(0);
    });
  }

  /** The agent's digits; a wrong try opens nothing. Where a lock came over it, its words do. */
  async giveBack(): Promise<void> {
    const { page, county, digits } = this.tablet;
    const curtain = page.getByLabel(county.vaults ? '代理员按开锁数' : '代理员按开门数');
    const locked = lockedHeading(page);
    await withoutOpening(page, async () => {
      await expect(curtain.or(locked)).toBeVisible();
      if (await locked.isVisible()) return openLock(page);
      await curtain.fill('0000');
      await this.tablet.button('开门').click();
      await expect(page.getByText('不对，再按一次')).toBeVisible();
      await curtain.fill(digits);
      await this.tablet.button('开门').click();
    });
    await expect(curtain).toHaveCount(0);
  }
}
