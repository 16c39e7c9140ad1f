import type { Subject } from '../../domain/permissions.ts';
import { isProven, prove } from '../auth/prove.ts';
import type { SignedIn } from '../auth/session.ts';
import type { CookieToSet } from '../auth/sign-in.ts';
import type { Room } from '../room.ts';

/** What of a request's locals proving needs. */
interface Locals {
  readonly person: Subject | null;
  readonly account: SignedIn['account'] | null;
  readonly room: Room;
}

/** Only ever back to a page of our own desk. */
export const safeNext = (next: string | null): string =>
  next !== null && /^\/desk(\/[\w()/-]*)?(\?.*)?$/.test(next) ? next : '/desk';

/** Whether the person said lately enough who he is for an export or a change of accounts. */
export const provenHere = ({ account, room }: Locals): boolean =>
  account !== null && isProven(account, room.desk.now(), room.container.env.proveMinutes);

export type ProvenNow =
  | { readonly kind: 'proven'; readonly cookies: readonly CookieToSet[] }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'slow'; readonly waitSeconds: number };

/** Judges what a signed-in person typed to prove who he is. */
export async function proveHere(
  { person, account, room }: Locals,
  typed: string,
  headers: Headers,
): Promise<ProvenNow> {
  if (person === null || account === null) return { kind: 'wrong' };
  const deps = { auth: room.auth, db: room.accounts.db, limiter: room.limiter };
  const who = { personId: person.personId, secondFactor: account.secondFactor };
  const done = await prove(deps, who, { typed, headers });
  return done.ok ? { kind: 'proven', cookies: done.value } : done.error;
}
