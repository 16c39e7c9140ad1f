import { readSession } from '$lib/server/auth/session';
import { isDeskPerson } from '$lib/server/auth/subject';
import { notFound, personHere } from '$lib/server/desk/here';
import type { RequestHandler } from './$types';

/** Tells an open page that something moved, as long as its session lasts. */
export const GET: RequestHandler = ({ locals, request }) => {
  const person = personHere(locals);
  const { auth, accounts, desk, live } = locals.room;
  if (!isDeskPerson(person, desk.now())) notFound();
  const { headers } = request;
  const stillIn = async (): Promise<boolean> => {
    const asked = { auth, db: accounts.db, now: accounts.now, watching: true };
    const found = await readSession(asked, headers);
    return found !== null && found !== 'idle' && isDeskPerson(found.person, desk.now());
  };
  const stream = live.open({ personId: person.personId, stillIn });
  // A browser that is answered so does not ask again by itself; the page then looks each minute.
  if (stream === null) return new Response(null, { status: 204 });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
};
