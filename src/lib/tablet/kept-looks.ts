/**
 * Text size, theme and language of this tablet, in clear: they are no secret, and the lock screen
 * needs them before anything sealed can be read.
 */
import { settingsFrom } from './settings.ts';
import type { Settings } from './workspace-types.ts';

const KEY = 'daiban.looks';
const SIZES: readonly unknown[] = [18, 22, 26, 30] satisfies Settings['textSize'][];
const THEMES: readonly unknown[] = ['auto', 'light', 'dark'] satisfies Settings['theme'][];
const LANGUAGES: readonly unknown[] = ['zh-CN', 'en'] satisfies Settings['language'][];

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

/** Where they are kept; null where the browser forbids it: then the screen starts as it is made. */
function here(): Kept | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** What was set last on this tablet, by whomever; defaults for the rest and for what is no setting. */
export function keptLooks(storage: Kept | null = here()): Settings {
  const looks = settingsFrom({});
  try {
    const read: unknown = JSON.parse(storage?.getItem(KEY) ?? 'null');
    if (typeof read !== 'object' || read === null) return looks;
    const { textSize, theme, language } = { ...looks, ...(read as Partial<Settings>) };
    return {
      textSize: SIZES.includes(textSize) ? textSize : looks.textSize,
      theme: THEMES.includes(theme) ? theme : looks.theme,
      language: LANGUAGES.includes(language) ? language : looks.language,
    };
  } catch {
    return looks;
  }
}

/** Keeps them for the next start; a storage that is full or forbidden changes nothing now. */
export function keepLooks(settings: Settings, storage: Kept | null = here()): void {
  const { textSize, theme, language } = settings;
  const value = JSON.stringify({ textSize, theme, language });
  try {
    if (storage?.getItem(KEY) !== value) storage?.setItem(KEY, value);
  } catch {
    // The look of the next start is not worth a word.
  }
}
