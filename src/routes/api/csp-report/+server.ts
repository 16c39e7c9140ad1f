import { LIMITS } from '$lib/server/auth/rate-limit';
import { REPORT_BYTES_MAX, REPORT_SECONDS } from '$lib/server/auth/violations';
import { readBytes } from '$lib/server/sync/read-body';
import type { RequestHandler } from './$types';

const LIMITS_OF_BODY = { max: REPORT_BYTES_MAX, seconds: REPORT_SECONDS };

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

/** What a browser blocked under our policy: counted, never kept. The answer has no words. */
export const POST: RequestHandler = async ({ request, locals, getClientAddress }) => {
  const { log, limiter } = locals.room.violations;
  const wait = limiter.take(LIMITS.reportAddress, getClientAddress());
  if (wait > 0)
    return new Response(null, { status: 429, headers: { 'retry-after': String(wait) } });
  const sent = await readBytes(request, LIMITS_OF_BODY);
  if (!sent.ok) return new Response(null, { status: sent.error.status });
  return new Response(null, { status: log.note(parsed(sent.value)) ? 204 : 400 });
};
