/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
/**
 * The tablet's service worker: keeps the app, never data.
 *
 * Pages under /tablet start from the verified shell; files of the build come from the cache; all
 * else, every API call above all, goes past it. It wakes open windows when there is a network
 * again; with none open it brings what lies sealed in vaults by itself.
 */
import { NavigationRoute, Router, Route } from 'workbox-routing';
import { cacheName, keepOne, keepTwo, precache, type TabletBuild } from './precache.ts';
import { drainVaults } from './drain.ts';
import { unsentRows } from './unsent-rows.ts';

declare const self: ServiceWorkerGlobalScope & { __TABLET__?: TabletBuild };

/** `vite dev` has no list: then the worker does nothing at all. */
const build = self.__TABLET__ ?? null;
/** How long an open window has to say whether a form is open in it. */
const ASK_MS = 1_500;
const SYNC_TAG = 'outbox';

self.addEventListener('install', (event) => {
  if (build) event.waitUntil(precache(build, (input, init) => fetch(input, init)));
});

self.addEventListener('activate', (event) => {
  if (!build) return;
  // Claiming makes the very first visit enough for airplane mode.
  event.waitUntil(keepTwo(build.version).then(() => self.clients.claim()));
});

const router = new Router();

if (build) {
  const urls = new Set(build.files.map((f) => f.url));
  const shell = async ({ request }: { request: Request }): Promise<Response> => {
    const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (windows.length === 0) await keepOne(build.version);
    const cache = await caches.open(cacheName(build.version));
    return (await cache.match(build.shell)) ?? fetch(request);
  };
  router.registerRoute(new NavigationRoute(shell, { allowlist: [/^\/tablet(\/|$)/] }));
  const own = ({ url, sameOrigin }: { url: URL; sameOrigin: boolean }): boolean =>
    sameOrigin && (urls.has(url.pathname) || url.pathname.startsWith('/_app/immutable/'));
  const file = async ({ request }: { request: Request }): Promise<Response> =>
    (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
  router.registerRoute(
    new Route(
      ({ url, sameOrigin, request }) => request.mode !== 'navigate' && own({ url, sameOrigin }),
      file,
    ),
  );
}

self.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') windowCame = true;
  const answer = router.handleRequest({ request: event.request, event });
  if (answer) event.respondWith(answer);
});

self.addEventListener('message', (event) => {
  const { kind } = (event.data ?? {}) as { kind?: string };
  if (kind === 'activate') event.waitUntil(activateIfFree(event.ports[0]));
  if (kind === 'version')
    event.source?.postMessage({ kind: 'version', version: build?.version ?? 'dev' });
});

/** A new version takes over only when every open window says that no form is open in it. */
async function activateIfFree(asked?: MessagePort): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const tablet = windows.filter((w) => new URL(w.url).pathname.startsWith('/tablet'));
  const answers = await Promise.all(tablet.map(mayUpdate));
  const free = answers.every(Boolean);
  asked?.postMessage({ free });
  if (free) await self.skipWaiting();
}

/** A window that does not answer (frozen, very old) counts as busy. */
function mayUpdate(window: WindowClient): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve((event.data as { free?: boolean }).free === true);
    setTimeout(() => resolve(false), ASK_MS);
    window.postMessage({ kind: 'may-update' }, [port2]);
  });
}

type SyncEvent = ExtendableEvent & { readonly tag: string };

/**
 * A network came back: open windows run their own loop. With none open the worker brings what is
 * sealed; while something still waits, as plain work does, the event fails on purpose: the browser
 * then tries it again later.
 */
self.addEventListener('sync' as 'message', (event) => {
  const { tag } = event as unknown as SyncEvent;
  if (tag === SYNC_TAG) (event as unknown as ExtendableEvent).waitUntil(wakeWindows());
});

/** A window that starts loads its page and files by this worker: the run leaves the line to it. */
let windowCame = false;

async function wakeWindows(): Promise<void> {
  windowCame = false;
  const windows = await self.clients.matchAll({ type: 'window' });
  for (const window of windows) window.postMessage({ kind: 'sync' });
  if (windows.length > 0) return;
  const sealed = await drainVaults(build?.version ?? 'dev', () => !windowCame);
  const waiting = sealed + (await unsentRows());
  if (waiting > 0) throw new Error(`${waiting} unsent rows wait for an open window`);
}
