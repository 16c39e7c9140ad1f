import { getContainer } from '$lib/server/container';
import { chunkEndpoint } from '$lib/server/media/http';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = async ({ params, request, url, locals }) => {
  const from = url.searchParams.get('from');
  return chunkEndpoint(await getContainer(), locals.person, { request, from, ...params });
};
