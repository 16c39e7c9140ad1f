import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followUpOf, takingOf, type WorkEvent } from '../bench/workload.ts';
import type { Actor } from '../src/lib/domain/case-event.ts';
import type { AreaCode, Instant, PersonId, Result } from '../src/lib/domain/values.ts';
import { firstSync } from '../src/lib/ports/tablet-store.ts';
import { caseFacts, openCase } from '../src/lib/tablet/case-work.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import {
  recordEarly,
  recordLater,
  reportHazard,
  takeCase,
  type RecordDeps,
} from '../src/lib/tablet/record.ts';
import { factsPlace } from '../src/lib/tablet/places.ts';
import { countedClock } from './simulation/county.ts';
import { VAULTS, type VaultOver } from './vault/both.ts';
import { endAll } from './vault/workers.ts';

const VILLAGE = '230278200201' as AreaCode;
const AT = '2026-06-08T01:00:00Z' as Instant;
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const writer = { personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const clock = countedClock('L');
let over: VaultOver;
afterAll(endAll);

async function tablet(name: string): Promise<RecordDeps> {
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync(clock.deviceId()));
  const vault = await over(store);
  return {
    ...{ store, vault, clock, self, now: () => AT },
    digest: async (b) => new Uint8Array(createHash('sha256').update(b).digest()),
    agent: {
      ...{ personId: writer.personId, name: '王春生', agentCode: 'A01', user: 'a01' },
      ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
      signedInAt: AT,
    },
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) % 256),
  };
}

const intake: WorkEvent & { readonly data: Parameters<typeof takingOf>[0]['data'] } = {
  ...{ id: 'w1', case: 'k1', seq: 1, type: 'intake', at: AT },
  data: {
    ...{ cat: '', ch: '', urg: 1, gps: [126.4, 46.6], text: '院边那个粪堆挨着水井' },
    who: { name: '周桂芹', age: 61, tel: '13845600001', addr: '三组' },
    ...{ against: '村委会', files: [] },
  },
};
const later = (type: string): WorkEvent => ({
  ...{ id: 'w2', case: 'k1', seq: 2, type, at: AT, data: { st: '看过', text: '水浑，味儿大' } },
});
const draft = () => ({
  ...{ draftId: clock.caseId(), caseId: clock.caseId(), salt: clock.salt() },
  form: { id: 'intake', version: 1 },
});
const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

/** The entry that the act left, and the one that its saved events give when all is folded anew. */
async function bothEntries(deps: RecordDeps, caseId: string) {
  const record = await deps.store.caseOf(caseId);
  expect(record?.factsRev).toBe(record?.rev);
  const open = await openCase(deps, caseId);
  if (!record?.facts || !open) throw new Error('the case is not here');
  return [await deps.vault.open(record.facts, factsPlace(caseId)), caseFacts(open, AT)] as const;
}

describe.each(VAULTS)('the list entry, %s', (kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  it('[TB63] the list entry of a taken case and of every later act is what its saved events give', async () => {
    const deps = await tablet(`entry-taken-${kind}`);
    const d = draft();
    const taking = takingOf(intake, writer, clock.eventId());
    value(await takeCase(deps, d, taking));
    const [saved, folded] = await bothEntries(deps, d.caseId);
    expect(saved).toEqual(folded);
    expect(folded).toMatchObject({ petitioner: '周桂芹', status: 'SUBMITTED', topSeq: 0 });
    expect(folded.duties.length).toBeGreaterThan(0);
    // The county has some of it: the place in its log stays with the entry of the next act.
    await deps.store.exchange({ ids: [], cases: [d.caseId], own: false, all: false }, (view) => ({
      ...{ sync: view.sync, remove: [], removeCases: [], mediaAgain: false },
      put: [...view.rows.values()].map((r) => ({ ...r, state: 'a', seq: 10 + r.ds, epoch: 'e' })),
      touch: [{ id: d.caseId }],
    }));
    for (const [n, type] of ['note', 'visit', 'evidence', 'note'].entries()) {
      value(await recordLater(deps, d.caseId, [followUpOf(later(type), writer)]));
      const [then, anew] = await bothEntries(deps, d.caseId);
      expect(then, `act ${n}`).toEqual(anew);
      expect(anew.topSeq).toBeGreaterThan(10);
    }
  });

  it('[TB63] the same where a case began before 接单, and for a stream without a case', async () => {
    const deps = await tablet(`entry-early-${kind}`);
    const d = draft();
    const urgent = { level: 'MAJOR', kind: '房子塌了', done: '人先挪出来了', calls: [] };
    const entries = [{ type: 'urgent.reported', payload: urgent }] as const;
    value(await recordEarly(deps, { ...d, areaCode: VILLAGE }, entries));
    expect(new Set((await bothEntries(deps, d.caseId)).map((e) => JSON.stringify(e))).size).toBe(1);
    value(await takeCase(deps, d, takingOf(intake, writer, clock.eventId())));
    const [saved, folded] = await bothEntries(deps, d.caseId);
    expect(saved).toEqual(folded);
    expect(folded).toMatchObject({ petitioner: '周桂芹', status: 'SUBMITTED' });
    expect(folded.flags).toContain('URGENT');
    const hazard = {
      ...{ areaCode: VILLAGE, parties: ['甲'], level: 'BLUE', text: '粪堆', measure: '看着' },
      ...{ status: 'OPEN', foundOn: '2026-06-08' },
    };
    const { caseId } = value(await reportHazard(deps, hazard));
    value(await reportHazard(deps, { ...hazard, text: '粪堆还在' }, caseId));
    const [then, anew] = await bothEntries(deps, caseId);
    expect(then).toEqual(anew);
    expect(anew).toMatchObject({ kind: 'hazard', matter: '粪堆还在' });
  });
});
