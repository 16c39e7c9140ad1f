import { USER_NAME } from '$lib/server/auth/auth';
import { PASSPHRASE_MIN } from '$lib/server/auth/password';
import { setupTokenIsGood, useSetupToken } from '$lib/server/auth/setup-link';
import { fail, redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
  good: await setupTokenIsGood(locals.room.accounts, url.searchParams.get('t') ?? ''),
});

export const actions: Actions = {
  default: async ({ request, locals, url }) => {
    const form = await request.formData();
    const field = (name: string) => String(form.get(name) ?? '').trim();
    const [name, user, passphrase] = [field('name'), field('user'), field('passphrase')];
    const kept = { name, user };
    if (!USER_NAME.test(user)) return fail(400, { problem: 'badUser' as const, ...kept });
    if ([...passphrase].length < PASSPHRASE_MIN)
      return fail(400, { problem: 'short' as const, ...kept });
    if (passphrase !== field('again')) return fail(400, { problem: 'unlike' as const, ...kept });
    const admin = { userName: user, name: name || user, passphrase };
    const made = await useSetupToken(locals.room.accounts, url.searchParams.get('t') ?? '', admin);
    if (!made) return fail(410, { problem: 'gone' as const, ...kept });
    redirect(303, '/desk/sign-in?set');
  },
};
