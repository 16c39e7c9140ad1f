import { enterCase, entryGrant, entryIds } from '$lib/server/desk/entry';
import { entryFields } from '$lib/server/desk/entry-form';
import { notFound, personHere } from '$lib/server/desk/here';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Longest answer given back after a refusal, so that nothing typed is lost. */
const KEPT_MAX = 15_000;

export const load: PageServerLoad = ({ locals }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (entryGrant(desk, person) === null) notFound();
  return { fields: entryFields(desk, person), ids: entryIds() };
};

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const person = personHere(locals);
    const form = await request.formData();
    const caseId = String(form.get('caseId') ?? '');
    const eventId = String(form.get('eventId') ?? '');
    const done = await enterCase(locals.room.desk, person, { caseId, eventId, form });
    if (done.ok) return { entered: done.value, refusal: null, kept: null };
    const kept = Object.fromEntries(
      [...form].flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value.slice(0, KEPT_MAX)]] : [],
      ),
    );
    return fail(409, { entered: null, refusal: done.error, kept });
  },
};
