import { entryGrant } from '$lib/server/desk/entry';
import { addressFor, askedWith } from '$lib/server/desk/finding';
import { inboxOf } from '$lib/server/desk/inbox';
import { keptCount } from '$lib/server/desk/kept';
import { peekOf } from '$lib/server/desk/peek';
import { personHere } from '$lib/server/desk/here';
import { resetTold } from '$lib/server/settings/account-resets';
import { isToldShut } from '$lib/server/sealing/shut';
import { redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';
import { MOVED } from './moved';

export const load: PageServerLoad = async ({ depends, locals, url }) => {
  depends(MOVED);
  const person = personHere(locals);
  const { desk } = locals.room;
  const find = askedWith(locals.room.finds, person.personId, url).get('q') ?? '';
  const inbox = await inboxOf(desk, person, { tab: url.searchParams.get('s') ?? 'all', find });
  const first = inbox.sections[0]?.rows[0];
  return {
    ...inbox,
    find,
    mayEnter: entryGrant(desk, person) !== null,
    kept: await keptCount(desk, person),
    shut: isToldShut(locals.room.container, person),
    left: url.searchParams.get('left') ?? '',
    reset: await resetTold(desk, person.personId),
    now: desk.now(),
    // A look at a sealed case is a press of his own.
    peek: first && !first.sealed ? await peekOf(desk, person, first.caseId) : null,
  };
};

export const actions: Actions = {
  find: async ({ request, locals }) => {
    const { personId } = personHere(locals);
    const form = await request.formData();
    redirect(303, addressFor(locals.room.finds, personId, { path: '/desk', form }));
  },
};
