import { cookiesOf } from '$lib/server/auth/sign-in';
import { redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, '/desk');

export const actions: Actions = {
  default: async ({ request, locals, cookies }) => {
    const answer = await locals.room.auth.api.signOut({
      headers: request.headers,
      asResponse: true,
    });
    for (const { name } of cookiesOf(answer)) cookies.delete(name, { path: '/' });
    redirect(303, '/desk/sign-in');
  },
};
