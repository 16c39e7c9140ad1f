import type { Locator } from '@playwright/test';
import { expect } from './county.ts';
import type { TabletPage } from './tablet-page.ts';

/** What a case needs to be told through 接单. */
export interface Told {
  readonly name: string;
  readonly group: string;
  /** The matter in one line, without names. */
  readonly title: string;
  readonly verbatim: string;
  readonly claims: readonly string[];
}

/** 接单 as the agent goes through it, counting what is asked of him. */
export class IntakePage {
  readonly tablet: TabletPage;
  /** Field ids that stood on a screen so far. */
  readonly seen = new Set<string>();

  constructor(tablet: TabletPage) {
    this.tablet = tablet;
  }

  get place(): Locator {
    return this.tablet.page.getByText(/^第 \d+ 问，共 8 问$/);
  }

  /** From 我的单子 to the first question. */
  async begin(): Promise<void> {
    await this.tablet.open();
    await this.tablet.link('接单').click();
    await this.at(1);
  }

  async at(n: number): Promise<void> {
    await expect(this.place).toHaveText(`第 ${n} 问，共 8 问`);
    await this.count();
  }

  /** Notes every field of this screen, the folded ones too. */
  async count(): Promise<void> {
    const ids = await this.tablet.page
      .locator('[data-field]')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['field'] ?? ''));
    for (const id of ids) this.seen.add(id);
  }

  async next(): Promise<void> {
    await this.count();
    await this.tablet.button('下一问').click();
  }

  /** 您有啥烦心事: consent is read aloud and given. */
  async notice(): Promise<void> {
    await this.tablet.chip('念完了，您看行不？', '行，记吧').click();
    await this.next();
    await this.at(2);
  }

  async who(told: Told): Promise<void> {
    await this.tablet.page.getByLabel('名字', { exact: true }).fill(told.name);
    await this.tablet.page.getByLabel('哪个屯').fill(told.group);
    await this.next();
    await this.at(3);
  }

  async reach(): Promise<void> {
    await this.tablet.chip('电话', '没电话').click();
    await this.tablet.chip('认字不', '不认字').click();
    await this.next();
    await this.at(4);
  }

  /** Types her words as she says them. */
  async words(told: Told): Promise<void> {
    const typing = this.tablet.page.getByLabel(/照她说的打字，一字不改$/).last();
    await typing.fill(told.verbatim);
    await this.tablet.page.getByLabel('一句话说是啥事（不写人名）').fill(told.title);
    this.seen.add('words');
    await this.next();
    await this.at(5);
  }

  async where(photos: readonly Buffer[]): Promise<void> {
    await this.tablet.page.getByLabel('挨着谁家、哪条道').fill('东院老于家墙根，离井七八步');
    for (const photo of photos) await this.tablet.addPhoto('有啥凭据，拍下来', photo);
    await this.next();
    await this.at(6);
  }

  async prior(): Promise<void> {
    await this.tablet.chip('也可以直接点，点几个都行', '找过对方').click();
    await this.tablet.page.getByLabel('人家咋答的，照她说的写').fill('他说没地儿搁。');
    await this.next();
    await this.at(7);
  }

  async urgent(): Promise<void> {
    await this.tablet.chip('急不急', '不急').click();
    await this.next();
    await this.at(8);
  }

  async wants(told: Told): Promise<void> {
    for (const [i, claim] of told.claims.entries()) {
      if (i > 0) await this.tablet.button('再加一样').click();
      await this.tablet.page.getByRole('textbox', { name: `第 ${i + 1} 样` }).fill(claim);
    }
    await this.count();
    await this.tablet.button('去读回').click();
    await expect(this.tablet.page.getByRole('heading', { name: '读回', level: 1 })).toBeVisible();
  }

  /** Reads every sentence aloud; she says 对 to each. Gives what was read. */
  async readBack(): Promise<readonly string[]> {
    const { page } = this.tablet;
    await this.count();
    this.seen.add('readback');
    const read: string[] = [];
    const yes = this.tablet.button('对');
    const spoken = page.locator('section.now blockquote');
    const place = page.locator('#nw');
    while (await yes.isVisible()) {
      read.push(((await spoken.textContent()) ?? '').trim());
      const here = (await place.textContent()) ?? '';
      await yes.click();
      await expect(page.getByText(here, { exact: true })).toHaveCount(0);
    }
    return read;
  }

  /** 存好，接单: the receipt stands on the screen only after the strict transaction. */
  async take(): Promise<{ caseId: string; temporaryNumber: string; queryCode: string }> {
    const { page } = this.tablet;
    await this.tablet.button('存好，接单').click();
    await expect(page.getByRole('heading', { name: '回执', level: 1 })).toBeVisible();
    await expect(page.getByText('已存本机').first()).toBeVisible();
    const caseId = /\/tablet\/case\/([^/]+)\/receipt/.exec(page.url())?.[1] ?? '';
    const slip = (await page.getByRole('article').textContent()) ?? '';
    const temporaryNumber = /临-\d{12}-[\w-]+?-[A-Z]-\d{4}/.exec(slip)?.[0] ?? '';
    const queryCode = (/\d{4}\s\d{4}\s\d{4}/.exec(slip)?.[0] ?? '').replace(/\s/g, '');
    expect(caseId).toMatch(/^[\w-]{22}$/);
    expect(temporaryNumber).not.toBe('');
    expect(queryCode).toMatch(/^\d{12}$/);
    return { caseId, temporaryNumber, queryCode };
  }
}
