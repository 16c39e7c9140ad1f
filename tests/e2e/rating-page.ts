import { expect } from './county.ts';
import { PASSCODE, type TabletPage } from './tablet-page.ts';

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
    await expect(this.tablet.button(/^交给[她他]$/)).toBeEnabled();
    await before?.();
    await this.tablet.button(/^交给[她他]$/).click();
    await expect(this.tablet.page.getByText('第 1 问，共 2 问')).toBeVisible();
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

  /** Neither a reload nor another address leads past the curtain. */
  async curtainHolds(): Promise<void> {
    const { page } = this.tablet;
    await page.reload();
    await expect(this.tablet.button('接单')).toHaveCount(0);
    await this.tablet.open();
    await expect(page.getByLabel('代理员按开门数')).toBeVisible();
    await expect(this.tablet.link('接单')).toHaveCount(0);
  }

  /** The agent's digits; a wrong try opens nothing. */
  async giveBack(): Promise<void> {
    const { page } = this.tablet;
    await page.getByLabel('代理员按开门数').fill('0000');
    await this.tablet.button('开门').click();
    await expect(page.getByText('不对，再按一次')).toBeVisible();
    await page.getByLabel('代理员按开门数').fill(PASSCODE);
    await this.tablet.button('开门').click();
    await expect(page.getByLabel('代理员按开门数')).toHaveCount(0);
  }
}
