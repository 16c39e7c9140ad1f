import { describe, expect, it } from 'vitest';
import { EXCHANGE_MEDIA_TYPE_2 } from '../../protocol/version.ts';
import { guardRequest, isDisguised, secureHeaders } from './request-guard.ts';

const own = 'https://xf.example';
const bare = (url: string, headers: Record<string, string>) =>
  new Request(url, { method: 'POST', headers });
const post = (headers: Record<string, string>) =>
  guardRequest(bare('https://xf.example/api/x', headers), own);

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
    expect(post({ origin: own, 'content-type': 'application/json' })).toBeNull();
  });

  it('[AU349] a path that reads as another one is no path of ours; ours and Chinese ones are', () => {
    for (const path of [
      '/%64esk/ledger',
      '/desk%2Dx',
      '/%2e%2E/desk',
      '/t%72ack',
      '/%5Fapp',
      '/%7ea',
    ])
      expect(isDisguised(path), path).toBe(true);
    const ours = [
      '/desk/ledger',
      '/media/0a_-~.',
      '/track/%E6%9F%A5',
      '/a%20b',
      '/desk%2F',
      '/%2564esk',
    ];
    for (const path of ours) expect(isDisguised(path), path).toBe(false);
  });

  it('[AU88] a path of programs wants a second sign beside the origin, a page does not', () => {
    const simple = ['text/plain', 'multipart/form-data; boundary=x', 'TEXT/plain;charset=utf-8'];
    for (const type of [...simple, 'application/x-www-form-urlencoded'])
      expect(post({ origin: own, 'content-type': type }), type).toBe('NO_HEADER');
    expect(guardRequest(bare('https://xf.example/api/x', { origin: own }), own)).toBe('NO_HEADER');
    expect(post({ origin: own, 'content-type': 'text/plain', 'x-daiban': '1' })).toBeNull();
    expect(post({ origin: own, 'content-type': 'application/json' })).toBeNull();
    const form = { origin: own, 'content-type': 'application/x-www-form-urlencoded' };
    expect(guardRequest(bare('https://xf.example/desk', form), own)).toBeNull();
  });

  it('[AU88] what the browser itself calls foreign is foreign, whatever else stands there', () => {
    for (const site of ['cross-site', 'same-site'])
      expect(post({ origin: own, 'x-daiban': '1', 'sec-fetch-site': site })).toBe('FOREIGN_ORIGIN');
    const json = { origin: own, 'content-type': 'application/json' };
    for (const site of ['same-origin', 'none'])
      expect(post({ ...json, 'sec-fetch-site': site })).toBeNull();
  });

  it('[AU88] a report of a browser needs no sign, and only a report at its own path', () => {
    const type = { 'content-type': 'application/csp-report' };
    expect(guardRequest(bare('https://xf.example/api/csp-report', type), own)).toBeNull();
    expect(post(type)).toBe('NO_ORIGIN');
    const plain = bare('https://xf.example/api/csp-report', { 'content-type': 'text/plain' });
    expect(guardRequest(plain, own)).toBe('NO_ORIGIN');
    const foreign = { ...type, origin: 'https://evil.example' };
    expect(guardRequest(bare('https://xf.example/api/csp-report', foreign), own)).toBe(
      'FOREIGN_ORIGIN',
    );
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
