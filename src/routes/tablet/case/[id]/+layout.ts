/** Pages of one case: served by the shell, never prerendered. */
export const prerender = false;
