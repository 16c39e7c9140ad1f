/**
 * Keeps the page of last resort, and nothing else: it opens without a network, without the app and
 * without the app's worker. A file is kept when it is the very one of this version (SHA-256), so a
 * portal's page never stands here; tests hold the sums against the files.
 */
const CACHE = 'rescue';
const FILES = {
  '/rescue.html': '0e4884f7c0017f3142919f1eac7c58072d5eea6465bc09460e916b7cb5194c83',
  '/rescue.js': 'ba4918c061516a077bf5be0d265f89cc0b7791e0d0fee33762cb6b7cd97b09a9',
  '/rescue.css': '5630bfda8ca614419a043ee5aab4bb235c908b1b987f127fdd5479be4875bc9d',
};

const hex = (bytes) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function keep([path, sum]) {
  const response = await fetch(path, { cache: 'no-cache' });
  const body = await response.clone().arrayBuffer();
  const is = hex(await crypto.subtle.digest('SHA-256', body));
  if (response.status !== 200 || response.redirected || is !== sum) throw new Error(path);
  const cache = await caches.open(CACHE);
  await cache.put(path, response);
}

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all(Object.entries(FILES).map(keep)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== 'GET') return;
  const path = pathname === '/rescue' ? '/rescue.html' : pathname;
  if (!Object.hasOwn(FILES, path)) return;
  event.respondWith(caches.match(path).then((kept) => kept ?? fetch(event.request)));
});
