import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import path from 'node:path';

export interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

const size = (width: number, height: number): Size => ({
  ...{ name: `${width}x${height}`, width, height },
});
/** Telephone, tablet upright, tablet on its side. */
export const TABLET_SIZES = [size(360, 740), size(800, 1280), size(1280, 800)] as const;
/** The last is 1366x768 at 200 % zoom. */
export const DESK_SIZES = [size(1366, 768), size(1440, 900), size(683, 384)] as const;
export const PUBLIC_SIZES = [size(360, 740), size(1080, 1920)] as const;

const FOLDER = path.resolve(import.meta.dirname, '../../test-results/screens');
/**
 * Pictures are for eyes, what is measured is measured either way. `DAIBAN_SCREENS=all` takes every
 * one, `few` one light and one dark; without it the dark ones come in one size.
 */
const PICTURES = process.env['DAIBAN_SCREENS'];
/** What colours can break; all else axe has seen on the same elements in the light. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
/** Smallest side of anything a finger has to hit on the tablet, in CSS px. */
const TARGET_MIN = 48;

/** Looks at screens one by one, keeps a picture of each, and remembers everything that is wrong. */
export class ScreenChecks {
  readonly page: Page;
  readonly sizes: readonly Size[];
  readonly surface: 'tablet' | 'desk' | 'public';
  /** `screen-size-theme: what` in the order found. */
  readonly problems: string[] = [];
  /** How many screens were looked at, and how often axe looked. */
  screens = 0;
  axeRuns = 0;

  constructor(page: Page, surface: ScreenChecks['surface'], sizes: readonly Size[]) {
    this.page = page;
    this.surface = surface;
    this.sizes = sizes;
  }

  /** One screen as it stands now, in every size and both themes; leaves it light and upright. */
  async look(name: string): Promise<void> {
    this.screens += 1;
    const home = this.sizes.slice(1, 2);
    for (const theme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme: theme });
      // Colours do not move anything: the dark pictures of other sizes are for eyes only.
      for (const one of theme === 'light' || PICTURES === 'all' ? this.sizes : home) {
        await this.page.setViewportSize(one);
        const shown = `${this.surface}-${name}-${one.name}-${theme}`;
        await this.#measure(shown);
        if (PICTURES !== 'few' || home.includes(one)) await this.#keep(shown);
      }
      await this.#axe(`${this.surface}-${name}-${theme}`, theme === 'dark');
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
    if (this.surface === 'tablet') await this.#largeText(name);
    for (const one of home) await this.page.setViewportSize(one);
  }

  /** 最大 30: the same screen with the largest text; nothing may be cut off. */
  async #largeText(name: string): Promise<void> {
    const root = this.page.locator('html');
    const before = await root.getAttribute('data-text');
    await root.evaluate((html) => (html.dataset['text'] = '30'));
    for (const one of this.sizes.slice(0, 2)) {
      await this.page.setViewportSize(one);
      const shown = `${this.surface}-${name}-${one.name}-text30`;
      await this.#measure(shown);
      if (PICTURES !== 'few') await this.#keep(shown);
    }
    await root.evaluate((html, text) => (html.dataset['text'] = text ?? ''), before);
  }

  async #keep(shown: string): Promise<void> {
    await this.page.screenshot({ path: path.join(FOLDER, `${shown}.png`) });
  }

  async #axe(shown: string, coloursOnly: boolean): Promise<void> {
    this.axeRuns += 1;
    const axe = new AxeBuilder({ page: this.page });
    const { violations } = await (coloursOnly ? axe.withRules(COLOUR_RULES) : axe).analyze();
    for (const { id, nodes } of violations)
      this.problems.push(`${shown}: ${id} ${nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  }

  async #measure(shown: string): Promise<void> {
    const targetMin = this.surface === 'tablet' ? TARGET_MIN : 0;
    const found = await this.page.evaluate(measureHere, targetMin);
    // The desk names keys (Enter, Esc) and formats (CSV); villagers and agents read Chinese only.
    const english = (what: string): boolean => what.startsWith('not Chinese');
    for (const what of found)
      if (this.surface !== 'desk' || !english(what)) this.problems.push(`${shown}: ${what}`);
  }
}

/** Runs in the page: too wide, cut off, too small for a finger. */
function measureHere(targetMin: number): string[] {
  const found: string[] = [];
  const root = document.documentElement;
  const name = (one: Element): string =>
    `${one.tagName.toLowerCase()} «${(one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 24)}»`;
  const visible = (one: Element): boolean => one.checkVisibility({ visibilityProperty: true });
  if (root.scrollWidth > innerWidth + 1) {
    const wide = [...document.querySelectorAll('body *')].filter(
      (one) => visible(one) && one.getBoundingClientRect().right > innerWidth + 1,
    );
    const inner = wide.filter((one) => ![...one.children].some((child) => wide.includes(child)));
    const names = inner
      .slice(0, 3)
      .map((one) => `.${one.parentElement?.className ?? ''} > ${name(one)}`);
    found.push(`page is ${root.scrollWidth} wide in ${innerWidth}: ${names.join(', ')}`);
  }
  for (const one of document.querySelectorAll<HTMLElement>(
    'a, button, h1, h2, h3, p, label, dd, dt',
  )) {
    if (one.classList.contains('sr') || !visible(one)) continue;
    const { overflowX } = getComputedStyle(one);
    if (overflowX === 'visible' || overflowX === 'auto' || overflowX === 'scroll') continue;
    if (one.scrollWidth > one.clientWidth + 1) found.push(`cut off: ${name(one)}`);
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { parentElement, textContent } = words.currentNode;
    // Letters of a card or a key are no words.
    if (!parentElement || parentElement.closest('script, style, code') || !visible(parentElement))
      continue;
    const latin = (textContent ?? '').match(/[A-Za-z]{3,}/g) ?? [];
    const strange = latin.filter((one) => one !== 'English');
    if (strange.length > 0) found.push(`not Chinese: ${strange.join(' ')}`);
  }
  if (targetMin === 0) return found;
  for (const one of document.querySelectorAll(
    'a[href], button, input, select, textarea, summary',
  )) {
    if (!visible(one) || one.closest('.sr')) continue;
    const box = (one.matches('input') && one.closest('label')) || one;
    const { width, height } = box.getBoundingClientRect();
    const inText = one.matches('p a, li a:not(.btn):not(.row)') && one.clientHeight === 0;
    if (!inText && (height < targetMin - 0.5 || width < targetMin - 0.5))
      found.push(`target ${Math.round(width)}x${Math.round(height)}: ${name(one)}`);
  }
  return found;
}
