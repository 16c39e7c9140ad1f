import { getContainer } from '$lib/server/container';
import { exchangeEndpoint } from '$lib/server/sync/http';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) =>
  exchangeEndpoint(await getContainer(), locals.person, request);
