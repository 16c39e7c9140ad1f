import type { Subject } from '$lib/domain/permissions';
import type { PersonId } from '$lib/domain/values';
import type { NewAccount } from '$lib/server/auth/accounts';
import { addAccount } from '$lib/server/settings/account-acts';
import { takeInventory } from '$lib/server/settings/grant-inventory';
import { USER_NAME } from '$lib/server/auth/auth';
import { PASSPHRASE_MIN } from '$lib/server/auth/password';
import { BY_SETUP, setupTokenIsGood, useSetupToken } from '$lib/server/auth/setup-link';
import { fail, redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Nobody has an account yet: the link itself makes the first. */
const FIRST: Subject = { personId: BY_SETUP as PersonId, name: '', grants: [] };

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
    const { room } = locals;
    const make = async (account: NewAccount) => {
      await addAccount(room, FIRST, { ...account, note: 'ADMIN' });
      const { db, county, env, clock } = room.container;
      const { intakeKeyFile } = env;
      await takeInventory({ db, county, intakeKeyFile, now: clock.now });
    };
    const admin = { userName: user, name: name || user, passphrase, make };
    const made = await useSetupToken(locals.room.accounts, url.searchParams.get('t') ?? '', admin);
    if (!made) return fail(410, { problem: 'gone' as const, ...kept });
    redirect(303, '/desk/sign-in?set');
  },
};
