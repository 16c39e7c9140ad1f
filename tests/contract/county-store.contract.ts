/** What every county store must do; run by each driver's own test file. */
import { expect, it } from 'vitest';
import { emptyCaseFile } from '../../src/lib/domain/case-file.ts';
import type {
  CaseId,
  DeviceId,
  EventId,
  Instant,
  PersonId,
  Sha256,
} from '../../src/lib/domain/values.ts';
import type {
  CaseColumns,
  CaseRecord,
  CountyStore,
  WriteBatch,
} from '../../src/lib/ports/county-store.ts';
import type { EventRow, MarkRow } from '../../src/lib/ports/event-store.ts';
import { GENESIS_TAG } from '../../src/lib/protocol/hash.ts';

const COUNTY = '230278000000';
const AT = '2026-06-08T01:30:00.000Z' as Instant;
const wang = 'p-wang' as PersonId;
const caseA = 'case-a' as CaseId;
const caseB = 'case-b' as CaseId;
const dv = 'dv-1' as DeviceId;

const event = (seq: number, caseId: CaseId = caseA): EventRow => ({
  kind: 'event',
  seq,
  tag: `tag${seq}`,
  id: `id${seq}` as EventId,
  h: `h${seq}` as Sha256,
  caseId,
  type: 'visit.recorded',
  v: 1,
  occurredAt: AT,
  payload: { said: '井水有味儿，𠮷家也是', n: 1.5, none: null },
  receivedAt: AT,
  offset: -2.5,
  actor: { code: 'A', personId: wang, name: '王春生' },
  dv,
  ds: seq,
});
const mark = (seq: number, kind: MarkRow['kind'], caseId: CaseId): MarkRow => ({
  kind,
  seq,
  tag: `tag${seq}`,
  id: `id${seq}` as EventId,
  h: `h${seq}` as Sha256,
  caseId,
  personId: wang,
  note: kind === 'leave' ? 'SEALED' : '',
  receivedAt: AT,
});
const columns: CaseColumns = {
  status: 'TAKEN',
  caseNo: null,
  temporaryNumber: '临-230278200201-A01-A-0001',
  queryCode: '123456789012',
  otherCodes: null,
  areaCode: '230278200201',
  agentId: wang,
  leadUnitId: null,
  category: null,
  level: null,
  sealed: false,
  urgent: true,
  xfDate: '2026-06-08',
  receivedAt: AT,
  closedAt: null,
  searchText: '井 水',
};
const record = (caseId: CaseId, firstSeq: number, lastSeq: number): CaseRecord => ({
  caseId,
  salt: 'salt',
  firstSeq,
  lastSeq,
  file: emptyCaseFile(caseId, 'salt'),
  columns,
});

type Fresh = (batch?: WriteBatch) => Promise<CountyStore>;

export function countyStoreContract(open: () => Promise<CountyStore>): void {
  const fresh: Fresh = async (batch) => {
    const store = await open();
    if (batch !== undefined) await store.transact(COUNTY, (tx) => tx.write(batch));
    return store;
  };
  transactions(fresh);
  identity(fresh);
  visibility(fresh);
  manyRows(fresh);
  records(fresh);
  deviceKeys(fresh);
  queryCodes(fresh);
}

function transactions(fresh: Fresh): void {
  it('[SY1] an empty county stands at position 0 with the first tag', async () => {
    const store = await fresh();
    const head = await store.transact(COUNTY, (tx) => tx.head());
    expect(head).toEqual({ seq: 0, tag: GENESIS_TAG });
    await store.close();
  });

  it('[SY1] what one transaction wrote is there completely', async () => {
    const store = await fresh({
      log: [event(1), event(2)],
      cases: [record(caseA, 1, 2)],
      places: [{ dv, ds: 1, id: 'id1' as EventId, outcome: 'stored' }],
    });
    const seen = await store.transact(COUNTY, async (tx) => ({
      head: await tx.head(),
      events: await tx.eventsOf(caseA, 10),
      cases: await tx.cases([caseA, caseB]),
      places: await tx.placesOf(dv, [1, 2]),
      tags: await tx.tagsAt([1, 2, 3]),
    }));
    expect(seen.head).toEqual({ seq: 2, tag: 'tag2' });
    expect(seen.events).toEqual([event(1), event(2)]);
    expect([...seen.cases]).toEqual([[caseA, record(caseA, 1, 2)]]);
    expect([...seen.places]).toEqual([[1, 'id1']]);
    expect([...seen.tags].sort()).toEqual([
      [1, 'tag1'],
      [2, 'tag2'],
    ]);
    await store.close();
  });

  it('[SY1] a transaction that throws leaves nothing, its neighbours stand', async () => {
    const store = await fresh();
    const results = await Promise.allSettled([
      store.transact(COUNTY, (tx) => tx.write({ log: [event(1)] })),
      store.transact(COUNTY, async (tx) => {
        await tx.write({ log: [event(2)], counters: [{ name: 'x', value: 9 }] });
        throw new Error('no');
      }),
      store.transact(COUNTY, (tx) => tx.write({ log: [event(2, caseB)] })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const seen = await store.transact(COUNTY, async (tx) => ({
      head: await tx.head(),
      b: await tx.eventsOf(caseB, 10),
      x: await tx.counter('x'),
    }));
    expect(seen).toEqual({ head: { seq: 2, tag: 'tag2' }, b: [event(2, caseB)], x: 0 });
    await store.close();
  });
}

function identity(fresh: Fresh): void {
  it('[SY2] an id is taken once', async () => {
    const store = await fresh({ log: [event(1)] });
    const twice = { ...event(2), id: 'id1' as EventId };
    await expect(store.transact(COUNTY, (tx) => tx.write({ log: [twice] }))).rejects.toThrow();
    const known = await store.transact(COUNTY, (tx) => tx.known(['id1', 'id2'] as EventId[]));
    expect([...known]).toEqual([
      ['id1', { at: 'log', h: 'h1', seq: 1, tag: 'tag1', receivedAt: AT, dv: event(1).dv }],
    ]);
    await store.close();
  });

  it('[SY3] counties do not see each other', async () => {
    const store = await fresh({ log: [event(1)] });
    const other = await store.transact('230279000000', (tx) => tx.head());
    expect(other.seq).toBe(0);
    await store.close();
  });

  it('[SY6] what was kept aside is known, also after it was adopted', async () => {
    const aside = {
      id: 'bad' as EventId,
      h: 'hb' as Sha256,
      dv,
      ds: 1,
      personId: wang,
      caseId: caseA,
      salt: 's',
      code: 'PAYLOAD',
      reason: '',
      raw: '{"id":"bad"}',
      receivedAt: AT,
      offset: 0,
      adoptedSeq: null,
    };
    const store = await fresh({ aside: [aside] });
    const read = (id: EventId) =>
      store.transact(COUNTY, async (tx) => [await tx.aside(id), (await tx.known([id])).get(id)]);
    expect(await read(aside.id)).toEqual([aside, { at: 'aside', h: 'hb', code: 'PAYLOAD' }]);
    const open = (code: string) => store.transact(COUNTY, (tx) => tx.asideOpen(code, 5));
    expect([await open('PAYLOAD'), await open('ACTOR')]).toEqual([[aside], []]);
    await store.transact(COUNTY, (tx) =>
      tx.write({
        log: [{ ...event(1), id: aside.id, h: aside.h }],
        adopted: [{ id: aside.id, seq: 1 }],
      }),
    );
    expect(await read(aside.id)).toMatchObject([{ adoptedSeq: 1 }, { at: 'log', seq: 1 }]);
    expect(await open('PAYLOAD')).toEqual([]);
    await store.close();
  });
}

function visibility(fresh: Fresh): void {
  it('[SY7] the feed shows open cases from their first position, marks only to their person', async () => {
    const store = await fresh({
      log: [event(1), mark(2, 'enter', caseB), event(3, caseB), event(4), mark(5, 'leave', caseA)],
      cases: [record(caseA, 1, 4), record(caseB, 3, 3)],
      agents: [
        { personId: wang, caseId: caseA },
        { personId: wang, caseId: caseA },
      ],
      access: [
        { personId: wang, caseId: caseA, fromSeq: 1, toSeq: 5 },
        { personId: wang, caseId: caseB, fromSeq: 2, toSeq: null },
      ],
    });
    const seen = await store.transact(COUNTY, async (tx) => ({
      all: await tx.feed({ personId: wang, after: 0, limit: 10 }),
      one: await tx.feed({ personId: wang, after: 2, limit: 1 }),
      none: await tx.feed({ personId: 'p-li' as PersonId, after: 0, limit: 10 }),
      candidates: await tx.candidates(wang, 3),
      access: await tx.accessOf(wang, [caseA]),
    }));
    expect(seen.all.rows.map(({ seq }) => seq)).toEqual([2, 3, 5]);
    expect(seen.all.scanned).toBe(5);
    expect(seen.one).toMatchObject({ rows: [{ seq: 3 }], scanned: 3 });
    expect(seen.none).toEqual({ rows: [], scanned: 5 });
    expect(seen.candidates).toEqual([caseA]);
    expect(seen.access).toEqual([{ personId: wang, caseId: caseA, fromSeq: 1, toSeq: 5 }]);
    await store.close();
  });
}

function manyRows(fresh: Fresh): void {
  it('[SY7] however far behind a tablet is, the feed and the changes are the same', async () => {
    // Every third row is of a case that Wang does not have.
    const log = Array.from({ length: 2_400 }, (_, i) =>
      i % 100 === 7 ? mark(i + 1, 'enter', caseB) : event(i + 1, i % 3 === 0 ? caseB : caseA),
    );
    const store = await fresh({
      log,
      cases: [record(caseA, 1, 2_400), record(caseB, 1, 2_398)],
      agents: [{ personId: wang, caseId: caseA }],
      access: [{ personId: wang, caseId: caseA, fromSeq: 2, toSeq: null }],
    });
    const scan = (after: number, more: object = {}) =>
      store.transact(COUNTY, (tx) => tx.feed({ personId: wang, after, limit: 5_000, ...more }));
    const expected = (after: number) =>
      log
        .filter((row) => row.kind !== 'event' || row.caseId === caseA)
        .map(({ seq }) => seq)
        .filter((seq) => seq > after && seq > 1);
    for (const after of [0, 5, 1_899, 1_900, 2_399, 2_400]) {
      const { rows, scanned } = await scan(after);
      expect(rows.map(({ seq }) => seq)).toEqual(expected(after));
      expect(scanned).toBe(2_400);
    }
    for (const after of [10, 2_200]) {
      const page = await scan(after, { limit: 7 });
      expect(page.rows.map(({ seq }) => seq)).toEqual(expected(after).slice(0, 7));
      expect(page.scanned).toBe(expected(after)[6]);
      const { rows } = await scan(after, { but: { dv, above: 2_300 } });
      const told = rows.filter(({ seq, kind }) => kind === 'event' && seq > 2_300);
      expect([told.length, rows.length < expected(after).length]).toEqual([0, true]);
    }
    const changed = (since: number) => store.transact(COUNTY, (tx) => tx.candidates(wang, since));
    for (const since of [0, 300, 2_399]) expect(await changed(since)).toEqual([caseA]);
    expect(await changed(2_400)).toEqual([]);
    await store.close();
  });
}

function records(fresh: Fresh): void {
  it('[SY8] devices, viewers, media, counters and history are written and rewritten', async () => {
    const device = {
      dv,
      personId: wang,
      letter: 'A',
      lastDs: 1,
      dsHi: 2,
      build: 'b1',
      enrolledAt: AT,
      lastSeenAt: AT,
      offsetSeconds: 3,
      report: { unsent: 2 },
    };
    const media = {
      sha: 'f'.repeat(64) as Sha256,
      bytes: 70_000,
      mime: 'image/jpeg',
      caseId: caseA,
      personId: wang,
      state: 'wanted' as const,
      refused: '',
      announcedAt: AT,
      completeAt: null,
    };
    const ofAnother = { ...media, personId: 'zhao' as PersonId };
    const viewer = { personId: wang, checkedSeq: 1, grantsPrint: 'g' };
    const epoch = { id: 'e1', baseSeq: 0, reason: 'begin', at: AT };
    const first = {
      devices: [device],
      media: [media, ofAnother],
      viewers: [viewer],
      epochs: [epoch],
    };
    const store = await fresh({ log: [event(1)], ...first, audit: [], safe: 1 });
    const line = { at: AT, personId: wang, action: 'x', caseId: null, note: '' };
    const complete = { ...media, state: 'complete' as const, completeAt: AT };
    const epoch2 = { id: 'e2', baseSeq: 1, reason: 'restore', at: AT };
    await store.transact(COUNTY, (tx) =>
      tx.write({
        devices: [{ ...device, lastDs: 7 }],
        media: [complete],
        viewers: [{ ...viewer, checkedSeq: 9 }],
        counters: [{ name: 'case_no.2026', value: 3 }],
        epochs: [epoch2],
        audit: [line, line],
      }),
    );
    const seen = await store.transact(COUNTY, async (tx) => ({
      device: await tx.device(dv),
      devices: await tx.devicesOf(wang),
      media: await tx.media([media.sha]),
      viewer: await tx.viewer(wang),
      counter: await tx.counter('case_no.2026'),
      epochs: await tx.epochs(),
      safe: await tx.safe(),
      codes: await tx.caseByQueryCode('123456789012'),
    }));
    expect(seen.device).toEqual({ ...device, lastDs: 7 });
    expect(seen.devices).toHaveLength(1);
    expect(seen.media).toEqual([complete, ofAnother]);
    expect(seen.viewer).toEqual({ ...viewer, checkedSeq: 9 });
    expect(seen.epochs).toEqual([epoch, epoch2]);
    expect([seen.counter, seen.safe, seen.codes]).toEqual([3, 1, []]);
    await store.close();
  });
}

function deviceKeys(fresh: Fresh): void {
  it('[AU200] [SY163] [SY214] a device comes back with key and place; a key and a proof are written once and never over', async () => {
    const device = {
      ...{ dv, personId: wang, letter: 'A', lastDs: 0, dsHi: 0, build: 'b1', enrolledAt: AT },
      ...{ lastSeenAt: AT, offsetSeconds: 0, report: null },
    };
    const key = { publicKey: 'P'.repeat(87), keyId: 'K'.repeat(11), at: AT, n: 1 };
    const proof = {
      ...{ dv, fromSeq: 0, toSeq: 1, stored: 1, keyId: key.keyId },
      ...{ signature: 's'.repeat(86), hashes: 'h'.repeat(43) },
    };
    const store = await fresh({ log: [event(1)], devices: [device] });
    const seen = () => store.transact(COUNTY, (tx) => tx.device(dv));
    expect(await seen()).toEqual(device);
    const keyed = { ...device, key, sealedFrom: 2 ** 32 - 1, filesSigned: true as const };
    const told = { devices: [keyed], deviceKeys: [{ dv, ...key }], pushes: [proof] };
    await store.transact(COUNTY, (tx) => tx.write(told));
    expect(await seen()).toEqual(keyed);
    const again = (batch: WriteBatch) => store.transact(COUNTY, (tx) => tx.write(batch));
    await expect(again({ deviceKeys: [{ dv, ...key }] })).rejects.toThrow();
    await expect(again({ pushes: [{ ...proof, toSeq: 2 }] })).rejects.toThrow();
    await store.close();
  });
}

function queryCodes(fresh: Fresh): void {
  it('[ST81] a case is found by each of its codes and by none that only looks like one', async () => {
    const store = await fresh({ log: [event(1)] });
    const one = { ...record('c1' as CaseId, 1, 1), columns };
    const otherCodes = '480000000001 480000000002';
    const two = {
      ...record('c2' as CaseId, 1, 1),
      columns: { ...columns, queryCode: null, otherCodes },
    };
    const found = await store.transact(COUNTY, async (tx) => {
      await tx.write({ cases: [one, two] });
      const codes = [
        '123456789012',
        '480000000001',
        '480000000002',
        '480000000003',
        '000000000004',
      ];
      const list = [];
      for (const code of codes) list.push((await tx.caseByQueryCode(code)).length);
      return { list, read: (await tx.cases(['c2' as CaseId])).get('c2' as CaseId)?.columns };
    });
    expect(found.list).toEqual([1, 1, 1, 0, 0]);
    expect(found.read?.otherCodes).toBe(otherCodes);
    await store.close();
  });
}
