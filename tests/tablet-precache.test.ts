import { createHash, webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  cacheName,
  keepOne,
  keepTwo,
  precache,
  verified,
  type TabletBuild,
  type TabletFile,
} from '../src/service-worker/precache.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const file = (url: string, text: string, type = 'text/javascript'): TabletFile => ({
  ...{ url, sha256: sha256(text), bytes: text.length, type },
});
const js = (text: string, type = 'text/javascript; charset=utf-8'): Response =>
  new Response(text, { headers: { 'content-type': type } });

/** Cache storage over maps: what the worker uses of it. */
class Caches {
  readonly all = new Map<string, Map<string, Response>>();
  async open(name: string) {
    const held = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, held);
    return {
      put: async (url: string, response: Response) => void held.set(url, response),
      match: async (url: string) => held.get(url)?.clone(),
    };
  }
  async match(url: string) {
    for (const held of this.all.values()) if (held.has(url)) return held.get(url)?.clone();
    return undefined;
  }
  async delete(name: string) {
    return this.all.delete(name);
  }
  async keys() {
    return [...this.all.keys()];
  }
}

let caches: Caches;
beforeEach(() => {
  caches = new Caches();
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('crypto', webcrypto);
});
const build = (version: string, files: TabletFile[]): TabletBuild => ({
  ...{ version, shell: '/tablet', files },
});

describe('the worker takes only what the build wrote down', () => {
  it('[TB22] status, redirect, type and hash are all demanded', async () => {
    const want = file('/a.js', 'one');
    expect(await verified(js('one'), want)).toHaveProperty('body');
    expect(await verified(js('two'), want)).toEqual({ fault: 'HASH' });
    expect(await verified(js('one', 'text/html'), want)).toEqual({ fault: 'TYPE' });
    const teapot = new Response('one', { status: 203, headers: { 'content-type': want.type } });
    expect(await verified(teapot, want)).toEqual({ fault: 'STATUS' });
    const redirected = Object.defineProperty(js('one'), 'redirected', { value: true });
    expect(await verified(redirected, want)).toEqual({ fault: 'REDIRECT' });
  });

  it('[TB22] a portal during the update leaves no new cache and the old one untouched', async () => {
    await precache(build('v1', [file('/a.js', 'one')]), async () => js('one'));
    const portal = async () => js('<html>WiFi</html>', 'text/html');
    const v2 = build('v2', [file('/a.js', 'one'), file('/b.js', 'two')]);
    await expect(precache(v2, portal)).rejects.toThrow('precache /b.js: TYPE');
    expect(await caches.keys()).toEqual([cacheName('v1')]);
    expect(await (await caches.match('/a.js'))?.text()).toBe('one');
  });

  it('[TB22] unchanged files are copied after a check, a rotten copy is fetched again', async () => {
    await precache(build('v1', [file('/a.js', 'one'), file('/b.js', 'x')]), async (url) =>
      js(String(url) === '/a.js' ? 'one' : 'x'),
    );
    caches.all.get(cacheName('v1'))?.set('/b.js', js('rotten'));
    const asked: string[] = [];
    await precache(build('v2', [file('/a.js', 'one'), file('/b.js', 'x')]), async (url, init) => {
      asked.push(`${String(url)} ${init?.redirect} ${init?.cache}`);
      return js('x');
    });
    expect(asked).toEqual(['/b.js error no-cache']);
  });

  it('[TB22] the build before stays until no window is open', async () => {
    for (const v of ['v1', 'v2', 'v3']) {
      await precache(build(v, [file('/a.js', v)]), async () => js(v));
      await keepTwo(v);
    }
    const tablets = async () => (await caches.keys()).filter((k) => k.startsWith('tablet-')).sort();
    expect(await tablets()).toEqual([cacheName('v2'), cacheName('v3')]);
    await keepTwo('v3');
    expect(await tablets()).toEqual([cacheName('v2'), cacheName('v3')]);
    await keepOne('v3');
    expect(await tablets()).toEqual([cacheName('v3')]);
  });
});
