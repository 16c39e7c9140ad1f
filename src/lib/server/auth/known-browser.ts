/**
 * A browser in which somebody has signed in before: it carries a signed word that opens nothing and
 * gives its next tries a limit of their own. So strangers who guess shut nobody out who is at home.
 *
 *     cookie = mark "~" mark …   mark = nonce "." HMAC( secret of cookies, user name, nonce )
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Auth } from './auth.ts';
import { cookieOf } from './session-row.ts';

/** People of one browser that are known: a township's machine has several. */
export const KNOWN_MAX = 6;
/** Days after which a browser that nobody signed in with is a stranger again. */
export const KNOWN_DAYS = 180;
const NONCE = /^[\w-]{22}$/;

async function traitsOf(auth: Auth): Promise<{ name: string; secret: string }> {
  const { authCookies, secret } = await auth.$context;
  return { name: authCookies.sessionToken.name.replace(/session_token$/, 'known'), secret };
}

const signed = (secret: string, userName: string, nonce: string): string =>
  createHmac('sha256', secret)
    .update(`known browser 1|${userName.toLowerCase()}|${nonce}`)
    .digest('base64url');

function nonceOf(mark: string, userName: string, secret: string): string | null {
  const [nonce = '', tag = ''] = mark.split('.');
  if (!NONCE.test(nonce)) return null;
  const [given, right] = [Buffer.from(tag), Buffer.from(signed(secret, userName, nonce))];
  return given.length === right.length && timingSafeEqual(given, right) ? nonce : null;
}

async function marksIn(auth: Auth, headers: Headers) {
  const { name, secret } = await traitsOf(auth);
  const text = cookieOf(headers.get('cookie') ?? '', name) ?? '';
  return {
    name,
    secret,
    marks: text
      .split('~')
      .filter((mark) => mark !== '')
      .slice(0, KNOWN_MAX),
  };
}

/** The name of this browser for this user name; null: he has not signed in here before. */
export async function knownBrowser(
  auth: Auth,
  headers: Headers,
  userName: string,
): Promise<string | null> {
  const { secret, marks } = await marksIn(auth, headers);
  for (const mark of marks) {
    const nonce = nonceOf(mark, userName, secret);
    if (nonce !== null) return nonce;
  }
  return null;
}

/** What makes this browser known to whoever has just signed in; the others it knows stay. */
export async function knownCookie(
  auth: Auth,
  headers: Headers,
  userName: string,
): Promise<{ readonly name: string; readonly value: string; readonly maxAge: number }> {
  const { name, secret, marks } = await marksIn(auth, headers);
  const others = marks.filter((mark) => nonceOf(mark, userName, secret) === null);
  const nonce =
    (await knownBrowser(auth, headers, userName)) ?? randomBytes(16).toString('base64url');
  const own = `${nonce}.${signed(secret, userName, nonce)}`;
  const value = [own, ...others].slice(0, KNOWN_MAX).join('~');
  return { name, value, maxAge: KNOWN_DAYS * 86_400 };
}
