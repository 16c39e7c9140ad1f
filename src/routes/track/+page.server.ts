import { COUNTY } from '$lib/server/county';
import { lookUp } from '$lib/server/track';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ cookies }) => ({
  county: COUNTY.name,
  language: cookies.get('language') === 'en' ? ('en' as const) : ('zh-CN' as const),
});

export const actions: Actions = {
  // The code travels in the body, never in an address that a log would keep.
  default: async ({ request, locals, getClientAddress }) => {
    const form = await request.formData();
    const code = String(form.get('code') ?? '').slice(0, 60);
    const name = String(form.get('name') ?? '').slice(0, 60);
    const digits = code.normalize('NFKC').replace(/\D/g, '').length;
    if (digits !== 12) return fail(400, { problem: 'incomplete' as const, waitSeconds: 0 });
    if (name.trim() === '') return fail(400, { problem: 'noName' as const, waitSeconds: 0 });
    const { desk, limiter } = locals.room;
    const answer = await lookUp(desk, limiter, { code, name, address: getClientAddress() });
    if (answer.kind === 'slow')
      return fail(429, { problem: 'slow' as const, waitSeconds: answer.waitSeconds });
    if (answer.kind === 'unknown')
      return fail(404, { problem: 'unknown' as const, waitSeconds: 0 });
    return { answer };
  },
};
