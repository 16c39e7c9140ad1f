import type { Settings } from '$lib/tablet/workspace-types';

/** Sizes of 设置 › 字号, in CSS px of one rem. */
export const textSizes = [18, 22, 26, 30] as const;

/** 大字: one tap makes the text one step larger, and starts again after the largest. */
export const nextTextSize = (size: Settings['textSize']): Settings['textSize'] =>
  textSizes[(textSizes.indexOf(size) + 1) % textSizes.length] ?? 18;

/** Whether the screen is dark now: by choice, else as the system says. */
export const isDark = (theme: Settings['theme']): boolean =>
  theme === 'dark' ||
  (theme === 'auto' && globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches);
