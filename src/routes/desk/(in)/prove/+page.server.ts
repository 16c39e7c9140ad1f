import { setCookies } from '$lib/server/auth/set-cookies';
import { personHere } from '$lib/server/desk/here';
import { proveHere, safeNext } from '$lib/server/desk/prove-here';
import { fail, redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  personHere(locals);
  const next = safeNext(url.searchParams.get('next'));
  return { next, secondFactor: locals.account?.secondFactor ?? false };
};

export const actions: Actions = {
  default: async ({ request, locals, cookies, url }) => {
    personHere(locals);
    const form = await request.formData();
    const typed = String(form.get('proof') ?? '').slice(0, 200);
    const done = await proveHere(locals, typed, request.headers);
    if (done.kind === 'slow')
      return fail(429, { problem: 'slow' as const, wait: done.waitSeconds });
    if (done.kind === 'wrong') return fail(400, { problem: 'wrong' as const, wait: 0 });
    setCookies(cookies, done.cookies);
    redirect(303, safeNext(url.searchParams.get('next')));
  },
};
