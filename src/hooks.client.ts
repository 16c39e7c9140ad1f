import type { HandleClientError } from '@sveltejs/kit';
import { allowLastResort } from '$lib/tablet/trusted-scripts';

/** What no page of ours foresaw: Kit may have to put the page of last resort in place of this one. */
export const handleError: HandleClientError = async ({ error }) => {
  console.error(error);
  try {
    allowLastResort((await import('./error.html?raw')).default);
  } catch {
    // Not to be had without a network, and then Kit cannot show it either.
  }
  return { message: '这一页没打开。' };
};
