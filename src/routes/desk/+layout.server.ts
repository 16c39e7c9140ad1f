import type { LayoutServerLoad } from './$types';

/** Language and theme are cookies of the reader's own; nothing else is known before sign-in. */
export const load: LayoutServerLoad = ({ cookies }) => ({
  language: cookies.get('language') === 'en' ? ('en' as const) : ('zh-CN' as const),
  dark: cookies.get('theme') === 'dark',
});
