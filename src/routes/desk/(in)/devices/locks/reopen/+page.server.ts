import { setCookies } from '$lib/server/auth/set-cookies';
import { notFound, personHere } from '$lib/server/desk/here';
import { provenHere, proveHere } from '$lib/server/desk/prove-here';
import {
  endReopening,
  giveSheet,
  madeReopening,
  openReopening,
  REOPEN_REASON_MAX,
  startReopening,
} from '$lib/server/keys/reopenings';
import { reopeningsFor } from '$lib/server/keys/reopenings-view';
import { fail, type RequestEvent } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const view = locals.confined ? null : await reopeningsFor(locals.room.desk, person);
  if (view === null) notFound();
  const secondFactor = locals.account?.secondFactor ?? false;
  const about = { proven: provenHere(locals), secondFactor, reasonMax: REOPEN_REASON_MAX };
  return { ...view, ...about, now: locals.room.desk.now() };
};

type Field = (name: string) => string;
const FIELD_MAX = 600;

/** One step of somebody who sees the tablets and named himself lately; null and false: not done. */
async function step<T, Said extends string>(
  { locals, request }: RequestEvent,
  said: Said,
  run: (
    field: Field,
    of: { desk: App.Locals['room']['desk']; person: ReturnType<typeof personHere> },
  ) => Promise<T>,
) {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (locals.confined || (await reopeningsFor(desk, person)) === null)
    return fail(404, { said: 'none' as const });
  if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
  const form = await request.formData();
  const field: Field = (name) => String(form.get(name) ?? '').slice(0, FIELD_MAX);
  const done = await run(field, { desk, person });
  if (done === false || done === null) return fail(400, { said: 'none' as const });
  return { said, done };
}

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
  start: (event) =>
    step(event, 'started' as const, (field, { desk, person }) => {
      const vaultId = field('vault');
      const of = { id: field('id'), vaultId, reason: field('reason'), to: field('to') };
      return startReopening(desk, person, of);
    }),
  sheet: (event) =>
    step(event, 'sheet' as const, (field, { desk, person }) => {
      const of = { id: field('id'), keyId: field('key'), sealed: field('sealed') };
      return giveSheet(desk, person, of);
    }),
  open: (event) =>
    step(event, 'opened' as const, (field, { desk, person }) =>
      openReopening(desk, person, field('id')),
    ),
  made: (event) =>
    step(event, 'made' as const, (field, { desk, person }) => {
      const of = { id: field('id'), cardId: field('card'), slip: field('slip') };
      return madeReopening(desk, person, of);
    }),
  end: (event) =>
    step(event, 'ended' as const, (field, { desk, person }) =>
      endReopening(desk, person, field('id')),
    ),
};
