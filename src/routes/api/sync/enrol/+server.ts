import { getContainer } from '$lib/server/container';
import { enrolEndpoint } from '$lib/server/sync/enrol';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals, getClientAddress }) =>
  enrolEndpoint(await getContainer(), locals.person, {
    ...{ request, address: getClientAddress(), provenAt: locals.account?.provenAt },
  });
