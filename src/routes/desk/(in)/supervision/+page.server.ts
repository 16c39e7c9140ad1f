import { personHere } from '$lib/server/desk/here';
import { supervisionOf } from '$lib/server/desk/supervision';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
  ...(await supervisionOf(locals.room.desk, personHere(locals))),
  now: locals.room.desk.now(),
});
