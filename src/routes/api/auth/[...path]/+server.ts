import { withDesk } from '$lib/server/auth/desk-pass';
import { setCookies } from '$lib/server/auth/set-cookies';
import { signIn, type SignInOutcome } from '$lib/server/auth/sign-in';
import { noteSignIn } from '$lib/server/settings/sign-in-notes';
import { readerHere } from '$lib/server/sync/read-right';
import { rolesAt, loadSubject } from '$lib/server/auth/subject';
import { json, type RequestEvent } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/*
 * The few account doors that programs use (tablet, headless clients). Sign-up, admin and
 * impersonation of the accounts library are not mounted at all.
 *
 *     POST sign-in | sign-in/username {username|user, password|passphrase, for?: 'tablet'}
 *     GET get-session | me   POST sign-out
 */

const SAY = {
  wrong: '账号或口令不对。口令分大小写，前后不要空格。',
  closed: '这个账号停用了。要用，找县局管账号的人。',
  slow: '试得太勤了，账号没锁。等一会儿再试。',
  full: '县里的机器存满了，现在进不去。账号和口令没有判，存好的都在。请告诉县局管机器的人。',
  code: '还要手机上的六位数，请先在县里的页面登录。',
  none: '没有这个地方。',
} as const;

const refuse = (status: number, code: string, message: string) =>
  json({ error: { code, message } }, { status });

/** What a program may know about the person behind the cookie. */
async function about(event: RequestEvent, personId: string) {
  const { accounts } = event.locals.room;
  const row = await accounts.db
    .selectFrom('user')
    .select(['id', 'name', 'username'])
    .where('id', '=', personId)
    .executeTakeFirst();
  if (!row) return null;
  const person = await loadSubject(accounts.db, row);
  return {
    id: row.id,
    personId: row.id,
    name: row.name,
    username: row.username ?? '',
    roles: rolesAt(person, accounts.now()),
    grants: person.grants,
  };
}

function refusalOf(outcome: Exclude<SignInOutcome, { kind: 'in' }>): Response {
  switch (outcome.kind) {
    case 'slow':
      return json(
        { error: { code: 'SLOW', message: SAY.slow } },
        { status: 429, headers: { 'retry-after': String(outcome.waitSeconds) } },
      );
    case 'closed':
      return refuse(403, 'CLOSED', SAY.closed);
    case 'full':
      return refuse(507, 'STORAGE_FULL', SAY.full);
    case 'second-factor':
      return refuse(401, 'SECOND_FACTOR', SAY.code);
    case 'wrong':
      return refuse(401, 'WRONG', SAY.wrong);
  }
}

async function signInHere(event: RequestEvent): Promise<Response> {
  const { auth, limiter } = event.locals.room;
  const body: unknown = await event.request.json().catch(() => null);
  const field = (...names: string[]): string => {
    if (body === null || typeof body !== 'object') return '';
    const found = Object.entries(body).find(([key]) => names.includes(key))?.[1];
    return typeof found === 'string' ? found.slice(0, 200) : '';
  };
  const who = {
    userName: field('username', 'user'),
    passphrase: field('password', 'passphrase'),
    address: event.getClientAddress(),
  };
  const outcome = await signIn({ auth, limiter }, who, event.request.headers);
  await noteSignIn(event.locals.room, { ...who, outcome });
  if (outcome.kind !== 'in') return refusalOf(outcome);
  // What begins in the tablet's app opens no desk.
  const isTablet = field('for') === 'tablet';
  setCookies(event.cookies, isTablet ? outcome.cookies : await withDesk(auth, outcome.cookies));
  return json({ user: await about(event, outcome.personId) });
}

export const POST: RequestHandler = async (event) => {
  if (['sign-in', 'sign-in/username'].includes(event.params.path)) return signInHere(event);
  if (event.params.path === 'sign-out') {
    await event.locals.room.auth.api.signOut({ headers: event.request.headers });
    for (const { name } of event.cookies.getAll())
      if (name.includes('daiban')) event.cookies.delete(name, { path: '/' });
    return json({ ok: true });
  }
  return refuse(404, 'NOT_FOUND', SAY.none);
};

export const GET: RequestHandler = async (event) => {
  if (!['get-session', 'me'].includes(event.params.path)) return refuse(404, 'NOT_FOUND', SAY.none);
  const person = await readerHere(event.locals, event.request);
  return json({ user: person ? await about(event, person.personId) : null });
};
