import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { cleanString } from '../../src/lib/protocol/canonical.ts';

/** One text to dictate: where it comes from, what is typed, what must stand at the county. */
export interface Spoken {
  /** Id of the message, or `own-n` for the hard ones below. Never shown with the text. */
  readonly id: string;
  readonly typed: string;
  /** The documented cleaning only: lone surrogates become U+FFFD, NUL goes. */
  readonly wanted: string;
}

const spoken = (id: string, typed: string): Spoken => ({ id, typed, wanted: cleanString(typed) });

/** mulberry32: the same seed gives the same choice on every machine. */
export function dice(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every message of the file, by ascending length of its text. */
export async function readMessages(file: string): Promise<readonly Spoken[]> {
  const all: Spoken[] = [];
  const seen = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
    if (!line.trim()) continue;
    const { id, text } = JSON.parse(line) as { id: string; text: string };
    // Equal texts would make one lost and one doubled case look like none.
    if (!text.trim() || seen.has(text)) continue;
    seen.add(text);
    all.push(spoken(id, text));
  }
  return all.sort((a, b) => a.typed.length - b.typed.length || (a.id < b.id ? -1 : 1));
}

/** `count` of them spread over all lengths, always with the shortest and the longest. */
export function choose(
  sorted: readonly Spoken[],
  count: number,
  random: () => number,
): readonly Spoken[] {
  const chosen: Spoken[] = [];
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * sorted.length) / count);
    const to = Math.floor(((i + 1) * sorted.length) / count);
    const at =
      i === 0 ? from : i === count - 1 ? to - 1 : from + Math.floor(random() * (to - from));
    const one = sorted[at];
    if (one) chosen.push(one);
  }
  return chosen;
}

/** The same elements in another order. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** Texts of our own in which a careless layer would change something. */
export const HARD: readonly Spoken[] = [
  '家里断电了\ud800，半个字也要留着',
  '中间有个\0空字符',
  '=HYPERLINK("http://example.invalid","点我")',
  '＝ＳＵＭ（Ａ１）＋－＠ 全角的',
  '-5 度的天，水管冻了',
  '@村部 "引号"，逗号,分号;还有\'撇号\'',
  '第一行\r\n第二行\n\n\t缩进的第三行\r尾巴',
  '  前面两个空格，后面也两个  ',
  'e\u0301 与 é 不一样，Å 与 Å 也不一样',
  '𠮷野家𡋾 👨‍👩‍👧‍👦 🇨🇳 生僻字䶮㐂',
  '零宽\u200b连\u200d接\ufeff符\u2028行分隔\u2029段分隔',
  '<script>alert(1)</script> &amp; ${x} \\n %00 \u202e倒着写\u202c',
].map((text, n) => spoken(`own-${n + 1}`, text));
