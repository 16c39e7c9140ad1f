/** 接单 on the real screens with the fewest answers, up to the button that saves it. */
import type { Page } from '@playwright/test';
import { IntakePage } from '../../e2e/intake-page.ts';
import { TabletPage } from '../../e2e/tablet-page.ts';

const nobody = (): Promise<void> => Promise.reject(new Error('the line is the attack’s own'));

/** The screens of 接单 in this window. */
export const intakeOn = (page: Page, url: string): IntakePage =>
  new IntakePage(new TabletPage(page, { url, vaults: false, start: nobody, kill: nobody }));

/** Everything is answered and read back: 存好，接单 can be pressed. */
export async function tellCase(page: Page, url: string, verbatim: string): Promise<void> {
  const intake = intakeOn(page, url);
  const { tablet } = intake;
  await intake.begin();
  await tablet.chip('念完了，您看行不？', '行，记吧').click();
  const next = () => tablet.button('下一问').click();
  await next();
  await page.getByLabel('名字', { exact: true }).fill('周桂芹');
  await next();
  await tablet.chip('电话', '没电话').click();
  await tablet.chip('认字不', '不认字').click();
  await next();
  await page.getByLabel(/照她说的打字，一字不改$/).fill(verbatim);
  await next();
  await intake.at(5);
  await next();
  await tablet.chip('也可以直接点，点几个都行', '都没找过').click();
  await next();
  await tablet.chip('急不急', '不急').click();
  await next();
  await tablet.button('去读回').click();
  await intake.readBack();
  await tablet.button(/^哪样都不留，见证人说对/).click();
}

/** 存好，接单. */
export const takeButton = (page: Page) =>
  page.getByRole('button', { name: '存好，接单', exact: true });

/** The temporary number on a slip. */
export const numberOn = (text: string): string | null =>
  /临-\d{12}-[\w-]+?-[A-Z]-\d{4}/.exec(text)?.[0] ?? null;
