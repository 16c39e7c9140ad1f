/** One draft: served by the shell, never prerendered. */
export const prerender = false;
