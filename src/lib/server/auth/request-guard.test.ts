import { describe, expect, it } from 'vitest';
import { EXCHANGE_MEDIA_TYPE_2 } from '../../protocol/version.ts';
import { guardRequest, secureHeaders } from './request-guard.ts';

const own = 'https://xf.example';
const post = (headers: Record<string, string>) =>
  guardRequest(new Request('https://xf.example/api/x', { method: 'POST', headers }), own);

describe('requests of other sites', () => {
  it('[AU8] refuses a write with a foreign origin, whatever its content type', () => {
    for (const type of ['application/json', 'application/vnd.daiban.ps1', 'text/plain'])
      expect(post({ origin: 'https://evil.example', 'content-type': type })).toBe('FOREIGN_ORIGIN');
    expect(post({ origin: 'null' })).toBe('FOREIGN_ORIGIN');
    expect(post({ origin: 'https://evil.example', 'x-daiban': '1' })).toBe('FOREIGN_ORIGIN');
  });

  it('[AU8] refuses a write without origin unless our own header stands there', () => {
    expect(post({})).toBe('NO_ORIGIN');
    expect(post({ 'x-daiban': '1' })).toBeNull();
    expect(post({ origin: own })).toBeNull();
  });

  it('[AU8] lets reads through', () => {
    const read = new Request('https://xf.example/desk', {
      headers: { origin: 'https://evil.example' },
    });
    expect(guardRequest(read, own)).toBeNull();
  });
});

describe('security headers', () => {
  const headersOf = (path: string, https = true) => {
    const headers = new Headers();
    secureHeaders(headers, { path, https, requestId: 'r1' });
    return headers;
  };

  it('[AU9] keeps personal pages and API answers out of every cache', () => {
    for (const path of ['/api/sync/exchange', '/desk', '/desk/ledger/export', '/track'])
      expect(headersOf(path).get('cache-control')).toBe('no-store');
    expect(headersOf('/tablet').get('cache-control')).toBeNull();
  });

  it('[AU9] a message of the exchange, which no browser shows, carries nosniff and no-store only', () => {
    const headers = new Headers({
      'content-type': EXCHANGE_MEDIA_TYPE_2,
      'cache-control': 'no-store',
    });
    secureHeaders(headers, { path: '/api/sync/exchange', https: true, requestId: 'r1' });
    const names = [...headers.keys()].toSorted();
    expect(names).toEqual(['cache-control', 'content-type', 'x-content-type-options']);
    expect(headersOf('/api/sync/exchange').get('content-security-policy')).toContain('sandbox');
  });

  it('[AU9] gives raw answers a policy that runs nothing, and HSTS only over https', () => {
    expect(headersOf('/api/media/x').get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    expect(headersOf('/desk').get('content-security-policy')).toBeNull();
    expect(headersOf('/desk').get('strict-transport-security')).toContain('max-age=31536000');
    expect(headersOf('/desk', false).get('strict-transport-security')).toBeNull();
    expect(headersOf('/desk').get('x-content-type-options')).toBe('nosniff');
  });
});
