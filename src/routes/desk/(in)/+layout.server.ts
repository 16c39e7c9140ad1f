import { isDeskPerson, rolesAt } from '$lib/server/auth/subject';
import { COUNTY } from '$lib/server/county';
import { placesFor } from '$lib/server/desk/places';
import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url }) => {
  const { person, room, wasIdle } = locals;
  const now = room.desk.now();
  if (!person || !isDeskPerson(person, now)) {
    const next = encodeURIComponent(url.pathname + url.search);
    redirect(303, `/desk/sign-in?next=${next}${wasIdle ? '&idle' : ''}`);
  }
  return {
    county: COUNTY.name,
    me: { name: person.name, roles: rolesAt(person, now) },
    places: await placesFor(room.desk, person),
    now,
  };
};
