import { COUNTY } from '$lib/server/county';
import { notice } from '$lib/server/evidence/public';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ cookies, locals }) => ({
  county: COUNTY.name,
  notice: await notice(locals.room.container),
  language: cookies.get('language') === 'en' ? ('en' as const) : ('zh-CN' as const),
});
