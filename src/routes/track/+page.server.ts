import { COUNTY } from '$lib/server/county';
import { drawReceipt } from '$lib/server/evidence/public';
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
    const { desk, limiter, container } = locals.room;
    const sign = (record: Parameters<typeof drawReceipt>[1]) => drawReceipt(container, record);
    const question = { code, name, address: getClientAddress(), sign };
    const answer = await lookUp(desk, limiter, question);
    if (answer.kind === 'slow')
      return fail(429, { problem: 'slow' as const, waitSeconds: answer.waitSeconds });
    if (answer.kind === 'wrongs')
      return fail(429, { problem: 'wrongs' as const, waitSeconds: answer.waitSeconds });
    if (answer.kind === 'unknown')
      return fail(404, { problem: 'unknown' as const, waitSeconds: 0 });
    return { answer };
  },
};
