import { getContainer } from '$lib/server/container';
import { chunkEndpoint } from '$lib/server/media/http';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = async ({ params, request, locals }) =>
  chunkEndpoint(await getContainer(), locals.person, { request, ...params });
