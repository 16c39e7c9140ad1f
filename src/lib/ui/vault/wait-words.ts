import type { Language } from '../language.ts';

/** How long somebody has to wait, rounded up so that it is never too short: `30 秒`, `8 分钟`. */
export function waitWords(seconds: number, lang: Language): string {
  const s = Math.max(1, Math.ceil(seconds));
  const english = lang === 'en';
  if (s < 100) return english ? `${s} seconds` : `${s} 秒`;
  const minutes = Math.ceil(s / 60);
  if (minutes < 60) return english ? `${minutes} minutes` : `${minutes} 分钟`;
  const hours = Math.ceil(minutes / 60);
  if (english) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${hours} 小时`;
}
