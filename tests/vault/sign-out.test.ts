import { expect, it } from 'vitest';
import type { SessionDeps } from '../../src/lib/tablet/session.ts';
import { settleSignOut, signOutSoon } from '../../src/lib/tablet/sign-out.ts';

/** A county that is reached or not, and the clear store of one tablet. */
function tablet() {
  const line = { up: false, status: 200, asked: [] as string[] };
  const disk = { full: false };
  const kept = new Map<string, unknown>();
  const deps = {
    ...{ origin: 'http://county', build: 't', now: () => '2026-06-08T01:00:00Z' },
    fetch: async (url: string) => {
      line.asked.push(new URL(url).pathname);
      if (!line.up) throw new TypeError('no network');
      const headers = { 'content-type': 'application/json' };
      return new Response('{}', { status: line.status, headers });
    },
  } as unknown as SessionDeps;
  const registry = {
    clear: async (key: string) => kept.get(key),
    putClear: async (key: string, value: unknown) => {
      if (disk.full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
  };
  return { line, disk, deps, registry, open: async () => registry };
}

it('[AU343] a log-out without signal is owed until the county answered, and said once', async () => {
  const { line, deps, registry, open } = tablet();
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(line.asked).toEqual([]);
  await signOutSoon(deps, open);
  expect(await settleSignOut(deps, registry)).toBe(false);
  // Its own trouble is no answer; that nobody is signed in any more is one.
  Object.assign(line, { up: true, status: 503 });
  expect(await settleSignOut(deps, registry)).toBe(false);
  line.status = 401;
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(line.asked).toEqual(Array(4).fill('/api/auth/sign-out'));
});

it('[AU402] a disk that takes no note keeps nobody signed in: said at once, and owed while the window lives', async () => {
  const { line, disk, deps, registry, open } = tablet();
  disk.full = line.up = true;
  await signOutSoon(deps, open);
  expect(line.asked).toEqual(['/api/auth/sign-out']);
  expect(await settleSignOut(deps, registry)).toBe(true);
  // A registry that does not open at all is no reason either.
  await signOutSoon(deps, () => Promise.reject(new Error('broken')));
  expect(line.asked).toHaveLength(2);
  // Without signal it is owed by the window alone.
  line.up = false;
  await signOutSoon(deps, open);
  expect(await settleSignOut(deps, registry)).toBe(false);
  line.up = true;
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(line.asked).toHaveLength(5);
});
