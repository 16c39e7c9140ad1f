import { notFound, personHere } from '$lib/server/desk/here';
import { adoptKeptRow, beginKeptLook, keptPage, layAside } from '$lib/server/desk/kept';
import { readKeptAsk } from '$lib/server/desk/kept-list';
import { LOOK_REASONS, LOOK_WORDS_MAX } from '$lib/server/desk/looks';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const REASON_MAX = 2_000;

export const load: PageServerLoad = async ({ locals, url }) => ({
  ...(await keptPage(locals.room.desk, personHere(locals), readKeptAsk(url.searchParams))),
  gate: { reasons: LOOK_REASONS, max: LOOK_WORDS_MAX },
});

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '');

/** Which row, and why. */
async function asked(request: Request) {
  const form = await request.formData();
  const reason = textOf(form, 'reason').trim().slice(0, REASON_MAX);
  return { form, id: textOf(form, 'id'), reason };
}

async function lay({ request, locals }: RequestEvent, up: boolean) {
  const { id, reason } = await asked(request);
  if (reason === '') return fail(400, { problem: 'reason' });
  const done = await layAside(locals.room.desk, personHere(locals), { id, reason, up });
  return done ? { problem: '' } : fail(409, { problem: 'lay' });
}

export const actions: Actions = {
  adopt: async ({ request, locals }) => {
    const { id, reason } = await asked(request);
    if (reason === '') return fail(400, { problem: 'reason' });
    const done = await adoptKeptRow(locals.room.desk, personHere(locals), { id, reason });
    if (done.ok) return { problem: '' };
    if (done.error === 'NOT_FOUND') notFound();
    return fail(409, { problem: done.error });
  },
  lay: (event) => lay(event, false),
  up: (event) => lay(event, true),
  look: async ({ request, locals }) => {
    const { form, id } = await asked(request);
    const words = { code: textOf(form, 'why'), words: textOf(form, 'words') };
    const begun = await beginKeptLook(locals.room.desk, personHere(locals), { id, ...words });
    if (begun === 'NOTHING') notFound();
    return begun === 'begun' ? { problem: '' } : fail(400, { problem: 'look' });
  },
};
