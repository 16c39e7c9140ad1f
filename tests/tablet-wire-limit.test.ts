/** A batch whose words do not pack: how much of it goes in one request, and that all of it arrives. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { fieldExamples } from '../src/lib/domain/testing/examples-field.ts';
import type { CaseId, EventId, Instant } from '../src/lib/domain/values.ts';
import { firstSync, NO_ACT } from '../src/lib/ports/tablet-store.ts';
import { memoryTabletStore } from '../src/lib/ports/tablet-store-memory.ts';
import { eventHash } from '../src/lib/protocol/hash.ts';
import { EXCHANGE_MEDIA_TYPE_2, WIRE_BYTES_MAX } from '../src/lib/protocol/version.ts';
import { gzipText } from '../src/lib/tablet/exchange-http.ts';
import { BATCH_BYTES_MAX } from '../src/lib/tablet/retry.ts';
import { exchangeRound } from '../src/lib/tablet/sync-round.ts';
import { httpTransport } from '../src/lib/tablet/transport-http.ts';
import { casePlace } from '../src/lib/tablet/places.ts';
import { plainVault } from '../src/lib/tablet/vault.ts';
import { digest, trafficCounty, type TrafficCounty } from './protocol/traffic.ts';
import { countedClock } from './simulation/county.ts';

const vault = plainVault();
const EVENTS = 700;
const CASE = 'caseW'.padEnd(22, '_') as CaseId;
const SALT = 'salt'.padEnd(22, '_');
/** Some 900 bytes that no packing makes smaller, and of ten events one that packs to nothing. */
const noise = (n: number) =>
  n % 10 === 0
    ? '井'.repeat(300)
    : Array.from({ length: 14 }, (_, i) =>
        createHash('sha512')
          .update(`${String(n)} ${String(i)}`)
          .digest('base64'),
      ).join('');

let county: TrafficCounty;
beforeEach(async () => {
  county = await trafficCounty();
});
afterEach(() => county.close());

async function fullTablet(speaks: 1 | 2) {
  const store = memoryTabletStore();
  const clock = { ...countedClock(`W${String(speaks)}`), now: () => county.now() as Instant };
  await store.begin(firstSync(clock.deviceId() as never));
  const sent: number[] = [];
  let requests = 0;
  const transport = httpTransport({
    fetch: async (input, init) => {
      const request = new Request(input as string, init);
      if (speaks === 1 && request.headers.get('content-type') === EXCHANGE_MEDIA_TYPE_2)
        return Response.json({ error: 'MEDIA_TYPE' }, { status: 415 });
      sent.push((await request.clone().arrayBuffer()).byteLength);
      return county.ask('W', request);
    },
    ...{ digest, origin: 'http://county', gzip: gzipText },
    requestId: () => Buffer.alloc(16, (requests += 1)).toString('base64url'),
  });
  const deps = { store, vault, transport, clock, digest, build: 't', schema: 1 };
  const events = [];
  for (let n = 0; n < EVENTS; n++) {
    const type = n === 0 ? 'case.drafted' : 'dictation.recorded';
    const payload = { ...fieldExamples[type], added: n === 0 ? '' : noise(n) };
    const id = clock.eventId() as EventId;
    const body = { id, caseId: CASE, type, v: 1, occurredAt: clock.now(), payload };
    const h = await eventHash(digest, SALT, body);
    events.push({
      id,
      caseId: CASE,
      day: 20_612,
      body: await vault.captureEvent({ body, h }, SALT),
    });
  }
  const cases = [{ id: CASE, body: await vault.capture({ salt: SALT }, casePlace(CASE)) }];
  await store.save({ ...NO_ACT, events, cases });
  return { store, deps, sent };
}

it.each([2, 1] as const)(
  '[SY100] a batch that packs badly goes with fewer events, never more than the wire limit (version %i)',
  async (speaks) => {
    const { store, deps, sent } = await fullTablet(speaks);
    let settled = 0;
    for (let rounds = 0; settled < EVENTS && rounds < 20; rounds++) {
      const round = await exchangeRound(deps, BATCH_BYTES_MAX, []);
      if (round.kind !== 'done') throw new Error(JSON.stringify(round));
      settled += round.settled;
    }
    expect(settled).toBe(EVENTS);
    expect((await store.unsent(1)).count).toBe(0);
    expect(Math.max(...sent)).toBeLessThanOrEqual(WIRE_BYTES_MAX);
    // Fewer, not few: most of what may go in one request does.
    expect(sent[0]).toBeGreaterThan(0.7 * WIRE_BYTES_MAX);
    expect(sent.length).toBeLessThanOrEqual(5);
  },
);
