import { COUNTY } from '$lib/server/county';
import { publicKeys } from '$lib/server/evidence/public';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ cookies, locals }) => ({
  county: COUNTY.name,
  keys: await publicKeys(locals.room.container),
  language: cookies.get('language') === 'en' ? ('en' as const) : ('zh-CN' as const),
});
