import { notFound, personHere } from '$lib/server/desk/here';
import type { PageServerLoad } from './$types';

/** Anybody of the desk may bring a file: it is read by nobody here. */
export const load: PageServerLoad = ({ locals }) => {
  personHere(locals);
  if (locals.confined) notFound();
  return {};
};
