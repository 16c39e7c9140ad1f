// Draws the PNG icons of the tablet from static/icons/icon.svg: node scripts/icons.mjs
import { chromium } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../static/icons/', import.meta.url));
const svg = readFileSync(`${folder}icon.svg`, 'utf8');
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.PW_CHROMIUM ?? system.find((p) => existsSync(p));
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath, args });

/**
 * A maskable icon may be cut to a circle: it gets no round corners and a smaller drawing.
 * @param {string} name
 * @param {number} size
 * @param {boolean} round
 */
async function draw(name, size, round) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const radius = round ? size * 0.2 : 0;
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;border-radius:${radius}px}</style>${svg}`,
  );
  await page.screenshot({ path: `${folder}${name}`, omitBackground: true });
  await page.close();
}

await draw('icon-192.png', 192, true);
await draw('icon-512.png', 512, true);
await draw('maskable-512.png', 512, false);
await browser.close();
