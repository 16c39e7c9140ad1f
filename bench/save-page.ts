/** Runs in the browser: strict saves of ours and raw strict puts, taking turns. */
import type { EventBody } from '../src/lib/domain/case-event.ts';
import type { CaseId, EventId, Instant } from '../src/lib/domain/values.ts';
import { NO_ACT, firstSync } from '../src/lib/ports/tablet-store.ts';
import { eventHash } from '../src/lib/protocol/hash.ts';
import { browserClock, browserDigest } from '../src/lib/tablet/browser.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { casePlace, factsPlace, metaPlace } from '../src/lib/tablet/places.ts';
import type { SealedEvent } from '../src/lib/tablet/sealed-shapes.ts';
import { plainVault } from '../src/lib/tablet/vault.ts';
import { intake, listEntry, openRaw, rawPut } from './save-floor.ts';

interface Pair {
  readonly ours: number;
  readonly raw: number;
}

/** Ours from the words to the disk: clean, hash, seal, ds, event, case and list entry. */
async function openOurs(plant: boolean): Promise<(n: number) => Promise<void>> {
  const store = dexieTabletStore(new TabletDb('ours'));
  const vault = plainVault();
  await store.begin(firstSync(browserClock.deviceId()));
  return async (n) => {
    const [caseId, salt] = [browserClock.caseId(), browserClock.salt()];
    const body: EventBody<string> = {
      ...{ id: browserClock.eventId() as EventId, caseId: caseId as CaseId, type: 'case.taken' },
      ...{ v: 1, occurredAt: browserClock.now() as Instant, payload: intake(n) },
    };
    const sealed: SealedEvent = { body, h: await eventHash(browserDigest, salt, body) };
    const row = { id: body.id, caseId, day: 20_000, body: await vault.captureEvent(sealed, salt) };
    await store.save({
      ...{ ...NO_ACT, events: [row] },
      cases: [{ id: caseId, body: await vault.capture({ salt }, casePlace(caseId)) }],
      facts: [{ id: caseId, facts: await vault.capture(listEntry(n), factsPlace(caseId)) }],
    });
    // The planted fault: a save that needs a second and a third transaction.
    if (plant) {
      await store.putFacts(caseId, 1, await vault.capture(listEntry(n), factsPlace(caseId)));
      await store.putMeta('planted', await vault.capture(n, metaPlace('planted')));
    }
  };
}

async function run(pairs: number, plant: boolean): Promise<Pair[]> {
  const raw = await openRaw();
  const ours = await openOurs(plant);
  const timed = async (work: () => Promise<void>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const out: Pair[] = [];
  for (let n = 0; n < pairs; n++) {
    // Taking turns in changing order: what else the machine does falls on both alike.
    const first = n % 2 === 0;
    const a = await timed(() => (first ? ours(n) : rawPut(raw, n)));
    const b = await timed(() => (first ? rawPut(raw, n) : ours(n)));
    out.push(first ? { ours: a, raw: b } : { ours: b, raw: a });
  }
  return out;
}

Object.assign(globalThis, { run });
