import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { CaseIndex } from '../../src/lib/tablet/case-index.ts';
import { caseFacts, openCase } from '../../src/lib/tablet/case-work.ts';
import { DayProof } from '../../src/lib/tablet/day-proof.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { LIST_KEY } from '../../src/lib/tablet/list-marks.ts';
import { metaPlace } from '../../src/lib/tablet/places.ts';
import { recordEarly, recordLater } from '../../src/lib/tablet/record.ts';
import { unsentCases } from '../../src/lib/tablet/unsent.ts';
import { isLocked } from '../../src/lib/tablet/vault.ts';
import { reseal } from '../../src/lib/tablet/vault/reseal.ts';
import type { Place } from '../../src/lib/tablet/vault/body.ts';
import { digest, trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { endAll } from '../vault/workers.ts';
import { logged, MARKERS, tablet, value, type Tablet } from './scene.ts';

let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(async () => {
  endAll();
  await county.close();
});

/** Everything that the keys of this tablet open, of every body of every table, as one text. */
async function readable({ store, vault, database }: Tablet): Promise<string> {
  const found: string[] = [];
  const tables = ['events', 'cases', 'drafts', 'media', 'chunks', 'meta'] as const;
  const rows = await rowsOf(database, tables);
  const places = (table: string, row: Row): Place[] => {
    const id = String(row['id'] ?? row['key'] ?? '');
    const one = (at: Place['store'], of = id, version = 1): Place => ({
      store: at,
      id: of,
      version,
    });
    if (table === 'events') return [one('events'), one('notes')];
    if (table === 'cases') return [one('cases'), one('facts')];
    if (table === 'drafts') return [one('drafts', id, Number(row['rev']))];
    if (table === 'chunks') return [one('chunks', `${String(row['mediaId'])}/${String(row['n'])}`)];
    return [one(table === 'media' ? 'media' : 'meta')];
  };
  for (const { table, row } of rows)
    for (const column of ['body', 'note', 'facts'])
      for (const place of row[column] instanceof Uint8Array ? places(table, row) : [])
        for (const open of [vault.open, vault.openBytes])
          found.push(await said(() => open(row[column] as Uint8Array, place)));
  expect((await store.cases()).length).toBeGreaterThan(0);
  return found.join('\n');
}

async function said(open: () => Promise<unknown>): Promise<string> {
  try {
    const value = await open();
    return value instanceof Uint8Array
      ? Buffer.from(value).toString('utf8')
      : JSON.stringify(value);
  } catch (error) {
    if (isLocked(error)) throw error;
    return '';
  }
}

type Row = Record<string, unknown>;
async function rowsOf(name: string, tables: readonly string[]) {
  const db = await new Promise<IDBDatabase>((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
  });
  const all: { table: string; row: Row }[] = [];
  for (const table of tables) {
    const rows = await new Promise<Row[]>((done) => {
      const request = db.transaction(table).objectStore(table).getAll();
      request.onsuccess = () => done(request.result as Row[]);
    });
    all.push(...rows.map((row) => ({ table, row })));
  }
  db.close();
  return all;
}

/** What stands in the list alone. */
const LISTED = '单子里的旧话';

async function putMeta(name: string, row: Row): Promise<void> {
  const db = await new Promise<IDBDatabase>((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
  });
  await new Promise<void>((done) => {
    const tx = db.transaction('meta', 'readwrite');
    tx.objectStore('meta').put(row);
    tx.oncomplete = () => done();
  });
  db.close();
}

const photo = (words: string) => ({
  bytes: new TextEncoder().encode(words.repeat(4_000)),
  meta: { mime: 'image/jpeg', kind: 'PHOTO', caption: words } as const,
});

describe('an accusation from 接单 on', () => {
  it('[AU272] opens for no key of the tablet: no event, file, entry or draft has its words', async () => {
    const t = await tablet(county);
    const d = t.draft();
    value(
      await recordEarly(t.record, { ...d, areaCode: '230278200201' as never }, [
        {
          type: 'urgent.reported',
          payload: { ...fieldExamples['urgent.reported'], words: MARKERS[2] },
        },
      ]),
    );
    value(await keepFile({ ...t, digest }, { caseId: d.caseId }, photo(MARKERS[2])));
    // As a list of many cases keeps what it showed of this one.
    const list = await t.vault.seal({ words: LISTED }, metaPlace(LIST_KEY));
    await putMeta(t.database, { key: LIST_KEY, gen: 1, body: list });
    for (const shown of [MARKERS[2], LISTED]) expect(await readable(t)).toContain(shown);
    await t.take(true, d);
    expect(await readable(t)).not.toContain(LISTED);
    const seen = await readable(t);
    for (const marker of MARKERS) expect(seen.includes(marker), marker).toBe(false);
    // The same look sees what is not sealed.
    const other = await tablet(county);
    await other.take(false);
    const open = await readable(other);
    for (const marker of MARKERS) expect(open.includes(marker), marker).toBe(true);
  });

  it('[AU272] where a kill came in between, the next idle turn seals what was readable', async () => {
    const t = await tablet(county);
    const d = t.draft();
    value(
      await recordEarly(t.record, { ...d, areaCode: '230278200201' as never }, [
        {
          type: 'urgent.reported',
          payload: { ...fieldExamples['urgent.reported'], words: MARKERS[2] },
        },
      ]),
    );
    const { swapBodies } = t.store;
    t.store.swapBodies = async () => Promise.reject(new Error('killed'));
    await t.take(true, d);
    t.store.swapBodies = swapBodies;
    expect(await readable(t)).toContain(MARKERS[2]);
    await reseal({ ...t, today: () => 20_000 });
    expect(await readable(t)).not.toContain(MARKERS[2]);
    const early = (await t.store.eventsIn('p')).length;
    await t.send();
    expect(await t.counts()).toEqual({ p: 0, a: early, q: 0 });
  });

  it('[AU273] leaves a bare line: number and code, no name, no words, and where it stands', async () => {
    const t = await tablet(county);
    const caseId = await t.take();
    const index = new CaseIndex();
    const look = async () => {
      const { store } = t;
      const source = { cases: await store.cases(), counts: await store.counts(), media: [] };
      const stale = await index.fill(t.vault, source);
      for (const id of stale) {
        const open = await openCase(t.record, id);
        if (open) index.set(id, caseFacts(open, t.record.now()));
      }
      return index.findables(t.record.now()).map(({ row }) => row);
    };
    const [row] = await look();
    expect(row).toMatchObject({
      away: true,
      flags: ['SEALED'],
      petitioner: '',
      matter: '',
      place: '',
    });
    expect(row?.temporaryNumber).toMatch(/^临-/);
    expect([row?.ticks.county, row?.unsentEvents]).toEqual([
      'none',
      await t.counts().then((c) => c.p),
    ]);
    const open = await openCase(t.record, caseId);
    expect(open?.file.sealed?.payload).toEqual({ reason: 'ACCUSATION' });
    expect([open?.file.status, open?.file.numbers.queryCode]).toEqual([
      'SUBMITTED',
      open?.core.queryCode,
    ]);
    const status = { ...t.loop.status };
    const [unsent] = await unsentCases({ ...t, status, rowFor: () => row ?? null });
    expect(new Set(unsent?.events.map(({ type, code }) => `${type} ${String(code)}`))).toEqual(
      new Set(['case.sealed null']),
    );
    await t.send();
    const today = () => Math.floor(Date.parse('2026-06-20') / 86_400_000);
    const proof = await new DayProof({ ...t, digest, today }).line();
    expect(proof, 'the green line').toMatchObject({ clear: true });
    const [sent] = await look();
    expect([sent?.ticks.county, sent?.unsentEvents, sent?.away]).toEqual(['done', 0, true]);
    await t.send();
    expect((await t.store.caseOf(caseId))?.left).toBe(1);
    // ③: a checked backup has it, and the ciphertext goes; the line stays.
    const { store, county: code } = county.container;
    await store.transact(code, async (tx) => tx.write({ safe: (await tx.head()).seq }));
    await t.send();
    expect((await t.store.look(caseId)).events.filter(({ dv }) => dv !== '')).toEqual([]);
    const [safe] = await look();
    index.safe = (await t.store.sync())?.safe ?? 0;
    expect([safe?.away, index.findables('2026-06-20T01:00:00Z')[0]?.row.ticks.backup]).toEqual([
      ...[true, 'done'],
    ]);
  });

  it('[AU274] more can be said to it afterwards, and nobody here reads that either', async () => {
    const t = await tablet(county);
    const caseId = await t.take();
    const more = { ...fieldExamples['case.supplemented'], text: MARKERS[2] };
    value(await recordLater(t.record, caseId, [{ type: 'case.supplemented', payload: more }]));
    expect(await readable(t)).not.toContain(MARKERS[2]);
    await t.send();
    expect(await t.counts()).toMatchObject({ p: 0, q: 0 });
  });

  it('[AU275] a county that names no sealing key: readable here until the county has it, as before', async () => {
    const t = await tablet(county, { sealing: [] });
    await t.take();
    expect(await readable(t)).toContain(MARKERS[2]);
    await t.send();
    expect(await t.counts()).toMatchObject({ p: 0, q: 0 });
    expect(t.faults.pieces).toBe(0);
  });
});

describe('the way of what only the county reads', () => {
  it('[AU276] goes in its turn between plain batches, every event once, in the order it was saved', async () => {
    const t = await tablet(county);
    const plain = [
      await t.take(false),
      await t.take(true),
      await t.take(false),
      await t.take(true),
    ];
    expect(plain.length).toBe(4);
    const saved = (await t.store.eventsIn('p')).map(({ id }) => id);
    const dvs = new Set((await t.store.eventsIn('p')).map(({ dv }) => dv));
    await t.send();
    expect(await t.counts()).toEqual({ p: 0, a: saved.length, q: 0 });
    expect(await logged(county, dvs)).toEqual(saved);
    const device = await county.container.store.transact(county.container.county, (tx) =>
      tx.device([...dvs][0] as never),
    );
    expect(device?.lastDs).toBe(saved.length);
  });
});
