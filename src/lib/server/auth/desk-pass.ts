/**
 * Which sessions open the desk. Who signs in in the tablet's app has a session for the tablet alone,
 * whatever his grants: its cookie lies in clear beside the vault, and the vault's lock does not stand
 * before /desk. A session of the desk carries a second cookie that only the county can make:
 *
 *     mark = HMAC( secret of cookies, word of the session )
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Auth } from './auth.ts';
import { cookieOf, sessionToken } from './session-row.ts';
import type { CookieToSet } from './sign-in.ts';

/** What of the accounts library its cookies need. */
async function traitsOf(auth: Auth) {
  const { authCookies, secret } = await auth.$context;
  const { name } = authCookies.sessionToken;
  return { session: name, mark: name.replace(/session_token$/, 'desk'), secret };
}

const markOf = (secret: string, token: string): string =>
  createHmac('sha256', secret).update(`desk session 1|${token}`).digest('base64url');

/** Makes the cookie that goes with one that begins a session; null for every other cookie. */
export async function deskMarker(
  auth: Auth,
): Promise<(cookie: Pick<CookieToSet, 'name' | 'value'>) => CookieToSet | null> {
  const { session, mark, secret } = await traitsOf(auth);
  return ({ name, value }) => {
    const dot = value.lastIndexOf('.');
    if (name !== session || dot < 1) return null;
    return { name: mark, value: markOf(secret, value.slice(0, dot)) };
  };
}

/** The same cookies, and the mark of the session that they begin; without one nothing more. */
export async function withDesk(
  auth: Auth,
  cookies: readonly CookieToSet[],
): Promise<readonly CookieToSet[]> {
  const mark = await deskMarker(auth);
  return cookies.flatMap((cookie) => {
    const own = mark(cookie);
    if (own === null) return [cookie];
    const { maxAge } = cookie;
    return [cookie, maxAge === undefined ? own : { ...own, maxAge }];
  });
}

/** Whether the request's session was begun for the desk. */
export async function opensDesk(auth: Auth, headers: Headers): Promise<boolean> {
  const token = await sessionToken(auth, headers);
  if (token === null) return false;
  const { mark, secret } = await traitsOf(auth);
  const given = Buffer.from(cookieOf(headers.get('cookie') ?? '', mark) ?? '');
  const right = Buffer.from(markOf(secret, token));
  return given.length === right.length && timingSafeEqual(given, right);
}
