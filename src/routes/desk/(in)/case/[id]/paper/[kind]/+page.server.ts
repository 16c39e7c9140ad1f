import { notFound, personHere } from '$lib/server/desk/here';
import { paperOf } from '$lib/server/desk/paper';
import { seeCase } from '$lib/server/desk/see';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  const seen = await seeCase(desk, person, params.id);
  const made = seen === null ? null : paperOf(desk, person, { seen, kind: params.kind });
  return made === null ? notFound() : { ...made, caseId: params.id };
};
