import { hazardRows } from '$lib/server/desk/field';
import { notFound, personHere } from '$lib/server/desk/here';
import { may } from '$lib/server/desk/see';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (!may(desk, person, ['hazard.view', null])) notFound();
  return { rows: await hazardRows(desk, person) };
};
