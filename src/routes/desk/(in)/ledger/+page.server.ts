import { addressFor, askedWith } from '$lib/server/desk/finding';
import { personHere } from '$lib/server/desk/here';
import { ledgerOf, readLedgerAsk } from '$lib/server/desk/ledger';
import { redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const person = personHere(locals);
  const { desk, finds } = locals.room;
  return ledgerOf(desk, person, readLedgerAsk(askedWith(finds, person.personId, url)));
};

export const actions: Actions = {
  find: async ({ request, locals }) => {
    const { personId } = personHere(locals);
    const form = await request.formData();
    redirect(303, addressFor(locals.room.finds, personId, { path: '/desk/ledger', form }));
  },
};
