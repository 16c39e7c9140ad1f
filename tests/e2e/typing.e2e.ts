import { expect, test } from './county.ts';
import { IntakePage, type Told } from './intake-page.ts';
import { TabletPage } from './tablet-page.ts';

const told: Told = {
  name: '周桂芹',
  group: '新河村三屯',
  title: '',
  verbatim: '',
  claims: [],
};

test('[EE14] her words are typed key by key and composed in Chinese without losing one', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(told);
  await intake.reach();
  const box = page.getByLabel(/照她说的打字，一字不改$/).last();

  await box.click();
  await page.keyboard.type('abcdefghij', { delay: 20 });
  await expect(box).toHaveValue('abcdefghij');
  await expect(box).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');

  // An input method composes: every half-finished syllable is an input event of its own.
  const cdp = await page.context().newCDPSession(page);
  for (const text of ['n', 'ni', 'nih', 'niha', 'nihao'])
    await cdp.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await cdp.send('Input.insertText', { text: '我家东院那牛粪啊' });
  await expect(box).toHaveValue('我家东院那牛粪啊');
  await expect(box).toBeFocused();

  const saved = page.getByText(/^存好了/);
  const before = await saved.textContent();
  await page.keyboard.type('。');
  await expect(saved).not.toHaveText(before ?? '');
  await page.reload();
  await expect(page.getByLabel(/照她说的打字，一字不改$/).last()).toHaveValue('我家东院那牛粪啊。');
});
