import { getContainer } from '$lib/server/container';
import { mediaEndpoint } from '$lib/server/media/view';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, request, url, locals }) =>
  mediaEndpoint(await getContainer(), locals.person, {
    sha: params.sha,
    caseId: url.searchParams.get('case') ?? '',
    size: url.searchParams.get('size') === 'thumb' ? 'thumb' : 'view',
    range: request.headers.get('range'),
  });
