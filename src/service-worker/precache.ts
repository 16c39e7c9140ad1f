/** A file of the tablet as the build wrote it down. */
export interface TabletFile {
  readonly url: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly type: string;
}

/** Written at the head of the built worker by scripts/tablet-precache.js; absent in `vite dev`. */
export interface TabletBuild {
  readonly version: string;
  /** URL of the prerendered page that starts every route of the tablet. */
  readonly shell: string;
  readonly files: readonly TabletFile[];
}

export type Fault = 'STATUS' | 'REDIRECT' | 'TYPE' | 'HASH';

const PREFIX = 'tablet-';
export const cacheName = (version: string): string => `${PREFIX}${version}`;
const META_CACHE = 'tablet_meta';
/** Key of the note which build ran before this one. */
const PREVIOUS = '/previous';

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');

/** JavaScript has two names; everything else must be named exactly. */
const sameType = (is: string, wanted: string): boolean =>
  is === wanted ||
  (wanted === 'text/javascript' && is === 'application/javascript') ||
  (wanted === 'application/manifest+json' && is === 'application/json') ||
  (wanted === 'image/x-icon' && is === 'image/vnd.microsoft.icon');

/**
 * The body of an answer, if it is the very file of the build: status, no redirect, media type and
 * SHA-256. A portal's page with status 200 fails here, and the version that works stays.
 */
export async function verified(
  response: Response,
  file: TabletFile,
): Promise<{ readonly body: ArrayBuffer } | { readonly fault: Fault }> {
  if (response.redirected) return { fault: 'REDIRECT' };
  if (response.status !== 200) return { fault: 'STATUS' };
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (!sameType(type, file.type)) return { fault: 'TYPE' };
  const body = await response.arrayBuffer();
  const sum = hex(await crypto.subtle.digest('SHA-256', body));
  return sum === file.sha256 ? { body } : { fault: 'HASH' };
}

const KEPT_HEADERS = ['content-type', 'content-security-policy', 'cross-origin-opener-policy'];

function stored(response: Response, body: ArrayBuffer): Response {
  const headers = new Headers();
  for (const name of KEPT_HEADERS) {
    const value = response.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(body, { headers });
}

/** Fetches at once; more would fight for a thin line. */
const PARALLEL = 4;

/**
 * Brings every file of the build into a cache of its own. Unchanged files are copied from the
 * older build. Rejects at the first file that is not what it should be, and leaves nothing.
 */
export async function precache(build: TabletBuild, fetchIt: typeof fetch): Promise<void> {
  const name = cacheName(build.version);
  const cache = await caches.open(name);
  const queue = [...build.files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift())
      await cache.put(file.url, await obtain(file, fetchIt));
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

async function obtain(file: TabletFile, fetchIt: typeof fetch): Promise<Response> {
  const old = await caches.match(file.url);
  if (old) {
    const again = await verified(old.clone(), file);
    if ('body' in again) return stored(old, again.body);
  }
  const response = await fetchIt(file.url, {
    ...{ cache: 'no-cache', redirect: 'error', credentials: 'same-origin' },
  });
  const checked = await verified(response, file);
  if ('fault' in checked) throw new Error(`precache ${file.url}: ${checked.fault}`);
  return stored(response, checked.body);
}

/** After a change of builds: this one and the one before stay, because old tabs may be open. */
export async function keepTwo(version: string): Promise<void> {
  const meta = await caches.open(META_CACHE);
  const note = await meta.match(PREVIOUS);
  const [running = '', before = ''] = note ? (await note.text()).split(' ') : [];
  const previous = running === version ? before : running;
  const keep = new Set([cacheName(version), cacheName(previous)]);
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && !keep.has(name)) await caches.delete(name);
  await meta.put(PREVIOUS, new Response(`${version} ${previous}`));
}

/** No window is open any more: nobody can ask for files of older builds. */
export async function keepOne(version: string): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && name !== cacheName(version)) await caches.delete(name);
}
