import { notFound, personHere } from '$lib/server/desk/here';
import { logLook, lookAt } from '$lib/server/desk/looks';
import { paperOf } from '$lib/server/desk/paper';
import { seeCase } from '$lib/server/desk/see';
import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  const seen = await seeCase(desk, person, params.id);
  if (seen?.sight.sealed === true) {
    const look = await lookAt(desk, person, seen);
    if (!look.open) redirect(303, `/desk/case/${params.id}`);
    await logLook(desk, person, { seen, look });
  }
  const made = seen === null ? null : paperOf(desk, person, { seen, kind: params.kind });
  if (seen === null || made === null) notFound();
  return { ...made, caseId: params.id, sealed: seen.sight.sealed };
};
