import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import { isDiskFull } from '../store/disk-full.ts';
import { DESK_HOURS, DESK_IDLE_MINUTES, TABLET_DAYS, type Auth } from './auth.ts';
import { sessionRow } from './session-row.ts';
import { cookiesOf, type CookieToSet } from './sign-in.ts';
import { isDeskPerson, loadSubject } from './subject.ts';
import type { AuthTables } from './tables.ts';

export interface SessionDeps {
  readonly auth: Auth;
  readonly db: Kysely<AuthTables>;
  now(): Instant;
  /** The page asks by itself and not the person: his session grows as old as if nobody had. */
  readonly watching?: boolean;
}

export interface SignedIn {
  readonly person: Subject;
  readonly account: {
    readonly userName: string;
    readonly sessionId: string;
    readonly secondFactor: boolean;
    /** When he said who he is: at sign-in, or when he proved it again. */
    readonly provenAt: Instant;
  };
  /** Cookies that keep the session alive; to be sent with the answer. */
  readonly cookies: readonly CookieToSet[];
}

/** A session older than this is written again when it is used. */
const TOUCH_MS = 60_000;

/** Writes the session again; on a full disk it stays as old as it is, and he stays in. */
async function touch(auth: Auth, headers: Headers): Promise<CookieToSet[]> {
  try {
    return cookiesOf(await auth.api.getSession({ headers, asResponse: true }));
  } catch (error) {
    if (isDiskFull(error)) return [];
    throw error;
  }
}

/** Whether a session idled too long, or is too old however busy it was. */
function isOver(isDesk: boolean, { idleMs, ageMs }: { idleMs: number; ageMs: number }): boolean {
  if (!isDesk) return ageMs > TABLET_DAYS * 86_400_000;
  return idleMs > DESK_IDLE_MINUTES * 60_000 || ageMs > DESK_HOURS * 3_600_000;
}

/** Who asks, by his session cookie; a session that is over ends here and now. */
export async function readSession(
  deps: SessionDeps,
  headers: Headers,
): Promise<SignedIn | 'idle' | null> {
  if (!headers.get('cookie')?.includes('daiban')) return null;
  const found =
    (await sessionRow(deps, headers)) ??
    (await deps.auth.api.getSession({ headers, query: { disableRefresh: true } }));
  if (!found) return null;
  const { user, session } = found;
  if (user.banned) return null;
  const person = await loadSubject(deps.db, user);
  const provenAt = new Date(session.createdAt).toISOString() as Instant;
  const now = Date.parse(deps.now());
  const idleMs = now - new Date(session.updatedAt).getTime();
  if (isOver(isDeskPerson(person, deps.now()), { idleMs, ageMs: now - Date.parse(provenAt) })) {
    await deps.auth.api.signOut({ headers });
    return 'idle';
  }
  const secondFactor = Boolean(user.twoFactorEnabled);
  const account = { userName: user.username ?? '', sessionId: session.id, secondFactor, provenAt };
  if (idleMs <= TOUCH_MS || deps.watching === true) return { person, account, cookies: [] };
  return { person, account, cookies: await touch(deps.auth, headers) };
}
