/**
 * A log-out that the county has to hear of: without signal it is owed, and said at the next contact
 * and before anybody signs in. Until then the cookie of who left still is one.
 */
import type { Registry } from './registry.ts';
import { signOutOnline, type SessionDeps } from './session.ts';

type Clear = Pick<Registry, 'clear' | 'putClear'>;

/** Key of the word in the registry's clear store. */
const OWED = 'signOutOwed';

/** Owed by this window, also where its disk takes no note of it. */
let owedHere = false;

/** Says it if it is owed; true: the county owes nobody a log-out of this tablet. */
export async function settleSignOut(deps: SessionDeps, registry: Clear): Promise<boolean> {
  const noted = (await registry.clear(OWED)) === true;
  if (!noted && !owedHere) return true;
  if (!(await signOutOnline(deps))) return false;
  owedHere = false;
  if (noted) await registry.putClear(OWED, null);
  return true;
}

/**
 * Logs out now, or at the next contact. Noted first, so that a window killed meanwhile owes it; what
 * cannot be noted (a full disk, a broken store) is said all the same, and owed while the window lives.
 */
export async function signOutSoon(deps: SessionDeps, open: () => Promise<Clear>): Promise<void> {
  owedHere = true;
  const registry = await open().catch(() => null);
  const noting = registry?.putClear(OWED, true) ?? Promise.reject(new Error('no registry'));
  const noted = await noting.then(
    () => true,
    () => false,
  );
  if (!(await signOutOnline(deps))) return;
  owedHere = false;
  if (noted) await registry?.putClear(OWED, null);
}
