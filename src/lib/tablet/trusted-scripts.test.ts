import { describe, expect, it } from 'vitest';
import { isOwnScript } from './trusted-scripts.ts';

const origin = 'https://xf.example';

describe('scripts that a page may start', () => {
  it('[AU84] workers of the build and the service worker, by full or short address', () => {
    for (const address of [
      '/service-worker.js',
      `${origin}/service-worker.js`,
      '/_app/immutable/workers/photo-worker-Cd3_x.js',
      `${origin}/_app/immutable/workers/vault-worker-1.js`,
    ])
      expect(isOwnScript(address, origin), address).toBe(true);
  });

  it('[AU84] nothing of another origin, of the media, of a query or of a way around', () => {
    for (const address of [
      'https://evil.example/service-worker.js',
      '//evil.example/_app/immutable/workers/a.js',
      'data:text/javascript,1',
      'blob:https://xf.example/1',
      'javascript:alert(1)',
      '/media/abc',
      '/_app/immutable/workers/../../../media/x.js',
      '/_app/immutable/workers/a.js?callback=b',
      '/_app/immutable/chunks/a.js',
      '/service-worker.js/..',
      'http://[',
    ])
      expect(isOwnScript(address, origin), address).toBe(false);
  });
});
