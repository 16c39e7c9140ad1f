/** Which script addresses this page may start a worker from, under `require-trusted-types-for`. */

/** Workers of the build, and the one that keeps the app. */
const OWN = /^\/(service-worker\.js|_app\/immutable\/workers\/[\w.-]+\.js)$/;

/** Whether an address is a script of our own build: same origin, no query, no way around. */
export function isOwnScript(address: string, origin: string): boolean {
  if (!URL.canParse(address, origin)) return false;
  const url = new URL(address, origin);
  return url.origin === origin && url.search === '' && OWN.test(url.pathname);
}

/** As much of the browser's `trustedTypes` as is used here. */
interface TrustedTypes {
  readonly defaultPolicy: unknown;
  createPolicy(name: string, rules: { createScriptURL(this: void, address: string): string }): void;
}

/**
 * Lets `new Worker` and the registration of the service worker take the addresses of our own build
 * and nothing else; text that becomes HTML or script stays refused. Once per page, before both.
 */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as unknown as { trustedTypes?: TrustedTypes };
  if (!trustedTypes || trustedTypes.defaultPolicy) return;
  trustedTypes.createPolicy('default', {
    createScriptURL: (address) => {
      if (import.meta.env.DEV || isOwnScript(address, location.origin)) return address;
      throw new TypeError('not a script of this build');
    },
  });
}
