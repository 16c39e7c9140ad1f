import { checkpointSince } from '$lib/server/evidence/public';
import { LIMITS } from '$lib/server/auth/rate-limit';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/**
 * The newest signed root of the log, for witnesses; `?since=SIZE` adds the path that shows it to
 * continue the root of that size. Nothing of any case is in it.
 */
export const GET: RequestHandler = async ({ url, locals, getClientAddress }) => {
  const { container, limiter } = locals.room;
  const since = Number(url.searchParams.get('since') ?? 0);
  // Only the path costs something.
  const who = `checkpoint ${getClientAddress()}`;
  const wait = since > 0 ? await limiter.take(LIMITS.receiptAddress, who) : 0;
  if (wait > 0)
    return new Response(null, { status: 429, headers: { 'retry-after': String(wait) } });
  return json(await checkpointSince(container, since), {
    headers: { 'cache-control': 'no-store' },
  });
};
