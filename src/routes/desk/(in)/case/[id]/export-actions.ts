import { notFound, personHere } from '$lib/server/desk/here';
import { provenHere } from '$lib/server/desk/prove-here';
import { askExport, confirmExport, endExport } from '$lib/server/desk/sealed-export';
import { seeCase } from '$lib/server/desk/see';
import { fail, type RequestEvent } from '@sveltejs/kit';

/** One hand on the export of a sealed case, by somebody who named himself lately. */
const hand =
  <Said extends string>(work: typeof askExport, said: Said) =>
  async ({ locals, request, params }: RequestEvent<{ id: string }>) => {
    const person = personHere(locals);
    const { desk } = locals.room;
    const seen = await seeCase(desk, person, params.id);
    if (seen === null || locals.confined) notFound();
    const why = String((await request.formData()).get('why') ?? '').slice(0, 1_000);
    if (!provenHere(locals)) return fail(403, { leaving: 'prove' as const });
    const refused = await work(desk, person, { seen, why });
    if (refused === 'none') notFound();
    return refused === null ? { leaving: said } : fail(400, { leaving: refused });
  };

/** Asks that it may leave. */
export const exportAsk = hand(askExport, 'asked' as const);
/** The second person's hand. */
export const exportConfirm = hand(confirmExport, 'confirmed' as const);
/** Refuses, or takes back. */
export const exportEnd = hand(endExport, 'over' as const);
