/** The demo's cards as a page to print, or to hold before a camera: `demo-cards.html`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import qrcode from 'qrcode';
import type { DemoAccount } from './people.ts';

const HEAD = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>北禾县的胸牌（演示）</title>
<style>body{font-family:sans-serif}figure{display:inline-block;width:74mm;margin:4mm;padding:4mm;
border:1px solid #777;break-inside:avoid;text-align:center}svg{width:40mm}code{word-break:break-all}</style>
<h1>北禾县的胸牌（演示，人和事都是编的）</h1>`;

/** One card: who would wear it stands on it only because this is the demo. */
async function cardOf({ name, user, card, pin }: DemoAccount): Promise<string> {
  const code = await qrcode.toString(card ?? '', { type: 'svg', errorCorrectionLevel: 'M' });
  return `<figure><b>${name}</b> ${user}${code}<br><code>${card}</code><br>开锁数 ${pin}</figure>`;
}

/** Writes the page beside `demo-accounts.json`; returns its name. */
export async function printDemoCards(
  people: readonly DemoAccount[],
  dataDir: string,
): Promise<string> {
  const cards = people.filter(({ card }) => card !== null).map(cardOf);
  const name = 'demo-cards.html';
  await writeFile(path.join(dataDir, name), `${HEAD}${(await Promise.all(cards)).join('\n')}\n`);
  return name;
}
