import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import type { Page } from '@playwright/test';

/** Turns everything behind it, up to the end of the paragraph, unless it is set apart. */
const RLO = '\u202e';
const NAME = `马${RLO}福来`;

interface Found {
  /** Places where such letters are drawn. */
  readonly seen: number;
  /** What stands behind them in the text, and before them on the screen. */
  readonly turned: readonly string[];
}

/** Looks at each line of the page that holds such letters: what comes later must stand further right. */
const lookAt = (page: Page): Promise<Found> =>
  page.evaluate((sign) => {
    const range = document.createRange();
    const boxOf = (node: Node, from: number, to: number): DOMRect | undefined => {
      range.setStart(node, from);
      range.setEnd(node, to);
      return [...range.getClientRects()].find(({ width }) => width > 0);
    };
    const blockOf = (node: Node): Element | null => {
      let one = node.parentElement;
      while (one && getComputedStyle(one).display === 'inline') one = one.parentElement;
      return one;
    };
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const signs: { block: Element | null; letter: string; box: DOMRect; own: number }[] = [];
    const nodes: Node[] = [];
    while (all.nextNode()) nodes.push(all.currentNode);
    // Letters from the sign to the end of what was said are its own; what follows is not.
    let [seen, runs] = [0, 0];
    for (const node of nodes) {
      const text = node.textContent ?? '';
      let turns = false;
      for (let i = 0; i < text.length; i += 1) {
        const letter = text.charAt(i);
        if (letter === sign) [turns, seen, runs] = [true, seen + 1, runs + 1];
        const own = turns && '福来'.includes(letter) ? runs : 0;
        if (turns && !`${sign}福来`.includes(letter)) turns = false;
        const box = letter.trim() === '' ? undefined : boxOf(node, i, i + 1);
        if (box) signs.push({ block: blockOf(node), letter, box, own });
      }
    }
    const turned: string[] = [];
    for (const [i, mark] of signs.entries()) {
      if (mark.own === 0) continue;
      for (const later of signs.slice(i + 1)) {
        if (later.block !== mark.block) break;
        if (later.own === mark.own || later.box.top >= mark.box.bottom) continue;
        if (later.box.left < mark.box.left) turned.push(`${mark.letter} ${later.letter}`);
      }
    }
    return { seen, turned };
  }, RLO);

test('[AU521] a name that turns the direction of writing turns nothing beside it, on list, case, paper and print', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const { page } = desk;
  await page.getByRole('link', { name: '录入来信来电来访' }).click();
  await page.getByLabel('怎么来的').selectOption({ label: '来信' });
  await page.getByLabel('问题属地').selectOption({ index: 1 });
  await page.getByLabel(/^原话/).fill(`门口那根电线杆歪了，一刮风就晃，找${NAME}`);
  await page.getByLabel('题目').fill(`门口电线杆歪了，${NAME}`);
  await page.getByLabel('姓名').fill(NAME);
  await page.getByRole('button', { name: '收下' }).click();
  const go = page.getByRole('link', { name: '去登记' });
  const address = (await go.getAttribute('href')) ?? '';
  const places: string[] = [];
  const look = async (where: string) => {
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText(NAME.slice(0, 1)).first()).toBeVisible();
    const found = await lookAt(page);
    expect(found.turned, where).toEqual([]);
    if (found.seen > 0) places.push(where);
  };
  await go.click();
  await expect(desk.dock).toBeVisible();
  await look('case');
  await page.emulateMedia({ media: 'print' });
  await look('case, printed');
  await page.emulateMedia({ media: 'screen' });
  await desk.act('登记', {
    ...{ 内容分类: '水利（灌排、内涝、河道）', 事项类别: '申诉求决' },
    '是不是说我们的人、我们的单位': '都不是',
  });
  await page.goto(`${county.url}/desk`);
  await look('inbox');
  await page.goto(`${county.url}/desk/ledger?q=${encodeURIComponent('电线杆')}`);
  await look('ledger');
  await page.goto(new URL(`${address}/paper/registered`, county.url).href);
  await look('paper');
  expect(places).toEqual(['case', 'case, printed', 'inbox', 'ledger', 'paper']);
  await desk.close();
});
