import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventRow } from '../../src/lib/ports/tablet-store.ts';
import { newKeyPair } from '../../src/lib/protocol/hpke.ts';
import { envelopeOf, type Recipient } from '../../src/lib/protocol/sealed.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';
import { copiedEvent } from '../../src/lib/server/sync/sealed-open.ts';
import { recordLater } from '../../src/lib/tablet/record.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { endAll } from '../vault/workers.ts';
import { ADDED, logged, MARKERS, tablet, value, type Tablet } from './scene.ts';

let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(async () => {
  endAll();
  await county.close();
});

const DAY_MS = 86_400_000;

/** The next day, here and at the county. */
function sleep(t: Tablet): void {
  t.today.at = new Date(Date.parse(t.today.at) + DAY_MS).toISOString();
  county.setClock(new Date(Date.parse(county.now()) + DAY_MS).toISOString());
}

const unsent = (t: Tablet): Promise<readonly EventRow[]> => t.store.eventsIn('p');
const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

/** Plain, accusation, plain, accusation: all of one queue. */
async function mixed(t: Tablet): Promise<string[]> {
  for (const sealed of [false, true, false, true]) await t.take(sealed);
  return idsOf(await unsent(t));
}

/** Each of them stands in the log once, nothing of them anywhere else. */
async function allThere(t: Tablet, saved: readonly string[]): Promise<void> {
  expect(await t.counts()).toMatchObject({ p: 0, q: 0 });
  const log = await county.container.db.selectFrom('log').select('id').execute();
  const mine = log.map(({ id }) => id).filter((id) => saved.includes(id));
  expect(mine.sort()).toEqual([...saved].sort());
}

/** What the county reads in a body that nobody here can. */
async function countyReads(t: Tablet, { id, body }: EventRow): Promise<string> {
  const { sealed } = county.container.sync;
  const opener = (await sealed?.opener()) as CopyOpener;
  for (const slip of await t.store.slips()) opener.know(slip);
  return JSON.stringify(await copiedEvent(opener, id, new Uint8Array(body)));
}

const stranger = async (): Promise<readonly Recipient[]> => {
  const { publicKey } = await newKeyPair();
  return [{ kind: 'intake', keyId: 'intake-nobody', publicKey }];
};

describe('what only the county reads is never lost', () => {
  it('[AU276] whichever answer is lost: it goes again, and stands once, in order', async () => {
    let requests = 0;
    for (let lost = 0; lost <= requests; lost++) {
      const t = await tablet(county);
      const saved = await mixed(t);
      t.faults.lose = lost;
      for (let run = 0; run < 3; run++) await t.send();
      if (lost === 0) requests = t.faults.all;
      const dvs = new Set((await t.store.eventsIn('a')).map(({ dv }) => dv));
      await allThere(t, saved);
      expect(await logged(county, dvs)).toEqual(saved);
    }
    expect(requests).toBeGreaterThan(4);
  });

  it('[AU276] a second tablet with its places: what is blind joins, what is plain is renumbered', async () => {
    for (const more of [1, 6]) {
      const t = await tablet(county);
      const saved = await mixed(t);
      const other = await tablet(county, { of: t.n });
      const { dv } = (await t.store.sync()) ?? { dv: '' };
      const all = { ids: [], cases: [], own: false, all: true };
      await other.store.exchange(all, (view) => ({
        ...{ sync: { ...view.sync, dv }, put: [], remove: [], touch: [] },
        ...{ removeCases: [], mediaAgain: false },
      }));
      for (let n = 0; n < more; n++) await other.take(false);
      const theirs = idsOf(await unsent(other));
      await other.send();
      for (let run = 0; run < 3; run++) await t.send();
      await allThere(t, saved);
      await allThere(other, theirs);
      await t.take(true);
      await t.take(false);
      saved.push(...idsOf(await unsent(t)));
      for (let run = 0; run < 3; run++) await t.send();
      await allThere(t, saved);
    }
  });

  it('[AU276] somebody was there with the same ids: it is put aside here, whole, and offered again', async () => {
    const first = await tablet(county);
    await first.take(true, first.draft(), '别的话');
    await first.send();
    const t = await tablet(county, { twinOf: first.n });
    await t.take(true);
    const saved = await unsent(t);
    await t.send();
    const aside = await t.store.eventsIn('q');
    expect(aside.length).toBeGreaterThan(0);
    expect(aside.length + (await t.counts()).a + (await t.counts()).p).toBe(saved.length);
    const words = await Promise.all(aside.map((row) => countyReads(t, row)));
    expect(words.join()).toContain(MARKERS[2]);
    for (const row of aside) expect(row.body).toEqual(saved.find(({ id }) => id === row.id)?.body);
    // The county keeps the other bytes for people to look at.
    const kept = await county.container.db.selectFrom('dead_letter').select('code').execute();
    expect(kept.map(({ code }) => code)).toContain('ID_REUSE');
    sleep(t);
    const before = t.faults.pieces;
    await t.send();
    expect(t.faults.pieces).toBeGreaterThan(before);
    expect(idsOf(await t.store.eventsIn('q'))).toEqual(idsOf(aside));
  });

  it('[AU276] the county forgot its places (gap), or put its history back: all of it goes again', async () => {
    const t = await tablet(county);
    const saved = await mixed(t);
    await t.send();
    const { store, county: code, db } = county.container;
    const { dv } = (await t.store.sync()) ?? { dv: '' };
    await db.deleteFrom('device_log').where('dv', '=', dv).execute();
    await store.transact(code, async (tx) => {
      const device = await tx.device(dv as never);
      if (device) await tx.write({ devices: [{ ...device, lastDs: 0 }] });
    });
    await t.take(false);
    saved.push(...idsOf(await unsent(t)));
    const pieces = t.faults.pieces;
    await t.send();
    await allThere(t, saved);
    expect(t.faults.pieces).toBeGreaterThan(pieces);
    await county.act({ do: 'announce_epoch', id: 'epoch-blind' });
    const again = t.faults.pieces;
    await t.send();
    await allThere(t, saved);
    expect(t.faults.pieces).toBeGreaterThan(again);
    const [row] = await t.store.eventsIn('a');
    expect(row?.epoch).toBe('epoch-blind');
  });

  it('[AU276] a key that the county has not: it lies there unread, stays here, and holds nothing up', async () => {
    const t = await tablet(county, { sealing: await stranger() });
    await t.take(true);
    const blind = idsOf(await unsent(t));
    await t.take(false);
    const plain = idsOf(await unsent(t)).filter((id) => !blind.includes(id));
    await t.send();
    expect(idsOf(await unsent(t)).sort()).toEqual([...blind].sort());
    expect((await logged(county, new Set([(await t.store.sync())?.dv ?? '']))).sort()).toEqual(
      [...plain].sort(),
    );
    const pieces = t.faults.pieces;
    await t.send();
    expect(t.faults.pieces, 'once a day').toBe(pieces);
    sleep(t);
    await t.send();
    expect(t.faults.pieces).toBeGreaterThan(pieces);
    const kept = await county.container.db.selectFrom('dead_letter').select('code').execute();
    const held = kept.filter(({ code }) => code === 'SEALED_NO_KEY');
    expect([blind.length > 0, held.length]).toEqual([true, blind.length]);
  });

  it('[AU276] an older program took it for torn: it goes again by itself', async () => {
    const t = await tablet(county);
    await t.send();
    await t.take(true);
    const rows = await unsent(t);
    await t.store.exchange({ ids: idsOf(rows), cases: [], own: false, all: false }, (view) => ({
      ...{ sync: view.sync, remove: [], removeCases: [], mediaAgain: false },
      put: rows.map((row) => ({ ...row, state: 'q' as const, dv: '', ds: 0, note: null })),
      touch: rows.map(({ caseId: id }) => ({ id })),
    }));
    expect((await t.counts()).q).toBe(rows.length);
    // What came before the begin of its case waits there, and is heard of a day later.
    for (let day = 0; day < 2; day++) {
      sleep(t);
      await t.send();
    }
    await allThere(t, idsOf(rows));
  });

  it('[AU275] a key that is none: what was said is saved all the same, and goes as ever', async () => {
    const publicKey = new Uint8Array(65).fill(7);
    publicKey[0] = 4;
    const t = await tablet(county, {
      sealing: [{ kind: 'intake', keyId: 'intake-broken', publicKey }],
    });
    await t.take(true);
    const rows = await unsent(t);
    const own = new Set((await t.store.slips()).filter(({ own: w }) => w).map(({ id }) => id));
    for (const { body } of rows) expect(own.has(envelopeOf(body) ?? '')).toBe(true);
    await t.send();
    await allThere(t, idsOf(rows));
  });

  it('[AU273] the line stays where backup and leave are heard of in one answer', async () => {
    const t = await tablet(county);
    await t.send();
    const caseId = await t.take(true);
    await t.blind.bring();
    const { store, county: code } = county.container;
    await store.transact(code, async (tx) => tx.write({ safe: (await tx.head()).seq }));
    await t.send();
    expect((await t.store.look(caseId)).events.length).toBe(0);
    expect((await t.store.caseOf(caseId))?.left).toBe(1);
  });

  it('[AU274] where the line is torn, too, what is added is for the county alone', async () => {
    const t = await tablet(county);
    const caseId = await t.take(true);
    const before = idsOf(await unsent(t));
    const rev = (await t.store.caseOf(caseId))?.rev ?? 0;
    await t.store.putFacts(caseId, rev, new Uint8Array(60).fill(9));
    value(await recordLater(t.record, caseId, [ADDED]));
    const added = (await unsent(t)).filter(({ id }) => !before.includes(id));
    expect(added.length).toBe(1);
    for (const { body } of added) expect(await t.vault.isBlind?.(body)).toBe(true);
    await t.send();
    await allThere(t, [...before, ...idsOf(added)]);
  });

  it('[AU274] more goes in when nothing but the line is left here', async () => {
    const t = await tablet(county);
    const caseId = await t.take(true);
    for (let run = 0; run < 2; run++) await t.send();
    const { store, county: code } = county.container;
    await store.transact(code, async (tx) => tx.write({ safe: (await tx.head()).seq }));
    await t.send();
    expect((await t.store.look(caseId)).events.length).toBe(0);
    value(await recordLater(t.record, caseId, [ADDED]));
    const rows = await unsent(t);
    expect(rows.length).toBe(1);
    for (const row of rows) expect(await countyReads(t, row)).toContain('又想起一件');
    await t.send();
    await allThere(t, idsOf(rows));
  });
});
