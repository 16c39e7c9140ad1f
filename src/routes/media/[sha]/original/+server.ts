import { getContainer } from '$lib/server/container';
import { originalEndpoint } from '$lib/server/media/view';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, request, url, locals }) =>
  originalEndpoint(await getContainer(), locals.person, {
    sha: params.sha,
    caseId: url.searchParams.get('case') ?? '',
    range: request.headers.get('range'),
  });
