import type { CookieToSet } from './sign-in.ts';

/** What of a page's cookies setting needs. */
interface CookieJar {
  set(
    name: string,
    value: string,
    how: {
      readonly path: '/';
      readonly sameSite: 'strict';
      readonly httpOnly: true;
      readonly maxAge?: number | undefined;
    },
  ): void;
}

/** Sets what the accounts library gave, as ours: for the whole site, never from outside, no script. */
export function setCookies(jar: CookieJar, list: readonly CookieToSet[]): void {
  for (const { name, value, maxAge } of list)
    jar.set(name, value, { path: '/', sameSite: 'strict', httpOnly: true, maxAge });
}
