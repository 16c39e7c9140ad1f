import { notFound, personHere } from '$lib/server/desk/here';
import { insightOf } from '$lib/server/desk/insight';
import { may } from '$lib/server/desk/see';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (!may(desk, person, ['stats.view', null])) notFound();
  return { view: await insightOf(desk, person, url.searchParams.get('p') ?? 'year') };
};
