import { notFound, personHere } from '$lib/server/desk/here';
import { provenHere, proveHere } from '$lib/server/desk/prove-here';
import { confirmKey, endKey, keysFor, proposeKey } from '$lib/server/keys/officer-keys';
import { setCookies } from '$lib/server/auth/set-cookies';
import { fail, type RequestEvent } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

const KEY_JSON_MAX = 4_000;

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const keys = locals.confined ? null : await keysFor(locals.room, person);
  if (keys === null) notFound();
  const secondFactor = locals.account?.secondFactor ?? false;
  return { ...keys, proven: provenHere(locals), secondFactor };
};

const SAID = { none: 'none', second: 'secondHand', there: 'there', bad: 'bad' } as const;

/** What one person asks for who named himself lately; `said` is what was done. */
const hand =
  <Said extends string>(work: typeof endKey, said: Said) =>
  async ({ locals, request }: RequestEvent) => {
    const person = personHere(locals);
    if (locals.confined) return fail(404, { said: 'none' as const });
    if ((await keysFor(locals.room, person)) === null) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const keyId = String((await request.formData()).get('key') ?? '').slice(0, 64);
    const refused = await work(locals.room, person, keyId);
    return refused === null ? { said } : fail(400, { said: SAID[refused] });
  };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, KEY_JSON_MAX));
  } catch {
    return null;
  }
}

const made = async ({ locals, request }: RequestEvent) => {
  const person = personHere(locals);
  const keys = locals.confined ? null : await keysFor(locals.room, person);
  if (keys?.mayMake !== true) return fail(404, { said: 'none' as const });
  if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
  const key = parsed(String((await request.formData()).get('key') ?? ''));
  const refused = await proposeKey(locals.room, person, key);
  return refused === null ? { said: 'made' as const } : fail(400, { said: SAID[refused] });
};

export const actions: Actions = {
  prove: async ({ request, locals, cookies }) => {
    personHere(locals);
    const typed = String((await request.formData()).get('proof') ?? '').slice(0, 200);
    const done = await proveHere(locals, typed, request.headers);
    if (done.kind !== 'proven')
      return fail(400, {
        said: done.kind === 'slow' ? ('proveLater' as const) : ('prove' as const),
      });
    setCookies(cookies, done.cookies);
    return { said: 'proven' as const };
  },
  made,
  confirm: hand(confirmKey, 'confirmed' as const),
  end: hand(endKey, 'over' as const),
};
