import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = readFileSync(new URL('../src/error.html', import.meta.url), 'utf8');

/** As Kit fills it in: what it knows of the error, already escaped. */
const filled = (status: number, message: string): string =>
  PAGE.replaceAll('%sveltekit.status%', `${status}`).replaceAll(
    '%sveltekit.error.message%',
    message,
  );

it('[UI35] the page of last resort says what happened, what is safe and what to do, and needs nothing', () => {
  const page = filled(500, '县里的机器出了岔子。');
  const told = ['没办成', '县里的机器出了岔子。', '没丢', '再打开这一页', '管机器的人', '500'];
  const places = told.map((word) => page.indexOf(word));
  expect(places.every((at) => at > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(page).toContain('<html lang="zh-CN">');
  expect(page).not.toContain('%sveltekit.');
  // It may come when nothing else does: no script, no file, no style attribute, one way out.
  expect(page).not.toMatch(/<script|<link|<img|\bstyle=|\bsrc=|@import|url\(/);
  expect([...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(['', '/']);
});
