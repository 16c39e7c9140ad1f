import { bundle } from './ground.ts';

/**
 * The plug's page as one script. What the tablet loads after its first picture is a file of its own
 * in the product; here it rides along as text and becomes a module at the same moment.
 */
export async function peerScript(): Promise<string> {
  const page = await bundle('./peer-page.ts', 'iife');
  const later = await bundle('./peer-parts.ts', 'es');
  return `const LATER = ${JSON.stringify(later)};\n${page}`;
}
