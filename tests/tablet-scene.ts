/** A tablet in memory and the county's real exchange; the network is a list of misfortunes. */
import { createHash } from 'node:crypto';
import type { Actor } from '../src/lib/domain/case-event.ts';
import { emptyCaseFile } from '../src/lib/domain/case-file.ts';
import type { PersonId } from '../src/lib/domain/values.ts';
import { memoryTabletStore } from '../src/lib/ports/tablet-store-memory.ts';
import type { MemoryCountyStore } from '../src/lib/ports/county-store-memory.ts';
import { NO_ACT, firstSync, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import { directTransport, type NoReply, type Transport } from '../src/lib/ports/transport.ts';
import type { Digest } from '../src/lib/protocol/hash.ts';
import { chunkCount } from '../src/lib/protocol/media.ts';
import type { ExchangeRequest } from '../src/lib/protocol/sync.ts';
import { exchange } from '../src/lib/server/sync/exchange.ts';
import type { SignatureCheck } from '../src/lib/server/sync/signature.ts';
import { buildEvents, type ActDeps } from '../src/lib/tablet/acts.ts';
import { casePlace } from '../src/lib/tablet/places.ts';
import { SyncLoop, type LoopDeps } from '../src/lib/tablet/sync-loop.ts';
import { plainVault, type Vault } from '../src/lib/tablet/vault.ts';
import { countedClock, countyInMemory, person } from './simulation/county.ts';

export const digest: Digest = async (b) => new Uint8Array(createHash('sha256').update(b).digest());
export const vault = plainVault();
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生' };

export interface Scene {
  readonly store: TabletStore;
  readonly loop: SyncLoop;
  readonly sent: ExchangeRequest[];
  readonly timers: number[];
  readonly kept: string[];
  /** What the network does instead of reaching the county; consumed one by one. */
  readonly weather: NoReply[];
  readonly deps: ActDeps;
  /** The county's own disk. */
  readonly county: MemoryCountyStore;
  hazard(text: string): Promise<string>;
  log(): string[];
}

const hazardOf = (text: string) => ({
  ...{ areaCode: '230278200201', parties: ['甲', '乙'], level: 'BLUE', text, measure: '看着' },
  ...{ status: 'OPEN', foundOn: '2026-06-08' },
});

/** A tablet and the real exchange in memory; the network is a list of misfortunes. */
export async function scene(
  change: Partial<LoopDeps> = {},
  vaultOver: (store: TabletStore) => Promise<Vault> = async () => plainVault(),
  signatures?: SignatureCheck,
): Promise<Scene> {
  const { deps: unsigned, store: countyStore } = await countyInMemory();
  const county = { ...unsigned, ...(signatures ? { signatures } : {}) };
  const clock = countedClock('T');
  const store = memoryTabletStore();
  await store.begin(firstSync(clock.deviceId()));
  const vault = await vaultOver(store);
  const deps: ActDeps = { store, vault, clock, digest, self, now: () => clock.now() };
  const sent: ExchangeRequest[] = [];
  const timers: number[] = [];
  const kept: string[] = [];
  const weather: NoReply[] = [];
  const files = new Map<string, Set<number>>();
  const direct = directTransport(
    async (request) => {
      const done = await exchange(county, person('A01'), request);
      if (!done.ok) throw new Error(done.error);
      const { reply, announced } = done.value;
      if (reply.kind !== 'exchange') return reply;
      const missing = announced.map(({ sha, bytes }) => ({
        sha,
        chunks: [...Array(chunkCount(bytes)).keys()].filter((n) => !files.get(sha)?.has(n)),
      }));
      return { ...reply, missing };
    },
    async (sha, n) => {
      kept.push(`${sha.slice(0, 4)}/${n}`);
      const have = files.get(sha) ?? new Set();
      files.set(sha, have.add(n));
      return have.size === 3;
    },
  );
  const transport: Transport = {
    exchange: async (request) => {
      sent.push(request);
      return weather.shift() ?? direct.exchange(request);
    },
    putChunk: (sha, n, bytes) => direct.putChunk(sha, n, bytes),
  };
  let tick = 0;
  const loop = new SyncLoop(
    {
      ...{ store, vault, transport, clock, digest, build: 'test', schema: 1 },
      ...{ ticks: () => (tick += 10), dueOf: () => '' },
      timer: (ms) => (timers.push(ms), () => undefined),
      lock: (run) => run(() => true),
      enrolAgain: async () => undefined,
      ...change,
    },
    () => undefined,
  );
  const hazard = async (text: string): Promise<string> => {
    const caseId = clock.caseId();
    const file = emptyCaseFile(caseId, clock.salt());
    const entries = [{ type: 'hazard.reported' as const, payload: hazardOf(text) }];
    const built = await buildEvents(deps, { file, entries });
    if (!built.ok) throw new Error(JSON.stringify(built.error));
    const body = await deps.vault.capture({ salt: file.salt }, casePlace(caseId));
    await store.save({ ...NO_ACT, events: built.value.rows, cases: [{ id: caseId, body }] });
    return caseId;
  };
  /** Ids of the tablet's own events in the county log. */
  const log = (): string[] =>
    countyStore.log(county.county).flatMap((r) => (r.kind === 'event' ? [r.id] : []));
  return { store, loop, sent, timers, kept, weather, deps, county: countyStore, hazard, log };
}

export const run = async ({ loop }: Scene): Promise<void> => {
  loop.wake('hand');
  await loop.settled();
};
