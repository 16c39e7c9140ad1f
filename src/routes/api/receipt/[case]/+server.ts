import { receiptForPerson } from '$lib/server/evidence/public';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The signed receipt of a case, for who sees it; everything else is "not there". */
export const GET: RequestHandler = async ({ params, locals }) => {
  const drawn = await receiptForPerson(locals.room.container, locals.person, params.case);
  const headers = { 'cache-control': 'no-store' };
  return drawn === null ? new Response(null, { status: 404, headers }) : json(drawn, { headers });
};
