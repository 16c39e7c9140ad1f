import { notFound, personHere } from '$lib/server/desk/here';
import { adoptKeptRow, keptRows } from '$lib/server/desk/kept';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
  rows: await keptRows(locals.room.desk, personHere(locals)),
});

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData();
    const reason = String(form.get('reason') ?? '')
      .trim()
      .slice(0, 2_000);
    const id = String(form.get('id') ?? '');
    if (reason === '') return fail(400, { problem: 'reason' });
    const done = await adoptKeptRow(locals.room.desk, personHere(locals), { id, reason });
    if (done.ok) return { problem: '' };
    if (done.error === 'NOT_FOUND') notFound();
    return fail(409, { problem: done.error });
  },
};
