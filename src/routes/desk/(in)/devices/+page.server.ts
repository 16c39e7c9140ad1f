import { deviceRows } from '$lib/server/desk/field';
import { silentAgents } from '$lib/server/desk/freshness';
import { notFound, personHere } from '$lib/server/desk/here';
import { placeName } from '$lib/server/desk/names';
import { may } from '$lib/server/desk/see';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (!may(desk, person, ['device.view', null])) notFound();
  const people = new Map((await desk.colleagues()).map((one) => [one.personId, one]));
  const rows = (await deviceRows(desk, person)).map((row) => {
    const owner = people.get(row.personId);
    const place = owner?.areaCode ? placeName(owner.areaCode) : '';
    return { ...row, name: owner?.name ?? '', place };
  });
  return { rows, agents: await silentAgents(desk, person), now: desk.now() };
};
