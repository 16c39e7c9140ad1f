import { getContainer } from '$lib/server/container';
import { readyEndpoint } from '$lib/server/health';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = () => readyEndpoint(getContainer);
