/** The whole tablet is one prerendered shell: it opens in airplane mode and deep links included. */
export const ssr = false;
export const prerender = true;
