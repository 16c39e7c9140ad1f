/**
 * The county's side of the plug: the real county over SQLite (synchronous=FULL) with accounts,
 * sessions, guards and headers as `hooks.server.ts` puts them around the exchange, on one port
 * with the files of the page.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { Instant } from '../src/lib/domain/values.ts';
import { createAccount } from '../src/lib/server/auth/accounts.ts';
import { guardRequest, secureHeaders } from '../src/lib/server/auth/request-guard.ts';
import { readSession } from '../src/lib/server/auth/session.ts';
import { signIn } from '../src/lib/server/auth/sign-in.ts';
import { openContainer } from '../src/lib/server/container.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { openRoom, type Room } from '../src/lib/server/room.ts';
import { enrolEndpoint } from '../src/lib/server/sync/enrol.ts';
import { exchangeEndpoint } from '../src/lib/server/sync/http.ts';
import { ENROL_PATH, EXCHANGE_PATH } from '../src/lib/protocol/version.ts';
import { SIGN_IN_PATH } from '../src/lib/tablet/session.ts';
import { COUNTED_TYPES } from './workload.ts';

const SINCE = '2026-01-01T00:00:00Z' as Instant;
const VILLAGE = '230278100200';
const ACCOUNT = { user: 'bench', name: '王春生', passphrase: 'a long phrase for the bench' };

export interface BenchCounty {
  readonly port: number;
  /** Events of the log that stand for one of the workload. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** Answers the page's own files and says so. */
export type ServeApp = (request: IncomingMessage, response: ServerResponse) => boolean;

export async function startCounty(dir: string, serveApp: ServeApp): Promise<BenchCounty> {
  const env = readEnv({ DATA_DIR: path.join(dir, 'county'), SPREAD_SECONDS: '0' });
  if (!env.ok) throw new Error(env.error.join('\n'));
  const room = await openRoom(await openContainer(env.value));
  const grants = [{ role: 'A' as const, areaCode: VILLAGE, from: SINCE }];
  const { user, name, passphrase } = ACCOUNT;
  await createAccount(room.accounts, { userName: user, name, passphrase, grants }, 'bench');
  return { ...(await listen(room, serveApp)), count: () => counted(room) };
}

/** Accounts, sessions, guards and headers around enrolment and exchange, on a free port. */
export async function listen(
  room: Room,
  serveApp: ServeApp = () => false,
): Promise<Pick<BenchCounty, 'port' | 'close'>> {
  const server = createServer((request, response) => {
    if (!serveApp(request, response)) void answer(room, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await room.container.close();
    },
  };
}

async function counted({ container }: Room): Promise<number> {
  const rows = await container.db
    .selectFrom('log')
    .select(['type'])
    .where('kind', '=', 'event')
    .execute();
  return rows.filter(({ type }) => COUNTED_TYPES.has(type)).length;
}

async function answer(room: Room, from: IncomingMessage, to: ServerResponse): Promise<void> {
  try {
    const request = requestOf(room, from);
    const response = await meet(room, request);
    const about = {
      path: from.url ?? '/',
      https: false,
      requestId: randomBytes(9).toString('base64url'),
    };
    secureHeaders(response.headers, about);
    to.writeHead(response.status, [...response.headers].flat());
    to.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    // The link was cut in the middle of it.
    if (from.destroyed || to.destroyed) return;
    console.error(error);
    to.writeHead(500).end();
  }
}

/** The page's origin is the harness's proxy: for the county it becomes its own, as behind a proxy. */
function requestOf({ container }: Room, from: IncomingMessage): Request {
  const { origin } = container.env;
  const headers = new Headers();
  for (const [key, value] of Object.entries(from.headers))
    if (typeof value === 'string') headers.set(key, value);
  if (headers.has('origin')) headers.set('origin', origin);
  headers.set('host', new URL(origin).host);
  const { method = 'GET', url = '/' } = from;
  const hasBody = Number(from.headers['content-length'] ?? 0) > 0;
  // As it comes, as the server of the product hands it on.
  const body = hasBody ? (Readable.toWeb(from) as ReadableStream<Uint8Array>) : null;
  return new Request(origin + url, { method, headers, body, duplex: 'half' } as RequestInit);
}

async function meet(room: Room, request: Request): Promise<Response> {
  const { container, accounts, auth } = room;
  if (guardRequest(request, container.env.origin)) return new Response(null, { status: 403 });
  const { pathname } = new URL(request.url);
  if (pathname === SIGN_IN_PATH) return signedIn(room, request);
  const found = await readSession({ auth, db: accounts.db, now: accounts.now }, request.headers);
  const person = found === null || found === 'idle' ? null : found.person;
  if (pathname === ENROL_PATH) return enrolEndpoint(container, person, request);
  if (pathname === EXCHANGE_PATH) return exchangeEndpoint(container, person, request);
  return new Response(null, { status: 404 });
}

async function signedIn({ auth, limiter }: Room, request: Request): Promise<Response> {
  const { username, password } = (await request.json()) as { username: string; password: string };
  const outcome = await signIn(
    { auth, limiter },
    { userName: username, passphrase: password, address: '127.0.0.1' },
    request.headers,
  );
  if (outcome.kind !== 'in') return Response.json({ error: outcome.kind }, { status: 401 });
  const headers = new Headers();
  for (const { name, value } of outcome.cookies)
    headers.append('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Strict`);
  return Response.json({ user: outcome.personId }, { headers });
}
