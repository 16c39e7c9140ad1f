import { createHash, randomBytes } from 'node:crypto';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import type { ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_PATH, RESUME_BYTES_MIN } from '../../src/lib/protocol/version.ts';
import { gzipText } from '../../src/lib/tablet/exchange-http.ts';
import { httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { expect, test, type County } from './county.ts';
import { Session } from './session.ts';

const EVENTS = 100;
const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const randomId = (): string => randomBytes(16).toString('base64url');

/** A person's tablet without a browser: the product's own transport, and what it sent. */
async function tabletOf(county: County) {
  const agent = county.agent('A01');
  const session = await Session.signIn(county, agent);
  await session.enrol();
  const { cookies } = await session.http.storageState();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const sent: { address: string; bytes: number }[] = [];
  const transport = httpTransport({
    fetch: (input, init) => {
      const address = (input as string).replace(county.url, '');
      sent.push({ address, bytes: (init?.body as Uint8Array | undefined)?.length ?? 0 });
      return fetch(input, { ...init, headers: { ...(init?.headers as object), cookie } });
    },
    ...{ digest, origin: county.url, requestId: randomId, gzip: gzipText },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 200))),
  });
  return { agent, dv: session.dv, transport, sent };
}

/** A case with so many pieces that do not pack: what travels is far above what is continued. */
function requestOf(dv: string, areaCode: string): ExchangeRequest {
  const noise = (n: number) => createHash('sha512').update(`${n}`).digest('base64');
  const events = Array.from({ length: EVENTS }, (_, n) => {
    const t = n === 0 ? 'case.drafted' : 'dictation.recorded';
    const own = n === 0 ? { areaCode } : { added: `${noise(n)}${noise(n + 1_000)}${noise(-n)}` };
    const p = { ...fieldExamples[t], ...own };
    return { c: 0, ds: n + 1, id: randomId(), t, v: 1, at: new Date().toISOString(), p };
  });
  return {
    ...{ proto: 2, build: 'test', schema: 1, dv, dsHi: EVENTS, now: new Date().toISOString() },
    ...{ cursor: null, wit: null, wits: [], hist: [], media: [], feedBytesMax: 1_000_000 },
    ...{ cases: [{ id: randomId(), salt: randomId() }], events },
  };
}

test('[SY102] behind the built server a push that breaks twice goes on where the county stopped', async ({
  county,
}) => {
  const { agent, dv, transport, sent } = await tabletOf(county);
  const request = requestOf(dv, agent.area ?? '');
  county.gate.breakRequest(EXCHANGE_PATH, 5_000);
  county.gate.breakRequest(`${EXCHANGE_PATH}?part=`, 3_000);
  const outcome = await transport.exchange(request);
  if (outcome.kind !== 'reply' || outcome.reply.kind !== 'exchange')
    throw new Error(JSON.stringify(outcome));
  expect(outcome.reply.results.map(({ s }) => s)).toEqual(request.events.map(() => 'stored'));
  const whole = sent[0]?.bytes ?? 0;
  expect(whole).toBeGreaterThan(2 * RESUME_BYTES_MIN);
  // The first went from its start, the others from where the county was.
  const bodies = sent.filter(({ bytes }) => bytes > 0);
  expect(bodies).toHaveLength(3);
  const froms = bodies.map(({ address }) => Number(/from=(\d+)/.exec(address)?.[1] ?? 0));
  expect(froms[0]).toBe(0);
  expect(froms[1]).toBeGreaterThan(0);
  expect(froms[1]).toBeLessThanOrEqual(5_000);
  expect(froms[2]).toBeGreaterThan(froms[1] ?? 0);
  expect(bodies.map(({ bytes }) => bytes)).toEqual(froms.map((from) => whole - from));
  // Offered again, each is there once.
  const again = await transport.exchange(request);
  if (again.kind !== 'reply' || again.reply.kind !== 'exchange') throw new Error(again.kind);
  expect(again.reply.results.map(({ s }) => s)).toEqual(request.events.map(() => 'dup'));
});
