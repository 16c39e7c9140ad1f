import { building, dev } from '$app/environment';
import type { Handle, HandleServerError, RequestEvent, ServerInit } from '@sveltejs/kit';
import { randomBytes } from 'node:crypto';
import { deskMarker, opensDesk } from './lib/server/auth/desk-pass.ts';
import { guardRequest, isDisguised, secureHeaders } from './lib/server/auth/request-guard.ts';
import { isConfined, OPEN_TO_CONFINED } from './lib/server/auth/second-factor.ts';
import { setCookies } from './lib/server/auth/set-cookies.ts';
import { headStaticFiles } from './lib/server/auth/static-headers.ts';
import { isDeskPerson } from './lib/server/auth/subject.ts';
import { readSession } from './lib/server/auth/session.ts';
import { getContainer } from './lib/server/container.ts';
import { startEvidence } from './lib/server/evidence/start.ts';
import { startDaily } from './lib/server/jobs/daily.ts';
import { startWarming } from './lib/server/desk/warm.ts';
import { startHeldDaily } from './lib/server/jobs/held-daily.ts';
import { readAgain } from './lib/server/jobs/read-again.ts';
import { startRefold } from './lib/server/jobs/refold.ts';
import { startBackups } from './lib/server/jobs/schedule.ts';
import { startSweeping } from './lib/server/media/sweep.ts';
import { startSealing } from './lib/server/sealing/start.ts';
import { keepBallast } from './lib/server/store/ballast.ts';
import { awayAnswer, isAway, STORE_AWAY } from './lib/server/outage.ts';
import { openRoom, type Room, setupLink } from './lib/server/room.ts';
import { shellWords } from './lib/ui/messages/shell.ts';

let opening: Promise<Room> | undefined;

/** Accounts and desk over the open county; opened again when this module was loaded again. */
const roomHere = (): Promise<Room> => (opening ??= getContainer().then(openRoom));

export const init: ServerInit = async () => {
  if (building) return;
  const room = await roomHere();
  const { container } = room;
  // Only in earnest: the folders of tests and demos come and go.
  if (container.env.production) keepBallast(container.env.dataDir);
  headStaticFiles(container.env.origin.startsWith('https:'));
  startDaily(container);
  startBackups(container);
  startRefold(container, room.desk.cases.forget);
  startSealing(container, room.desk.cases.forget);
  startSweeping(container);
  startEvidence(container);
  await readAgain(container.sync);
  await startHeldDaily(container);
  startWarming(room.desk, () => container.open);
  // A stopping server finishes what is in flight; a stream would never finish.
  if (!dev) for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, room.live.close);
  const link = await setupLink(room);
  if (link !== null) console.log(`还没有账号。头一个管账号的人从这儿设（一天内有效）：\n  ${link}`);
};

const SAY: Record<string, string> = {
  FOREIGN_ORIGIN: '这个请求是从别的网站来的，没办。请回到本系统的页面再试。',
  NO_ORIGIN: '这个请求没说从哪来，没办。',
  NO_HEADER: '这个请求少了本系统程序的标记，没办。请用本系统的页面或程序。',
  NOT_FOUND: '没有这个地方，或者不归您看。',
  INTERNAL: '县里的机器出了岔子。存好的都在，没丢；等一会儿再试。',
};

/** Errors of programs' paths as JSON in plain words. */
function refuse(status: number, code: string, requestId: string): Response {
  const message = SAY[code] ?? SAY.INTERNAL ?? '';
  return Response.json({ error: { code, message, requestId } }, { status });
}

/** Theme and surface stand on the root element before the first paint. */
function rootOf(event: RequestEvent): string {
  const path = event.url.pathname;
  const surface = path.startsWith('/desk')
    ? ' data-surface="desk"'
    : path.startsWith('/track') || path === '/'
      ? ' data-surface="public"'
      : '';
  const theme = event.cookies.get('theme');
  const dress = theme === 'dark' || theme === 'light' ? ` data-theme="${theme}"` : '';
  const language = languageOf(event);
  return `<html lang="${language}"${surface}${dress}>`;
}

const languageOf = (event: RequestEvent): 'zh-CN' | 'en' =>
  event.cookies.get('language') === 'en' ? 'en' : 'zh-CN';

/** 503 in the reader's words while the database is away. */
function away(event: RequestEvent): Response {
  const { locals, request, url } = event;
  const [lang, accept] = [languageOf(event), request.headers.get('accept')];
  const asked = { path: url.pathname, accept, lang, requestId: locals.requestId };
  return awayAnswer(asked, shellWords[lang].away);
}

/** Everything after the guard; a database that is away is said as that, wherever it showed. */
async function answered(event: RequestEvent, room: Room, resolve: () => Promise<Response>) {
  try {
    await meet(event, room);
    if (event.url.pathname.startsWith('/desk')) await markDesk(event, room);
  } catch (error) {
    if (!isAway(error)) throw error;
    console.error(`request ${event.locals.requestId}: the database is away:`, error);
    return away(event);
  }
  const answer = await resolve();
  return event.locals.storeAway && answer.status >= 500 ? away(event) : answer;
}

async function meet(event: RequestEvent, here: Room): Promise<void> {
  const { locals, request } = event;
  locals.room = here;
  const watching = event.cookies.get('watching') === '1' || event.url.pathname === '/desk/live';
  const found = await readSession(
    { auth: here.auth, db: here.accounts.db, now: here.accounts.now, watching },
    request.headers,
  );
  locals.wasIdle = found === 'idle';
  if (found === null || found === 'idle') return;
  locals.person = found.person;
  locals.account = found.account;
  locals.confined =
    here.container.env.requireSecondFactor && isConfined(found, here.accounts.now());
  // Everything but setting it up and leaving answers as to nobody.
  if (locals.confined && !OPEN_TO_CONFINED.has(event.url.pathname)) locals.person = null;
  // A tablet's session is nobody's at the desk, and neither is somebody without a place there: asked
  // here and not by the layout, which a program's request for data or an act goes past.
  if (event.url.pathname.startsWith('/desk')) {
    const has = isDeskPerson(found.person, here.accounts.now());
    if (!has || !(await opensDesk(here.auth, request.headers))) locals.person = null;
  }
  setCookies(event.cookies, found.cookies);
}

/** What begins a session at the desk's own doors begins one that opens it. */
async function markDesk({ cookies }: RequestEvent, here: Room): Promise<void> {
  const mark = await deskMarker(here.auth);
  const set = cookies.set.bind(cookies);
  cookies.set = (name, value, how) => {
    set(name, value, how);
    const own = mark({ name, value });
    if (own !== null) set(own.name, own.value, how);
  };
}

export const handle: Handle = async ({ event, resolve }) => {
  const { locals, request, url } = event;
  locals.requestId = randomBytes(9).toString('base64url');
  locals.person = null;
  locals.account = null;
  locals.wasIdle = false;
  locals.confined = false;
  locals.storeAway = false;
  if (building) return resolve(event);
  const room = await roomHere();
  const { origin } = room.container.env;
  const about = {
    path: url.pathname,
    https: origin.startsWith('https:'),
    requestId: locals.requestId,
  };
  const disguised = isDisguised(url.pathname);
  const refusal = disguised ? 'NOT_FOUND' : guardRequest(request, origin);
  if (refusal !== null) {
    const answer = refuse(disguised ? 404 : 403, refusal, locals.requestId);
    secureHeaders(answer.headers, about);
    return answer;
  }
  const answer = await answered(event, room, async () =>
    resolve(event, {
      transformPageChunk: ({ html }) => html.replace('<html lang="zh-CN">', rootOf(event)),
    }),
  );
  secureHeaders(answer.headers, about);
  return answer;
};

export const handleError: HandleServerError = ({ error, event, status }) => {
  const { requestId } = event.locals;
  if (isAway(error)) {
    event.locals.storeAway = true;
    console.error(`request ${requestId}: the database is away:`, error);
    const { safe, next } = shellWords[languageOf(event)].away;
    return { message: `${safe}${next}`, code: STORE_AWAY, requestId };
  }
  const code = status === 404 ? 'NOT_FOUND' : 'INTERNAL';
  if (status !== 404) console.error(`request ${requestId} failed:`, error);
  return {
    message: SAY[code] ?? '',
    code,
    requestId,
  };
};
