import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headStaticFiles, staticHeaders } from './static-headers.ts';

// A file server that knows nothing of headers, as the one before the app.
const server = createServer((_, answer) => answer.writeHead(200, { 'x-own': '1' }).end('file'));
let origin = '';

beforeAll(async () => {
  headStaticFiles(true);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => server.close());

describe('headers of files that the app never sees', () => {
  it('[AU87] the page of the tablet stands in no frame and shares no window', async () => {
    const { headers } = await fetch(`${origin}/tablet/case/1?x`);
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('usb=()');
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
    expect(headers.get('x-own')).toBe('1');
    const disguised = await fetch(`${origin}/%74ablet`);
    expect(disguised.headers.get('x-frame-options')).toBe('DENY');
    expect((await fetch(`${origin}/%zz`)).status).toBe(200);
  });

  it('[AU87] a worker asks nobody but the county; other files carry nosniff alone', async () => {
    for (const path of ['/service-worker.js', '/_app/immutable/workers/photo-worker-1.js']) {
      const { headers } = await fetch(`${origin}${path}`);
      expect(headers.get('content-security-policy')).toContain("connect-src 'self'");
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect(staticHeaders('/_app/immutable/chunks/a.js', true)).toEqual({
      'x-content-type-options': 'nosniff',
    });
    expect(staticHeaders('/api/sync/exchange', true)).toEqual({});
    expect(staticHeaders('/tablet', false)['strict-transport-security']).toBeUndefined();
  });
});
