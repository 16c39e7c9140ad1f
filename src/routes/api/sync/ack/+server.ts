import { getContainer } from '$lib/server/container';
import { ackEndpoint } from '$lib/server/sync/handin';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) =>
  ackEndpoint(await getContainer(), locals.person, request);
