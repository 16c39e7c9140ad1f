import { receiptForPerson } from '$lib/server/evidence/public';
import { readerHere as reader } from '$lib/server/sync/read-right';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The signed receipt of a case, for who sees it; everything else is "not there". */
export const GET: RequestHandler = async ({ params, locals, request }) => {
  const { container } = locals.room;
  const drawn = await receiptForPerson(container, await reader(locals, request), params.case);
  const headers = { 'cache-control': 'no-store' };
  return drawn === null ? new Response(null, { status: 404, headers }) : json(drawn, { headers });
};
