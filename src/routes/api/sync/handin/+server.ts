import { getContainer } from '$lib/server/container';
import { handInEndpoint } from '$lib/server/sync/handin';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) =>
  handInEndpoint(await getContainer(), locals.person, request);
