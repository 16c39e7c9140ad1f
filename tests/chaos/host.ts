/**
 * A county process to attack: the product's own drivers, exchange and enrolment on a port, without
 * accounts and pages, so that it comes up fast and takes thousands of people. Who asks stands in a
 * header. `CHAOS_PLANT` breaks one safety of it.
 *
 *     node tests/chaos/host.ts      DATA_DIR, DATABASE_URL, PORT, ORIGIN as for the real server
 */
import { createServer } from 'node:http';
import { getRequest, setResponse } from '@sveltejs/kit/node';
import type { Instant } from '../../src/lib/domain/values.ts';
import { openContainer } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { chunkEndpoint } from '../../src/lib/server/media/http.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { ENROL_PATH, EXCHANGE_PATH, MEDIA_PATH } from '../../src/lib/protocol/version.ts';
import { deskOf } from './desk.ts';
import { plantedStore } from './host-plants.ts';
import { countyActs, type CountyStep } from '../protocol/traffic.ts';
import { AT_HEADER, PERSON_HEADER, personNamed } from './people.ts';

const MEDIA = new RegExp(`^${MEDIA_PATH}/([^/]+)/([^/]+)$`);
const env = readEnv(process.env);
if (!env.ok) throw new Error(env.error.join('\n'));
const plant = process.env['CHAOS_PLANT'] ?? '';
const opened = await openContainer(env.value, { looks: plant !== 'blind' });
const store = plantedStore(opened.store, plant);
/** Null: the real time. */
let time: number | null = null;
const now = (): Instant =>
  time === null ? opened.clock.now() : (new Date((time += 1_000)).toISOString() as Instant);
const clock = { ...opened.clock, now };
// Nobody has an account here: whoever sent something is the person of that name.
const askerOf = async (personId: string) => personNamed(personId.replace(/^(chaos|p)-/, ''));
const sealed = opened.sync.sealed && { ...opened.sync.sealed, askerOf };
const sync = { ...opened.sync, store, clock, ...(sealed ? { sealed } : {}) };
const container = { ...opened, store, clock, sync };
const desk = deskOf(container);

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const at = request.headers.get(AT_HEADER);
  if (at !== null) time = Date.parse(at);
  const name = request.headers.get(PERSON_HEADER);
  const person = name === null ? null : personNamed(name);
  if (pathname === EXCHANGE_PATH) return exchangeEndpoint(container, person, request);
  if (pathname === ENROL_PATH) return enrolEndpoint(container, person, request);
  const [, sha, chunk] = MEDIA.exec(pathname) ?? [];
  if (sha !== undefined && chunk !== undefined) {
    const from = searchParams.get('from');
    return chunkEndpoint(container, person, { request, sha, chunk, from });
  }
  if (pathname === '/desk') return desk();
  if (pathname === '/act') {
    await countyActs(container, (await request.json()) as CountyStep['act']);
    return new Response('done');
  }
  return new Response('ready');
}

const server = createServer((req, res) => {
  void (async () => {
    const request = await getRequest({ base: env.value.origin, request: req });
    const response = await answer(request).catch((error: unknown) => {
      console.error(error);
      return new Response('INTERNAL', { status: 500 });
    });
    await setResponse(res, response);
  })().catch(() => res.destroy());
});
// As many waiting connections as the system allows: the crowd comes at once.
server.listen({ port: env.value.port, host: '127.0.0.1', backlog: 4_096 }, () => {
  console.log('ready');
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => void opened.close().then(() => process.exit(0)));
});
