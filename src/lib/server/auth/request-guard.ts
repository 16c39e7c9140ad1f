import {
  CLIENT_HEADER,
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_MEDIA_TYPE_2,
} from '../../protocol/version.ts';

/** Sent by our own clients; another site cannot set it without a preflight that we never answer. */
export const OWN_HEADER = CLIENT_HEADER;

/** Where browsers report what our policy blocked. */
export const REPORT_PATH = '/api/csp-report';
const REPORT_TYPE = 'application/csp-report';

/** What a page may ask of the device; everything that is not ours to need is off. */
export const PERMISSIONS_POLICY =
  'camera=(self), microphone=(self), geolocation=(self), display-capture=(), midi=(), ' +
  'payment=(), usb=(), serial=(), hid=(), bluetooth=()';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Letters, digits and - . _ ~ stand for themselves (RFC 3986, 2.3): no browser writes them as %xx. */
const DISGUISED = /%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/i;

/** A path that is another one once it is read: every rule here goes by the path as it stands. */
export const isDisguised = (path: string): boolean => DISGUISED.test(path);

/** Why a request was turned away before anything read it; null when it may go on. */
export type GuardRefusal = 'FOREIGN_ORIGIN' | 'NO_ORIGIN' | 'NO_HEADER';

/** Media types that a form of another site can send without asking first; none at all is one. */
const SIMPLE_TYPES = new Set([
  ...['', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'],
]);

const typeOf = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** A browser says itself that another site asked; it cannot be made to leave that out. */
const saysForeign = (request: Request): boolean =>
  ['cross-site', 'same-site'].includes(request.headers.get('sec-fetch-site') ?? '');

/** A report carries no cookie's power: it is only counted. Browsers send it with or without Origin. */
const isReport = (request: Request): boolean =>
  request.method === 'POST' &&
  typeOf(request) === REPORT_TYPE &&
  new URL(request.url).pathname === REPORT_PATH;

/**
 * Refuses writes that another site could have caused: the Origin must be ours, and without an
 * Origin our own header must stand there. Programs' paths ask for a second sign beside the Origin:
 * our header, or a media type that no form of another site can send. Kit's own check covers form
 * content types only.
 */
export function guardRequest(request: Request, ownOrigin: string): GuardRefusal | null {
  if (SAFE_METHODS.has(request.method)) return null;
  if (saysForeign(request)) return 'FOREIGN_ORIGIN';
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== ownOrigin) return 'FOREIGN_ORIGIN';
  if (request.headers.has(OWN_HEADER) || isReport(request)) return null;
  if (origin === null) return 'NO_ORIGIN';
  const forPrograms = new URL(request.url).pathname.startsWith('/api/');
  return forPrograms && SIMPLE_TYPES.has(typeOf(request)) ? 'NO_HEADER' : null;
}

/** Paths whose answers are pages; everything else gets the strict policy of raw bytes. */
const isRaw = (path: string) =>
  path.startsWith('/api/') || path.startsWith('/media/') || path.endsWith('/export');

/**
 * A message between tablet and county: no browser shows it, and on 2G its head would weigh more
 * than what it says.
 */
const isMessage = (headers: Headers): boolean =>
  [EXCHANGE_MEDIA_TYPE, EXCHANGE_MEDIA_TYPE_2].includes(headers.get('content-type') ?? '');

/** Puts the security headers on an answer; page CSP itself comes from Kit's hashes. */
export function secureHeaders(
  headers: Headers,
  about: { path: string; https: boolean; requestId: string },
): void {
  headers.set('x-content-type-options', 'nosniff');
  if (isMessage(headers)) return;
  headers.set('x-request-id', about.requestId);
  // With no-referrer a browser sends `Origin: null` with a form, and our own forms would be foreign.
  headers.set('referrer-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('x-frame-options', 'DENY');
  headers.set('permissions-policy', PERMISSIONS_POLICY);
  if (about.https) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  const raw = isRaw(about.path);
  if (raw && !headers.has('content-security-policy')) {
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  }
  const personal = raw || about.path.startsWith('/desk') || about.path.startsWith('/track');
  if (personal && !headers.has('cache-control')) headers.set('cache-control', 'no-store');
}
