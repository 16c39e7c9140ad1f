import { afterAct } from '$lib/server/desk/after-act';
import { markOf } from '$lib/server/desk/case-mark';
import { notFound, personHere } from '$lib/server/desk/here';
import { beginLook, logLook, LOOK_REASONS, LOOK_WORDS_MAX, mayTell } from '$lib/server/desk/looks';
import { perform } from '$lib/server/desk/perform';
import { reviewOf } from '$lib/server/desk/review';
import { exportFor } from '$lib/server/desk/sealed-export';
import { seeCase } from '$lib/server/desk/see';
import { fail, redirect } from '@sveltejs/kit';
import { CASE_MOVED } from '../../moved';
import type { Actions, PageServerLoad } from './$types';
import { exportAsk, exportConfirm, exportEnd } from './export-actions';

/** Longest answer given back after a refusal, so that nothing typed is lost. */
const KEPT_MAX = 15_000;

export const load: PageServerLoad = async ({ depends, locals, params }) => {
  depends(CASE_MOVED);
  const person = personHere(locals);
  const { desk } = locals.room;
  const seen = await seeCase(desk, person, params.id);
  if (seen === null) notFound();
  const { view, acts, agent, look } = await reviewOf(desk, person, seen);
  await logLook(desk, person, { seen, look });
  const gate = look.open
    ? null
    : { all: seen.sight.sealed, reasons: LOOK_REASONS, max: LOOK_WORDS_MAX };
  // Behind the reason as the rest: the page of a sealed case shows nothing but its number before.
  const leaving = look.open ? await exportFor(desk, person, seen) : null;
  const tells = mayTell(desk, person, seen.sight);
  const shownMark = markOf(seen.record);
  return { view, acts, agent, gate, leaving, tells, shownMark, now: desk.now() };
};

export const actions: Actions = {
  exportAsk,
  exportConfirm,
  exportEnd,
  look: async ({ request, locals, params }) => {
    const person = personHere(locals);
    const { desk } = locals.room;
    const seen = await seeCase(desk, person, params.id);
    if (seen === null) notFound();
    const form = await request.formData();
    const [code, words] = [String(form.get('why') ?? ''), String(form.get('words') ?? '')];
    const begun = await beginLook(desk, person, { seen, code, words });
    if (begun === 'NOTHING') notFound();
    return begun === 'begun' ? { look: 'begun' as const } : fail(400, { look: 'REASON' as const });
  },
  act: async ({ request, locals, params }) => {
    const person = personHere(locals);
    const form = await request.formData();
    const act = String(form.get('act') ?? '');
    const eventId = String(form.get('eventId') ?? '');
    const press = { caseId: params.id, act, eventId, form };
    const done = await perform(locals.room.desk, person, press);
    if (done.ok) {
      const after = await afterAct(locals.room.desk, person, press);
      if (after.kind === 'gone') redirect(303, `/desk?left=${encodeURIComponent(act)}`);
      const second = after.kind === 'second' ? after : null;
      return { act, done: true as const, second, refusal: null, kept: {} };
    }
    if (done.error.code === 'NOT_FOUND') notFound();
    const kept = Object.fromEntries(
      [...form].flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value.slice(0, KEPT_MAX)]] : [],
      ),
    );
    return fail(409, { act, done: false as const, refusal: done.error, kept });
  },
};
