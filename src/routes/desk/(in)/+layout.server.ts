import { isDeskPerson, rolesAt } from '$lib/server/auth/subject';
import { COUNTY } from '$lib/server/county';
import { placesFor } from '$lib/server/desk/places';
import { caseMark } from '$lib/server/desk/case-mark';
import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';
import { MOVED } from './moved';

export const load: LayoutServerLoad = async ({ depends, locals, params, route, url }) => {
  depends(MOVED);
  const { person, room, wasIdle, confined } = locals;
  const now = room.desk.now();
  if (confined && !person) redirect(303, '/desk/settings');
  if (!person || !isDeskPerson(person, now)) {
    const next = encodeURIComponent(url.pathname + url.search);
    redirect(303, `/desk/sign-in?next=${next}${wasIdle ? '&idle' : ''}`);
  }
  return {
    county: COUNTY.name,
    me: { name: person.name, roles: rolesAt(person, now) },
    // The page of a case compares it with what it shows.
    caseMark:
      route.id === '/desk/(in)/case/[id]'
        ? await caseMark(room.desk, person, params.id ?? '')
        : null,
    places: confined ? [] : await placesFor(room.desk, person),
    now,
  };
};
