/**
 * A log-out that the county has to hear of: without signal it is owed, and said at the next contact
 * and before anybody signs in. Until then the cookie of who left still is one.
 */
import type { Registry } from './registry.ts';
import { signOutOnline, type SessionDeps } from './session.ts';

type Clear = Pick<Registry, 'clear' | 'putClear'>;

/** Key of the word in the registry's clear store. */
const OWED = 'signOutOwed';

/** Says it if it is owed; true: the county owes nobody a log-out of this tablet. */
export async function settleSignOut(deps: SessionDeps, registry: Clear): Promise<boolean> {
  if ((await registry.clear(OWED)) !== true) return true;
  if (!(await signOutOnline(deps))) return false;
  await registry.putClear(OWED, null);
  return true;
}

/** Logs out now, or at the next contact. */
export async function signOutSoon(deps: SessionDeps, registry: Clear): Promise<void> {
  await registry.putClear(OWED, true);
  await settleSignOut(deps, registry);
}
