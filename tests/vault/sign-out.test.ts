import { expect, it } from 'vitest';
import type { SessionDeps } from '../../src/lib/tablet/session.ts';
import { settleSignOut, signOutSoon } from '../../src/lib/tablet/sign-out.ts';

/** A county that is reached or not, and the clear store of one tablet. */
function tablet() {
  const line = { up: false, status: 200, asked: [] as string[] };
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
    putClear: async (key: string, value: unknown) => void kept.set(key, value),
  };
  return { line, deps, registry };
}

it('[AU343] a log-out without signal is owed until the county answered, and said once', async () => {
  const { line, deps, registry } = tablet();
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(line.asked).toEqual([]);
  await signOutSoon(deps, registry);
  expect(await settleSignOut(deps, registry)).toBe(false);
  // Its own trouble is no answer; that nobody is signed in any more is one.
  Object.assign(line, { up: true, status: 503 });
  expect(await settleSignOut(deps, registry)).toBe(false);
  line.status = 401;
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(await settleSignOut(deps, registry)).toBe(true);
  expect(line.asked).toEqual(Array(4).fill('/api/auth/sign-out'));
});
