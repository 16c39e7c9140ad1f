import { broughtWaiting } from '$lib/server/desk/handin';
import { notFound, personHere } from '$lib/server/desk/here';
import type { PageServerLoad } from './$types';

/** Anybody of the desk may bring a file: it is read by nobody here. */
export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  if (locals.confined) notFound();
  return { waiting: await broughtWaiting(locals.room.desk, person) };
};
