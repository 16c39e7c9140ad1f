import { notFound, personHere } from '$lib/server/desk/here';
import { looksTold, mayTell } from '$lib/server/desk/looks';
import { numberOf } from '$lib/server/desk/row';
import { seeCase } from '$lib/server/desk/see';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  const seen = await seeCase(desk, person, params.id);
  if (seen === null || !mayTell(desk, person, seen.sight)) notFound();
  const rows = await looksTold(desk, person, seen);
  return { rows, number: numberOf(seen.record.file), caseId: params.id, now: desk.now() };
};
