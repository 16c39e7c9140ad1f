/** The words of an act on a case, kept sealed until its transaction. */
import { afterAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { AreaCode, Instant, PersonId, Result } from '../../src/lib/domain/values.ts';
import { memoryTabletStore } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync } from '../../src/lib/ports/tablet-store.ts';
import { openActDraft } from '../../src/lib/tablet/act-drafts.ts';
import { actForm, isActForm } from '../../src/lib/tablet/act-forms.ts';
import { newDraft, plainCell, type DraftDeps } from '../../src/lib/tablet/drafts.ts';
import { lockable } from '../../src/lib/tablet/lockable.ts';
import { recordLater, reportHazard, type RecordDeps } from '../../src/lib/tablet/record.ts';
import { countedClock } from '../simulation/county.ts';
import { openTestVault } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const VILLAGE = '230278200201' as AreaCode;
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const hazard = {
  ...{ areaCode: VILLAGE, parties: ['甲'], level: 'BLUE', text: '粪堆挨着水井', measure: '看着' },
  ...{ status: 'OPEN', foundOn: '2026-06-08' },
};
const SEEN = '井水还是浑的';
const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

async function tablet() {
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

describe('the words of an act', () => {
  it('[AU260] are written on while the vault is locked, sealed, and end with the act or not at all', async () => {
    const t = await tablet();
    const { caseId } = value(await reportHazard(t.record, hazard));
    const draft = value(await newDraft(t.drafts, actForm('visit'), caseId));
    expect(isActForm(draft.form)).toBe(true);
    t.first.client.lock();
    value(await draft.save({ answers: { written: { seen: SEEN } } }));
    const [row] = await t.store.drafts();
    expect(Buffer.from(row?.body as Uint8Array).includes(SEEN)).toBe(false);
    await draft.close();

    await t.unlock();
    const again = await openActDraft(t.drafts, 'visit', caseId);
    expect(again?.answers['written']).toEqual({ seen: SEEN });
    expect(await openActDraft(t.drafts, 'delivery', caseId)).toBeNull();
    expect(await openActDraft(t.drafts, 'visit', 'x'.repeat(22))).toBeNull();

    const ends = { ...t.record, removeDrafts: [draft.draftId] };
    const entries = [{ type: 'hazard.reported' as const, payload: hazard }];
    expect((await recordLater(ends, 'x'.repeat(22), entries)).ok).toBe(false);
    expect(await t.store.drafts()).toHaveLength(1);
    value(await recordLater(ends, caseId, entries));
    expect(await t.store.drafts()).toEqual([]);
  });
});
