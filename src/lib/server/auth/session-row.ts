/**
 * The session of a request, read as better-auth reads it, in one query and without its detours:
 * signature of the cookie, row of the session, row of the person. Nothing is kept between requests,
 * so what is revoked is over at the next one. Whatever is not plainly in order is null here, and
 * better-auth itself judges it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { CompiledQuery } from 'kysely';
import type { Auth } from './auth.ts';
import type { AuthTables } from './tables.ts';

/** What of a session and its person every request needs. */
export interface SessionRow {
  readonly session: {
    readonly id: string;
    readonly createdAt: string | Date;
    readonly updatedAt: string | Date;
  };
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly username: string | null;
    readonly banned: boolean;
    readonly twoFactorEnabled: boolean;
  };
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** Value of the one cookie of that name; null when there is none, or more than one. */
export function cookieOf(header: string, name: string): string | null {
  const found = header.split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at > 0 && part.slice(0, at).trim() === name ? [part.slice(at + 1).trim()] : [];
  });
  const [only] = found;
  return found.length === 1 && only !== undefined ? decoded(only) : null;
}

/** The word before the signature, when it was signed with the county's secret. */
function signedValue(text: string, secret: string): string | null {
  const dot = text.lastIndexOf('.');
  if (dot < 1) return null;
  const value = text.slice(0, dot);
  const right = Buffer.from(createHmac('sha256', secret).update(value).digest('base64'));
  const given = Buffer.from(text.slice(dot + 1));
  return given.length === right.length && timingSafeEqual(given, right) ? value : null;
}

/** A value as better-auth's cookies carry it: signed with the county's secret. */
export const signedCookie = (value: string, secret: string): string =>
  `${value}.${createHmac('sha256', secret).update(value).digest('base64')}`;

/** The word of the session that the cookies name; null when there is none or it is not signed by us. */
export async function sessionToken(auth: Auth, headers: Headers): Promise<string | null> {
  const { authCookies, secret } = await auth.$context;
  const cookie = cookieOf(headers.get('cookie') ?? '', authCookies.sessionToken.name);
  return cookie === null ? null : signedValue(cookie, secret);
}

const rowOf = (db: Kysely<AuthTables>, token: string) =>
  db
    .selectFrom('session as s')
    .innerJoin('user as u', 'u.id', 's.userId')
    .select(['s.id as sessionId', 's.updatedAt as updatedAt', 's.expiresAt as expiresAt'])
    .select('s.createdAt as createdAt')
    .select(['u.id as id', 'u.name as name', 'u.username as username'])
    .select(['u.banned as banned', 'u.twoFactorEnabled as twoFactorEnabled'])
    .where('s.token', '=', token);

type Row = Awaited<ReturnType<ReturnType<typeof rowOf>['executeTakeFirst']>>;

/** SQL texts by kind of database: making one anew costs more than what it asks for. */
const texts = new WeakMap<object, string>();

async function found(db: Kysely<AuthTables>, token: string): Promise<Row> {
  const { adapter } = db.getExecutor();
  const text = texts.get(adapter) ?? rowOf(db, token).compile().sql;
  texts.set(adapter, text);
  const { rows } = await db.executeQuery<NonNullable<Row>>(CompiledQuery.raw(text, [token]));
  return rows[0];
}

/** The live session that the cookies name; null when there is none or anything is unusual. */
export async function sessionRow(
  { auth, db }: { readonly auth: Auth; readonly db: Kysely<AuthTables> },
  headers: Headers,
): Promise<SessionRow | null> {
  const token = await sessionToken(auth, headers);
  if (token === null) return null;
  const row = await found(db, token);
  if (row === undefined || !(new Date(row.expiresAt).getTime() > Date.now())) return null;
  const { id, name, username, sessionId, createdAt, updatedAt, banned, twoFactorEnabled } = row;
  const flags = { banned: Boolean(banned), twoFactorEnabled: Boolean(twoFactorEnabled) };
  return {
    session: { id: sessionId, createdAt, updatedAt },
    user: { id, name, username, ...flags },
  };
}
