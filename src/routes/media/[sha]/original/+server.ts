import { getContainer } from '$lib/server/container';
import { originalEndpoint } from '$lib/server/media/view';
import { readerHere as reader } from '$lib/server/sync/read-right';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, request, url, locals }) =>
  originalEndpoint(await getContainer(), await reader(locals, request), {
    sha: params.sha,
    caseId: url.searchParams.get('case') ?? '',
    range: request.headers.get('range'),
  });
