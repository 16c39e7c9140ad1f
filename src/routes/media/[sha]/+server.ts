import { getContainer } from '$lib/server/container';
import { mediaEndpoint } from '$lib/server/media/view';
import { readerHere as reader } from '$lib/server/sync/read-right';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, request, url, locals }) =>
  mediaEndpoint(await getContainer(), await reader(locals, request), {
    sha: params.sha,
    caseId: url.searchParams.get('case') ?? '',
    size: url.searchParams.get('size') === 'thumb' ? 'thumb' : 'view',
    range: request.headers.get('range'),
  });
