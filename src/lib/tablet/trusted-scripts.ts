/**
 * Which script addresses a page may start a worker from, and which text may become a page, under
 * `require-trusted-types-for`: the workers of the build, and the page of last resort word for word.
 */

/** Workers of the build, the one that keeps the app, and the one that keeps the page of last resort. */
const OWN = /^\/(service-worker\.js|rescue-sw\.js|_app\/immutable\/workers\/[\w.-]+\.js)$/;

/** Whether an address is a script of our own build: same origin, no query, no way around. */
export function isOwnScript(address: string, origin: string): boolean {
  if (!URL.canParse(address, origin)) return false;
  const url = new URL(address, origin);
  return url.origin === origin && url.search === '' && OWN.test(url.pathname);
}

const FILLED = /%sveltekit\.[a-z.]+%/;
/** What may stand in one of the page's gaps: a status, or a message that Kit has escaped. */
const NO_MARKUP = /^[^<>"]*$/;

/** Whether a text is the page of last resort as Kit fills it in: every letter of it, no tag more. */
export function isLastResort(html: string, template: string): boolean {
  const [head = '', ...rest] = template.split(FILLED);
  if (!html.startsWith(head)) return false;
  let at = head.length;
  for (const [n, piece] of rest.entries()) {
    const next = n === rest.length - 1 ? html.length - piece.length : html.indexOf(piece, at);
    if (next < at || !NO_MARKUP.test(html.slice(at, next))) return false;
    if (!html.startsWith(piece, next)) return false;
    at = next + piece.length;
  }
  return at === html.length;
}

/** As much of the browser's `trustedTypes` as is used here. */
interface TrustedTypes {
  readonly defaultPolicy: unknown;
  createPolicy(
    name: string,
    rules: {
      createScriptURL(this: void, address: string): string;
      createHTML(this: void, html: string): string;
    },
  ): void;
}

/** `src/error.html`, once something went wrong that no page of ours shows. */
let lastResort: string | null = null;

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
    createHTML: (html) => {
      if (lastResort !== null && isLastResort(html, lastResort)) return html;
      throw new TypeError('no text becomes a page');
    },
  });
}

/** From here on Kit may show the page of last resort in place of this one. */
export function allowLastResort(template: string): void {
  lastResort = template;
  allowOwnScripts();
}
