import { getContainer } from '$lib/server/container';
import { mediaEndpoint } from '$lib/server/media/view';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, locals }) => {
  const caseId = url.searchParams.get('case') ?? '';
  return mediaEndpoint(await getContainer(), locals.person, { sha: params.sha, caseId });
};
