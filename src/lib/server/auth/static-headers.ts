/**
 * Headers of what the web server sends without asking the app: the tablet's page, and the scripts
 * that run beside it. Files of the build get as little as possible: they travel over 2G.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PERMISSIONS_POLICY } from './request-guard.ts';

/** Workers obey the policy of their own answer: they start nothing foreign and ask nobody else. */
const WORKER_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'";

const isWorker = (path: string): boolean =>
  path === '/service-worker.js' ||
  path === '/rescue-sw.js' ||
  path.startsWith('/_app/immutable/workers/');

/** What a path gets before anything answers it; what the app answers itself replaces it. */
export function staticHeaders(path: string, https: boolean): Readonly<Record<string, string>> {
  const nosniff = { 'x-content-type-options': 'nosniff' };
  if (isWorker(path)) return { ...nosniff, 'content-security-policy': WORKER_POLICY };
  if (/^\/(_app|icons)\//.test(path)) return nosniff;
  if (/^\/rescue\.(js|css)$/.test(path)) return nosniff;
  if (!/^\/(tablet(\/|$)|rescue(\.html)?$)/.test(path)) return {};
  return {
    ...nosniff,
    // The rest stands in the page itself, where it is kept for airplane mode; this cannot stand there.
    'content-security-policy': "frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': PERMISSIONS_POLICY,
    ...(https ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** As the file server reads it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Puts them on every answer of this process, before the file server sees the request. */
export function headStaticFiles(https: boolean): void {
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as Started;
    const [path = ''] = (request.url ?? '').split('?', 1);
    for (const [name, value] of Object.entries(staticHeaders(decoded(path), https)))
      response.setHeader(name, value);
  });
}
