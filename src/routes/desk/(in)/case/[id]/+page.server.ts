import { notFound, personHere } from '$lib/server/desk/here';
import { perform } from '$lib/server/desk/perform';
import { logView, reviewOf } from '$lib/server/desk/review';
import { seeCase } from '$lib/server/desk/see';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Longest answer given back after a refusal, so that nothing typed is lost. */
const KEPT_MAX = 15_000;

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  const seen = await seeCase(desk, person, params.id);
  if (seen === null) notFound();
  const { view, acts, agent, rights } = await reviewOf(desk, person, seen);
  const classes = seen.sight.sealed ? 'P4' : rights.sensitive ? 'P3' : '';
  if (classes !== '') await logView(desk, person, { file: seen.record.file, classes });
  return { view, acts, agent, now: desk.now() };
};

export const actions: Actions = {
  act: async ({ request, locals, params }) => {
    const person = personHere(locals);
    const form = await request.formData();
    const act = String(form.get('act') ?? '');
    const eventId = String(form.get('eventId') ?? '');
    const press = { caseId: params.id, act, eventId, form };
    const done = await perform(locals.room.desk, person, press);
    if (done.ok) return { act, done: true as const, refusal: null, kept: {} };
    if (done.error.code === 'NOT_FOUND') notFound();
    const kept = Object.fromEntries(
      [...form].flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value.slice(0, KEPT_MAX)]] : [],
      ),
    );
    return fail(409, { act, done: false as const, refusal: done.error, kept });
  },
};
