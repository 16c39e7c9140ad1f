import { getContext, setContext } from 'svelte';

/** The two languages of the typed dictionaries; Chinese first. */
export type Language = 'zh-CN' | 'en';

/** One area's words in both languages; the compiler holds the two to the same shape. */
export type Words<T> = Readonly<Record<Language, T>>;

const key = Symbol('language');

/** A reader that gives the language of this moment, so that a change in 设置 redraws at once. */
export interface LanguageSource {
  readonly current: Language;
}

const chinese: LanguageSource = { current: 'zh-CN' };

/** Called once by a layout; components below read it with `useLanguage`. */
export function provideLanguage(source: LanguageSource): void {
  setContext(key, source);
}

/** The language above this component; Chinese when no layout has said otherwise. */
export function useLanguage(): LanguageSource {
  return getContext<LanguageSource | undefined>(key) ?? chinese;
}
