import { COUNTY } from '$lib/server/county';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ cookies }) => ({
  county: COUNTY.name,
  language: cookies.get('language') === 'en' ? ('en' as const) : ('zh-CN' as const),
});
