import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isLastResort, isOwnScript } from './trusted-scripts.ts';

const origin = 'https://xf.example';

describe('scripts that a page may start', () => {
  it('[AU84] workers of the build and the service worker, by full or short address', () => {
    for (const address of [
      '/service-worker.js',
      '/rescue-sw.js',
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

describe('the page of last resort', () => {
  const template = readFileSync(new URL('../../error.html', import.meta.url), 'utf8');
  const filled = (status: string, message: string): string =>
    template
      .replaceAll('%sveltekit.status%', status)
      .replaceAll('%sveltekit.error.message%', message);

  it('[AU192] is taken as Kit fills it in, whatever the message says', () => {
    for (const message of ['这一页没打开。', '', '&lt;b&gt; &amp; 500'])
      expect(isLastResort(filled('500', message), template), message).toBe(true);
  });

  it('[AU192] is the only text that becomes a page: nothing before, in or behind it', () => {
    const good = filled('500', '没打开');
    for (const text of [
      '',
      '<img src=x onerror=alert(1)>',
      `${good} `,
      `<b>${good}`,
      good.slice(0, -1),
      good.replace('没丢', '丢了'),
      filled('500', '<img src=x onerror=alert(1)>'),
      filled('500"', 'x'),
      filled('<script>alert(1)</script>', 'x'),
      filled('500', `</p><script>1</script><p>`),
    ])
      expect(isLastResort(text, template), text.slice(0, 60)).toBe(false);
  });
});
