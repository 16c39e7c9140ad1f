import { getContainer } from '$lib/server/container';
import { vaultSlipEndpoint } from '$lib/server/sync/vault-wraps';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) =>
  vaultSlipEndpoint(await getContainer(), locals.person, {
    ...{ request, provenAt: locals.account?.provenAt },
  });
