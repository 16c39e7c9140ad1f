import { personHere } from '$lib/server/desk/here';
import { provenHere } from '$lib/server/desk/prove-here';
import {
  confirmSealed,
  endSealed,
  type ListRefusal,
  namesSealed,
  proposeSealed,
} from '$lib/server/settings/sealed-list';
import { fail, type RequestEvent } from '@sveltejs/kit';

/** What the page says for each refusal. */
const SAID = {
  none: 'none',
  own: 'sealedOwn',
  second: 'sealedSecond',
  there: 'sealedThere',
} as const satisfies Record<ListRefusal, string>;

/** One hand on the list by somebody who named himself lately; `said` is what was done. */
const hand =
  <Said extends string>(work: typeof proposeSealed, said: Said) =>
  async ({ locals, request }: RequestEvent) => {
    const person = personHere(locals);
    const may = !locals.confined && namesSealed(person, locals.room.desk.now());
    if (!may) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const whom = String((await request.formData()).get('person') ?? '').slice(0, 100);
    const refused = await work(locals.room, person, whom);
    return refused === null ? { said } : fail(400, { said: SAID[refused] });
  };

/** Proposes somebody; nothing opens before another person confirms. */
export const sealedPropose = hand(proposeSealed, 'sealedProposed' as const);
/** The second person's hand. */
export const sealedConfirm = hand(confirmSealed, 'sealedConfirmed' as const);
/** Refuses, takes back, or takes off the list. */
export const sealedEnd = hand(endSealed, 'sealedEnded' as const);
