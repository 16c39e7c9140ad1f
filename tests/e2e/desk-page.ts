import type { Browser, Locator, Page } from '@playwright/test';
import { expect, type County, type DemoAccount } from './county.ts';

/** A person at the desk with a browser of his own. */
export class DeskPage {
  readonly page: Page;
  readonly county: County;

  constructor(page: Page, county: County) {
    this.page = page;
    this.county = county;
  }

  /** Opens a browser window of his own and signs in. */
  static async signIn(browser: Browser, county: County, who: DemoAccount): Promise<DeskPage> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      serviceWorkers: 'block',
    });
    const desk = new DeskPage(await context.newPage(), county);
    await desk.page.goto(`${county.url}/desk/sign-in`);
    await desk.page.getByLabel('账号').fill(who.user);
    await desk.page.getByLabel('口令').fill(who.passphrase);
    await desk.page.getByRole('button', { name: '登录', exact: true }).click();
    await expect(desk.page.getByRole('heading', { level: 1, name: '收件箱' })).toBeVisible();
    return desk;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  async openCase(caseId: string): Promise<void> {
    await this.page.goto(`${this.county.url}/desk/case/${caseId}`);
    await expect(this.dock).toBeVisible();
  }

  /** Says why one looks at a case that is not in one's hands. */
  async sayWhy(word: string): Promise<void> {
    await this.page.getByLabel('为啥看').selectOption({ label: word });
    await this.page.getByRole('button', { name: '记下，打开' }).click();
    await expect(this.page.getByLabel('为啥看')).toHaveCount(0);
  }

  get dock(): Locator {
    return this.page.locator('footer.dock');
  }

  get status(): Locator {
    return this.page.locator('header.deskhead .tag').first();
  }

  /** Chooses an act of the dock; its form then stands open. */
  async choose(word: string): Promise<void> {
    await this.dock.getByRole('button', { name: new RegExp(`^${word}( |$)`) }).click();
  }

  /**
   * Does one act on the open case and waits until the county has recorded it.
   * @param fields answers by the label of their field
   */
  async act(word: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.choose(word);
    for (const [label, value] of Object.entries(fields)) {
      const field = this.dock.getByLabel(label, { exact: true }).first();
      const tag = await field.evaluate((one) => one.tagName);
      if (tag === 'SELECT') await field.selectOption({ label: value });
      else await field.fill(value);
    }
    await this.dock.locator('form.panel button[type=submit]').click();
    await expect(this.dock.getByText(`${word}：记上了`)).toBeVisible();
  }

  /** The ledger as CSV, parsed: one record per row, by the names of the columns. */
  async exportCsv(): Promise<readonly Readonly<Record<string, string>>[]> {
    const answer = await this.page.request.get(
      `${this.county.url}/desk/ledger/export?format=csv&purpose=${encodeURIComponent('核对')}`,
    );
    expect(answer.status()).toBe(200);
    const [head = [], ...rows] = parseCsv((await answer.text()).replace(/^\uFEFF/, ''));
    return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
  }
}

/** RFC 4180: quotes, doubled quotes, line ends inside quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text.charAt(i);
    if (quoted && sign === '"' && text.charAt(i + 1) === '"') {
      cell += '"';
      i += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === ',') {
      row.push(cell);
      cell = '';
    } else if (!quoted && (sign === '\n' || sign === '\r')) {
      if (sign === '\r' && text.charAt(i + 1) === '\n') i += 1;
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += sign;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** The code points of a text, so that a difference shows exactly where. */
export const codePoints = (text: string): readonly number[] =>
  [...text].map((one) => one.codePointAt(0) ?? 0);
