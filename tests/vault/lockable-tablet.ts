/** An agent's tablet with a real vault, for tests of what he does while it locks. */
import { createHash } from 'node:crypto';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { AreaCode, Instant, PersonId, Result } from '../../src/lib/domain/values.ts';
import { memoryTabletStore } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync } from '../../src/lib/ports/tablet-store.ts';
import { plainCell, type DraftDeps } from '../../src/lib/tablet/drafts.ts';
import { lockable } from '../../src/lib/tablet/lockable.ts';
import type { RecordDeps } from '../../src/lib/tablet/record.ts';
import { countedClock } from '../simulation/county.ts';
import { openTestVault } from './open.ts';

export const VILLAGE = '230278200201' as AreaCode;

const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };

/** A hazard as it is reported. */
export const hazard = {
  ...{ areaCode: VILLAGE, parties: ['甲'], level: 'BLUE', text: '粪堆挨着水井', measure: '看着' },
  ...{ status: 'OPEN', foundOn: '2026-06-08' },
};

/** The value, or the refusal thrown. */
export const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

/** A tablet in memory whose vault can be locked under its drafts and acts, and unlocked again. */
export async function tablet() {
  const store = memoryTabletStore();
  const clock = countedClock('T');
  await store.begin(firstSync(clock.deviceId()));
  const first = await openTestVault(store);
  const seam = lockable(first.vault);
  const shared = { store, vault: seam.vault, clock };
  const drafts: DraftDeps = {
    ...{ ...shared, cell: plainCell, changed: () => undefined },
    hold: async () => ({ release: () => undefined }),
  };
  const record: RecordDeps = {
    ...{ ...shared, self, now: () => clock.now() },
    digest: async (b) => new Uint8Array(createHash('sha256').update(b).digest()),
    agent: {
      ...{ personId: self.personId, name: self.name, agentCode: 'A01', user: 'a01' },
      ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
      signedInAt: '2026-06-08T01:00:00Z' as Instant,
    },
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) % 256),
  };
  const unlock = async (): Promise<void> => {
    seam.behind((await openTestVault(store, { keys: first.keys })).vault);
  };
  return { store, drafts, record, first, unlock };
}
