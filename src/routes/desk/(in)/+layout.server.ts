import { isDeskPerson, rolesAt } from '$lib/server/auth/subject';
import { COUNTY } from '$lib/server/county';
import { placesFor } from '$lib/server/desk/places';
import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url }) => {
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
    places: confined ? [] : await placesFor(room.desk, person),
    now,
  };
};
