import { bundle } from './ground.ts';

/** Where the plug's later half is served. */
export const LATER = '/later.js';

/**
 * The plug's page and its later half: what the tablet loads after its first picture is a file of its
 * own in the product, and here.
 */
export async function peerScript(): Promise<{ readonly page: string; readonly later: string }> {
  const page = await bundle('./peer-page.ts', 'iife');
  return { page, later: await bundle('./peer-parts.ts', 'es') };
}
