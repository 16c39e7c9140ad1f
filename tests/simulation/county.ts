/** A county in memory with a counted clock and counted ids, for tests and the simulator. */
import { hash } from 'node:crypto';
import type { CaseId, DeviceId, EventId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import type { ClockAndIds } from '../../src/lib/ports/clock-and-ids.ts';
import {
  memoryCountyStore,
  type MemoryCountyStore,
} from '../../src/lib/ports/county-store-memory.ts';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';
import type { DigestSync } from '../../src/lib/protocol/hash.ts';
import type { CountyDeps } from '../../src/lib/server/sync/deps.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import { plainJudge, type PlainAsker } from './plain-judge.ts';

export const COUNTY = '230278000000';
export const digest: DigestSync = (bytes) => hash('sha256', bytes, 'buffer');

/** Ids of 22 letters in counted order; time moves one second with every look. */
export function countedClock(prefix: string): ClockAndIds {
  let ids = 0;
  let time = Date.parse('2026-06-08T01:00:00Z');
  const id = () => `${prefix}${String((ids += 1)).padStart(22 - prefix.length, '0')}`;
  return {
    now: () => new Date((time += 1_000)).toISOString() as Instant,
    random: () => 0.5,
    eventId: () => id() as EventId,
    caseId: () => id() as CaseId,
    deviceId: () => id() as DeviceId,
    salt: id,
  };
}

export const person = (name: string): PlainAsker => ({
  personId: name as PersonId,
  name,
  grants: 'agent',
});

export function depsOver(store: CountyStore): CountyDeps<PlainAsker> {
  return {
    county: COUNTY,
    store,
    clock: countedClock('C'),
    digest,
    judge: plainJudge(),
    settings: { spreadSeconds: 120, minBuild: '0' },
  };
}

export async function countyInMemory(): Promise<{
  deps: CountyDeps<PlainAsker>;
  store: MemoryCountyStore;
}> {
  const store = memoryCountyStore();
  const deps = depsOver(store);
  await ensureHistory(store, COUNTY, deps.clock.now());
  return { deps, store };
}
