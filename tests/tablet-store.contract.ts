import { describe, expect, it } from 'vitest';
import {
  NO_ACT,
  STORE_WRITER,
  firstSync,
  type Act,
  type DraftRecord,
  type EventRow,
  type ExchangeScope,
  type MediaRecord,
  type TabletStore,
} from '../src/lib/ports/tablet-store.ts';
import { encodePlain } from '../src/lib/tablet/vault.ts';
import { sealContract } from './tablet-seal.contract.ts';

const body = encodePlain({ some: 'words' });
const act = (ids: readonly string[], rest: Partial<Act> = {}): Act => ({
  ...NO_ACT,
  events: ids.map((id) => ({ id, caseId: 'c1', day: 20_000, body })),
  cases: [{ id: 'c1', body }],
  ...rest,
});
const scope = (rest: Partial<ExchangeScope> = {}): ExchangeScope => ({
  ...{ ids: [], cases: [], own: false, all: false },
  ...rest,
});
const draft = (rev: number, id = 'd1'): DraftRecord => ({
  ...{ id, caseId: 'c1', rev, bytes: 1, day: 1, body },
});
const capture = (id: string, state: MediaRecord['state']): MediaRecord => ({
  ...{ id, caseId: 'c1', state, bytes: 2, chunks: 1, day: 1, body },
});

/** The promises of ports/tablet-store.ts, the same for every driver. */
export function tabletStoreContract(name: string, open: () => Promise<TabletStore>): void {
  const begun = async (): Promise<TabletStore> => {
    const store = await open();
    await store.begin(firstSync('dv1'));
    return store;
  };
  describe(`tablet store: ${name}`, () => {
    acts(begun);
    actsTogether(begun);
    actsOnWhatLeft(begun);
    outbox(begun);
    exchanges(begun);
    drafts(begun);
    media(begun);
    sealContract(begun);
  });
}

function acts(begun: () => Promise<TabletStore>): void {
  it('[TB2] ds runs 1,2,3 without holes over several acts', async () => {
    const store = await begun();
    expect(await store.save(act(['e1', 'e2']))).toEqual({ kind: 'saved', dsFrom: 1 });
    expect(await store.save(act(['e3']))).toEqual({ kind: 'saved', dsFrom: 3 });
    const rows = await store.eventsIn('p');
    expect(rows.map((r) => [r.id, r.dv, r.ds, r.seq])).toEqual([
      ['e1', 'dv1', 1, 0],
      ['e2', 'dv1', 2, 0],
      ['e3', 'dv1', 3, 0],
    ]);
  });

  it('[TB1] an act with an id that exists leaves nothing behind', async () => {
    const store = await begun();
    await store.save(act(['e1']));
    await expect(
      store.save(act(['e2', 'e1'], { drafts: [draft(1)], number: 1 })),
    ).rejects.toThrow();
    expect((await store.eventsIn('p')).map((r) => r.id)).toEqual(['e1']);
    expect(await store.drafts()).toEqual([]);
    expect(await store.sync()).toMatchObject({ dsNext: 2, numberNext: 1 });
    expect(await store.save(act(['e4']))).toEqual({ kind: 'saved', dsFrom: 2 });
  });

  it('[TB3] a number that another tab took writes nothing', async () => {
    const store = await begun();
    expect(await store.save(act(['e1'], { number: 1 }))).toMatchObject({ kind: 'saved' });
    expect(await store.save(act(['e2'], { number: 1 }))).toEqual({ kind: 'moved' });
    expect((await store.eventsIn('p')).length).toBe(1);
    expect(await store.save(act(['e2'], { number: 2 }))).toMatchObject({ kind: 'saved' });
    expect((await store.sync())?.numberNext).toBe(3);
  });

  it('[TB3] an act built for a case nobody saw writes nothing when something of it is here', async () => {
    const store = await begun();
    const unseen = (ids: string[], number: number) =>
      store.save(act(ids, { number, unseen: 'c1', removeDrafts: ['d1'] }));
    await store.putDraft(draft(1));
    await store.putMedia({ ...capture('m0', 'd'), caseId: 'c0' }, [{ n: 0, body }]);
    await store.putMedia(capture('m1', 'd'), [{ n: 0, body }]);
    expect(await unseen(['e1'], 1)).toEqual({ kind: 'here' });
    expect(await store.eventsIn('p')).toEqual([]);
    expect(await store.drafts()).toHaveLength(1);
    await store.removeMedia('m1');
    expect(await unseen(['e1'], 1)).toEqual({ kind: 'saved', dsFrom: 1 });
    expect(await unseen(['e2'], 2)).toEqual({ kind: 'here' });
    expect((await store.eventsIn('p')).map((r) => r.id)).toEqual(['e1']);
    expect(await store.drafts()).toEqual([]);
    expect(await store.sync()).toMatchObject({ dsNext: 2, numberNext: 2 });
  });

  it('[TB1] taking removes the draft and announces its files in the same step', async () => {
    const store = await begun();
    await store.putDraft(draft(1));
    await store.putMedia(capture('m1', 'd'), [{ n: 0, body }]);
    await store.putMedia(capture('m2', 'd'), [{ n: 0, body }]);
    await store.save(act(['e1'], { removeDrafts: ['d1'], announce: ['m1'] }));
    expect(await store.drafts()).toEqual([]);
    const states = new Map((await store.media('c1')).map((m) => [m.id, m.state]));
    expect(states).toEqual(
      new Map([
        ['m1', 'p'],
        ['m2', 'd'],
      ]),
    );
  });
}

function actsOnWhatLeft(begun: () => Promise<TabletStore>): void {
  it('[TB113] an act on a case that left while it was being sealed writes nothing', async () => {
    const store = await begun();
    await store.save(act(['e1']));
    const orphan = { ...act(['e2'], { drafts: [draft(1)] }), cases: [] };
    const events = orphan.events.map((e) => ({ ...e, caseId: 'c-left' }));
    expect(await store.save({ ...orphan, events })).toEqual({ kind: 'gone' });
    expect((await store.eventsIn('p')).map((r) => r.id)).toEqual(['e1']);
    expect([await store.drafts(), (await store.sync())?.dsNext]).toEqual([[], 2]);
  });
}

function actsTogether(begun: () => Promise<TabletStore>): void {
  it('[TB1] a list entry is stored only for the revision it was folded from', async () => {
    const store = await begun();
    await store.save(act(['e1'], { facts: [{ id: 'c1', facts: body }] }));
    const first = await store.caseOf('c1');
    expect(first).toMatchObject({ rev: 1, factsRev: 1, left: 0 });
    await store.save(act(['e2']));
    expect(await store.putFacts('c1', 1, body)).toBe(false);
    expect(await store.putFacts('c1', 2, body)).toBe(true);
    expect(await store.caseOf('c1')).toMatchObject({ rev: 2, factsRev: 2 });
  });

  it('[TB6] a writer older than the store writes nothing', async () => {
    const store = await begun();
    await store.exchange(scope(), ({ sync }) => ({
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...sync, minWriter: STORE_WRITER + 1 },
    }));
    await expect(store.save(act(['e1']))).rejects.toThrow('STORE_NEWER');
    expect(await store.eventsIn('p')).toEqual([]);
  });
}

const TINY = encodePlain('x');

/** Rows of a long queue: the act that made each is not what is asked here. */
const rowOf = (ds: number, rest: Partial<EventRow> = {}): EventRow => ({
  ...{ id: `o${ds}`, caseId: `c${ds % 3}`, dv: 'dv1', ds, state: 'p', seq: 0, epoch: '', tag: '' },
  ...{ bytes: 10, day: 1, body: TINY, note: null, ...rest },
});

function outbox(begun: () => Promise<TabletStore>): void {
  const filled = async (rows: readonly EventRow[]): Promise<TabletStore> => {
    const store = await begun();
    await store.exchange(scope(), ({ sync }) => ({
      ...{
        sync: { ...sync, dsNext: 301 },
        put: rows,
        remove: [],
        removeCases: [],
        mediaAgain: false,
      },
      touch: ['c0', 'c1', 'c2'].map((id) => ({ id, body })),
    }));
    return store;
  };

  it('[TB41] the head of the outbox comes in the order of the device, and with the count of all', async () => {
    const mixed = [...Array(300).keys()].map((i) => rowOf(((i * 37) % 300) + 1));
    const others = [rowOf(0, { id: 'y', state: 'a' }), rowOf(0, { id: 'x', dv: '', state: 'f' })];
    const older = rowOf(900, { dv: 'dv0' });
    const store = await filled([...mixed, ...others, older]);
    const order = [900, ...[...Array(300).keys()].map((i) => i + 1)];
    for (const rows of [1, 255, 256, 257, 301]) {
      const head = await store.unsent(rows * 10);
      expect(head.rows.map((r) => r.ds)).toEqual(order.slice(0, rows));
      expect(head.count).toBe(301);
    }
    const whole = await store.unsent(10_000);
    expect([whole.rows.map((r) => r.ds), whole.count]).toEqual([order, 301]);
    expect((await store.eventsIn('p')).map((r) => r.ds)).toEqual(order);
  });

  it('[TB41] one row too large for the room comes alone, and nothing smaller before it', async () => {
    const store = await filled([rowOf(1, { bytes: 50 }), rowOf(2), rowOf(3, { bytes: 50 })]);
    const dsOf = async (bytes: number) => (await store.unsent(bytes)).rows.map((r) => r.ds);
    expect(await dsOf(5)).toEqual([1]);
    expect(await dsOf(60)).toEqual([1, 2]);
    expect(await dsOf(100)).toEqual([1, 2]);
    expect((await begun().then((s) => s.unsent(100))).count).toBe(0);
  });

  it('[TB41] records of several cases are read at once, and those that are not here left out', async () => {
    const store = await filled([rowOf(1)]);
    expect((await store.casesOf(['c2', 'none', 'c0'])).map((c) => c.id)).toEqual(['c2', 'c0']);
    expect(await store.casesOf([])).toEqual([]);
  });
}

function exchanges(begun: () => Promise<TabletStore>): void {
  const nothing = { put: [], remove: [], touch: [], removeCases: [], mediaAgain: false };

  it('[TB4] no plan can remove an unsent or refused event', async () => {
    const store = await begun();
    await store.save(act(['e1']));
    await expect(
      store.exchange(scope({ own: true }), ({ sync }) => ({ ...nothing, sync, remove: ['e1'] })),
    ).rejects.toThrow('S11');
    expect((await store.eventsIn('p')).length).toBe(1);
  });

  it('[TB1] a plan that gives null changes nothing, one that throws neither', async () => {
    const store = await begun();
    await store.save(act(['e1']));
    expect(await store.exchange(scope({ all: true }), () => null)).toBeNull();
    await expect(
      store.exchange(scope({ all: true }), () => {
        throw new Error('planted');
      }),
    ).rejects.toThrow('planted');
    expect(await store.caseOf('c1')).toMatchObject({ rev: 1 });
  });

  it('[TB1] rows, cases, files and position of an answer arrive together', async () => {
    const store = await begun();
    await store.save(act(['e1', 'e2']));
    await store.putMedia(capture('m1', 'a'), []);
    const seen: string[] = [];
    await store.exchange(scope({ ids: ['e1'], own: true }), ({ sync, rows }) => {
      seen.push(...rows.keys());
      const row = rows.get('e1') as EventRow;
      return {
        ...{ sync: { ...sync, gen: 7 }, remove: [], removeCases: [], mediaAgain: true },
        put: [
          { ...row, state: 'q' },
          { ...row, id: 'f1', caseId: 'c2', state: 'f', seq: 9 },
        ],
        touch: [{ id: 'c1' }, { id: 'c2', body, left: 1 }],
      };
    });
    expect(seen.sort()).toEqual(['e1', 'e2']);
    expect(await store.counts()).toEqual(new Map([['c1', { p: 1, a: 0, q: 1 }]]));
    expect(await store.caseOf('c2')).toMatchObject({ left: 1, rev: 1, facts: null });
    expect((await store.sync())?.gen).toBe(7);
    expect((await store.media('c1'))[0]?.state).toBe('p');
    expect(await store.offerAgain('c1')).toBe(1);
    expect((await store.eventsIn('p')).length).toBe(2);
    await store.exchange(scope({ ids: ['f1'] }), ({ sync, left }) => {
      expect([...left]).toEqual(['c2']);
      return { ...nothing, sync, remove: ['f1'], removeCases: ['c2'] };
    });
    expect(await store.caseOf('c2')).toBeNull();
    expect(await store.eventsOf('c2')).toEqual([]);
  });
}

function drafts(begun: () => Promise<TabletStore>): void {
  it('[TB19] a second writer of a draft is told, the first text stays', async () => {
    const store = await begun();
    expect(await store.putDraft(draft(1))).toBe(true);
    expect(await store.putDraft(draft(1))).toBe(false);
    expect(await store.putDraft(draft(2))).toBe(true);
    expect((await store.draft('d1'))?.rev).toBe(2);
  });

  it('[TB19] an erased draft takes its captures along, but no file that an event names', async () => {
    const store = await begun();
    await store.putDraft(draft(1));
    await store.putMedia(capture('m1', 'd'), [{ n: 0, body }]);
    await store.putMedia(capture('m2', 'p'), [{ n: 0, body }]);
    await store.removeDraft('d1');
    expect(await store.drafts()).toEqual([]);
    expect((await store.media('c1')).map((m) => m.id)).toEqual(['m2']);
    expect(await store.chunk('m1', 0)).toBeNull();
    expect(await store.chunk('m2', 0)).toEqual(body);
  });
}

function media(begun: () => Promise<TabletStore>): void {
  it('[TB20] slices add up and the finished file replaces them', async () => {
    const store = await begun();
    for (let n = 0; n < 3; n++) await store.putMedia(capture('m1', 'r'), [{ n, body }]);
    expect(await store.chunk('m1', 2)).toEqual(body);
    await store.replaceMedia(capture('m1', 'd'), [{ n: 0, body }]);
    expect(await store.chunk('m1', 0)).toEqual(body);
    expect(await store.chunk('m1', 1)).toBeNull();
    await store.setMediaState('m1', 'p');
    await store.removeMedia('m1');
    expect((await store.media()).map((m) => m.state)).toEqual(['p']);
  });

  it('[SY101] files go with a case that left, once the county holds them, and no other file does', async () => {
    const store = await begun();
    await store.save(act(['e1']));
    for (const [id, state, caseId] of [
      ...([['m1', 'a', 'c1'] as const, ['m2', 'a', 'left'] as const] as const),
      ...([['m3', 'p', 'left'] as const, ['m4', 'd', 'left'] as const] as const),
    ])
      await store.putMedia({ ...capture(id, state), caseId }, [{ n: 0, body }]);
    expect(await store.dropLeftMedia()).toBe(1);
    expect((await store.media()).map(({ id }) => id).toSorted()).toEqual(['m1', 'm3', 'm4']);
    expect(await store.chunk('m2', 0)).toBeNull();
    expect(await store.chunk('m1', 0)).toEqual(body);
    // Sent at last, it follows.
    await store.setMediaState('m3', 'a');
    expect(await store.dropLeftMedia()).toBe(1);
    expect(await store.dropLeftMedia()).toBe(0);
  });

  it('[TB1] small sealed values come back as they were', async () => {
    const store = await begun();
    expect(await store.meta('session')).toBeNull();
    await store.putMeta('session', body);
    expect(await store.meta('session')).toEqual(body);
  });
}
