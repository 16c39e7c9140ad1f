/** Hears the moment at which the screen says 已存本机, inside the page and by the page's clock. */
import type { BrowserContext } from '@playwright/test';

export interface Tick {
  /** When the button was pressed and when the tick stood on the screen, in epoch ms. */
  readonly pressedAt: number;
  readonly shownAt: number;
  /** All text of the page at that moment. */
  readonly text: string;
}

/** Calls back in the very task in which the tick has appeared after a save. */
export async function hearTicks(context: BrowserContext, heard: (tick: Tick) => void) {
  await context.exposeBinding('chaosTick', (_source, tick: Tick) => heard(tick));
  await context.addInitScript(watch);
}

/** Runs in the page: a form was open, now its case or its slip stands there with the first tick. */
function watch(): void {
  const FORM = /\/(?:supplement|readback|intake\/[^/]+)$/;
  const SAVED = /\/tablet\/case\/[^/]+(?:\/receipt)?$/;
  let armed = false;
  let pressedAt = 0;
  const look = (): void => {
    const { pathname } = location;
    if (FORM.test(pathname)) armed = true;
    if (!armed || !SAVED.test(pathname)) return;
    const tick = document.querySelector('ol.ticks li[data-n="1"]:not(.none)');
    const slip = document.querySelector('span.ready[role=status]');
    if (!tick && !slip?.textContent.includes('已存本机')) return;
    armed = false;
    const told = { pressedAt, shownAt: Date.now(), text: document.body.textContent };
    void (window as unknown as { chaosTick(tick: Tick): Promise<void> }).chaosTick(told);
  };
  addEventListener('click', () => (pressedAt = Date.now()), { capture: true });
  new MutationObserver(look).observe(document, {
    ...{ subtree: true, childList: true, attributes: true, characterData: true },
  });
}
