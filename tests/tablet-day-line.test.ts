import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSync, type EventRow, type SyncRecord } from '../src/lib/ports/tablet-store.ts';
import { caseLevel, levelOf } from '../src/lib/tablet/ack-level.ts';
import { dayLine, type LineFacts, type OwnRow } from '../src/lib/tablet/day-line.ts';
import { DayProof } from '../src/lib/tablet/day-proof.ts';
import { exactSync } from '../src/lib/tablet/heard.ts';
import { CHUNK_BYTES } from '../src/lib/protocol/version.ts';
import { keepFile } from '../src/lib/tablet/media-files.ts';
import { eventPlace } from '../src/lib/tablet/places.ts';
import { markerCookie, readMarker } from '../src/lib/tablet/marker.ts';
import { SyncLoop } from '../src/lib/tablet/sync-loop.ts';
import { digest, run, scene, vault, type Scene } from './tablet-scene.ts';

const AT = '2026-06-08T09:42:00.000Z';
const TODAY = 20_612;
const hash = (c: string): string => c.repeat(64);
const row = (i: number, more: Partial<OwnRow> = {}): OwnRow => ({
  ...{ state: 'a', seq: i + 1, epoch: 'E1' },
  hashes: { saved: hash('a'), now: hash('a'), receipt: hash('a') },
  ...more,
});
const sync = (n: number, more: Partial<SyncRecord> = {}): SyncRecord => ({
  ...firstSync('dv'),
  ...{ dsNext: n + 1, dsLast: n, epoch: 'E1', lastReceiptAt: AT },
  ...more,
});
const evening = (n: number): LineFacts => ({
  ...{ sync: sync(n), today: TODAY, media: [{ state: 'a' }] },
  own: Array.from({ length: n }, (_, i) => row(i)),
});

/** One thing wrong, anywhere in a good evening. */
type Plant = (facts: LineFacts, at: number) => LineFacts;
const change =
  (more: Partial<OwnRow>): Plant =>
  (f, at) => ({
    ...f,
    own: f.own.map((r, i) => (i === at % f.own.length ? { ...r, ...more } : r)),
  });
const inSync =
  (more: (s: SyncRecord) => Partial<SyncRecord>): Plant =>
  (f) => ({ ...f, sync: f.sync && { ...f.sync, ...more(f.sync) } });
const was = (day: number, unsent: number) => ({ dv: 'x', why: 'EVICTED' as const, unsent, day });
const PLANTS: Readonly<Record<string, Plant>> = {
  'an unsent event': change({ state: 'p', seq: 0, epoch: '' }),
  'an event put aside': change({ state: 'q' }),
  'a file that waits': (f) => ({ ...f, media: [...f.media, { state: 'p' }] }),
  'a file that was refused': (f) => ({ ...f, media: [...f.media, { state: 'q' }] }),
  'a row of another history': change({ epoch: 'E0' }),
  'a row without a place': change({ seq: 0 }),
  'a body that changed after saving': change({
    hashes: { saved: hash('a'), now: hash('b'), receipt: hash('a') },
  }),
  'a receipt over another hash': change({
    hashes: { saved: hash('a'), now: hash('a'), receipt: hash('b') },
  }),
  'a row that cannot be opened': change({ hashes: null }),
  'a number the county never got': inSync((s) => ({ dsLast: s.dsNext - 2 })),
  'a county that has not said': inSync(() => ({ dsLast: undefined })),
  'no receipt at all': inSync(() => ({ lastReceiptAt: '' })),
  'no history yet': inSync(() => ({ epoch: '' })),
  'no record': (f) => ({ ...f, sync: null }),
  'entries lost today': inSync(() => ({ was: was(TODAY, 3) })),
  'entries lost on a day that the clock says is to come': inSync(() => ({
    was: was(TODAY + 1, 1),
  })),
};

describe('the end-of-day line', () => {
  it('[TB36] is green on the county’s own time when every doubt is out of the way', () => {
    expect(dayLine(evening(12))).toEqual({ clear: true, at: AT });
    const before = dayLine({ ...evening(3), sync: sync(3, { was: was(TODAY - 1, 3) }) });
    expect(before.clear).toBe(true);
    // Nothing was ever saved here: that too needs the county's word.
    expect(dayLine(evening(0)).clear).toBe(true);
    expect(dayLine({ ...evening(0), sync: null }).clear).toBe(false);
  });

  for (const [name, plant] of Object.entries(PLANTS))
    it(`[TB36] is never green with ${name}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(100), (n, at) => {
          expect(dayLine(plant(evening(n), at)).clear).toBe(false);
        }),
        { numRuns: 50 },
      );
    });

  it('[TB36] no mixture of faults makes green', () => {
    const plants = Object.values(PLANTS);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.nat(plants.length - 1), fc.nat(50)), { minLength: 1, maxLength: 6 }),
        (n, picks) => {
          const facts = picks.reduce((f, [p, at]) => plants[p]?.(f, at) ?? f, evening(n));
          // A later plant may put another right again (two on one row); the record never lies.
          const good = JSON.stringify(facts) === JSON.stringify(evening(n));
          expect(good || !dayLine(facts).clear).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const proofOf = (s: Scene, today = () => Math.floor(Date.parse(s.deps.now()) / 86_400_000)) =>
  new DayProof({ store: s.store, vault, digest, today });

/** The sync record with the times that lie sealed in it. */
const exactly = async (s: Scene) => exactSync(vault, (await s.store.sync())!);

describe('the proof over a real store and the real county', () => {
  it('[TB36] follows saving, sending, a lost answer and a refusal', async () => {
    const s = await scene();
    const proof = proofOf(s);
    expect(await proof.line()).toEqual({ clear: false, doubt: 'NO_RECEIPT' });
    await s.hazard('一');
    expect(await proof.line()).toEqual({ clear: false, doubt: 'UNSENT' });
    s.weather.push({ kind: 'not_the_county', why: 'portal' });
    await run(s);
    expect((await proof.line()).clear).toBe(false);
    await run(s);
    const line = await proof.line();
    expect(line).toEqual({ clear: true, at: (await exactly(s)).lastReceiptAt });
    await s.hazard('二');
    expect((await proof.line()).clear).toBe(false);
  });

  it('[TB120] a file that is whole after the text: the line names its receipt, then the next answer', async () => {
    const fileAt = '2031-01-01T00:00:00.000Z';
    const whole = { kind: 'kept', complete: true, at: fileAt } as const;
    const s = await scene();
    const { transport } = s.loop['deps'];
    let chunks = 0;
    const at = async () => (await proofOf(s).line()) as { at?: string };
    const seen: unknown[] = [];
    const putChunk = async () => {
      seen.push(await at());
      return (chunks += 1) === 3 ? whole : ({ kind: 'kept', complete: false } as const);
    };
    const deps = { ...s.loop['deps'], transport: { ...transport, putChunk } };
    const there = { ...s, loop: new SyncLoop(deps, () => undefined) };
    const caseId = await s.hazard('带照片');
    const media = { store: s.store, vault, clock: s.deps.clock, digest };
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    await keepFile(media, { caseId }, { bytes: new Uint8Array(2 * CHUNK_BYTES + 7), meta });
    const [record] = await s.store.media();
    await s.store.setMediaState(record!.id, 'p');
    await run(there);
    expect(seen).toEqual(Array(3).fill({ clear: false, doubt: 'FILE_WAITS' }));
    const sync = await exactly(s);
    expect(sync.lastReceiptAt).not.toBe(fileAt);
    expect(await at()).toEqual({ clear: true, at: fileAt });
    await run(there);
    const next = await exactly(s);
    expect(await at()).toEqual({ clear: true, at: next.lastReceiptAt });
    expect(next.lastReceiptAt).not.toBe(sync.lastReceiptAt);
  });

  it('[TB36] sees a body that rots after it was acknowledged, also when it was seen before', async () => {
    const s = await scene();
    await s.hazard('粪堆挨着水井');
    await run(s);
    const rot = (f: (r: EventRow) => EventRow) =>
      s.store.exchange({ ids: [], cases: [], own: true, all: false }, (view) => ({
        ...{ sync: view.sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
        put: [...view.rows.values()].map(f),
      }));
    const [row] = await s.store.eventsIn('a');
    const opened = (await vault.open(row!.body, eventPlace(row!.id))) as {
      body: { payload: object };
    };
    const changed = { ...opened, body: { ...opened.body, payload: { text: '别的话' } } };
    const other = await vault.seal(changed, eventPlace(row!.id));
    expect((await proofOf(s).line()).clear).toBe(true);
    await rot((r) => ({ ...r, body: other }));
    expect(await proofOf(s).line()).toEqual({ clear: false, doubt: 'ALTERED' });
    await rot((r) => ({ ...r, body: r.body.slice(0, 7) }));
    expect(await proofOf(s).line()).toEqual({ clear: false, doubt: 'ALTERED' });
  });

  it('[TB36] a clock that jumps over midnight or by years makes nothing green', async () => {
    const s = await scene();
    await s.hazard('一');
    for (const day of [0, 19_000, 20_611, 20_613, 99_999])
      expect((await proofOf(s, () => day).line()).clear).toBe(false);
    await run(s);
    for (const day of [0, 19_000, 20_611, 20_613, 99_999])
      expect((await proofOf(s, () => day).line()).clear).toBe(true);
  });
});

describe('how far an entry has come', () => {
  const at = (state: EventRow['state'], seq: number, epoch = 'E1') => ({ state, seq, epoch });
  const history = { epoch: 'E1', safe: 5 };

  it('[TB35] unsent and put aside 1, received 2, in the checked backup 3', () => {
    expect(levelOf(at('p', 0), history)).toBe(1);
    expect(levelOf(at('q', 0), history)).toBe(1);
    expect(levelOf(at('a', 6), history)).toBe(2);
    expect(levelOf(at('a', 5), history)).toBe(3);
    expect(levelOf(at('f', 4, 'E0'), history)).toBe(3);
  });

  it('[TB35] a rewind takes levels back: another history, and nothing safe yet', () => {
    const rewound = { epoch: 'E2', safe: 0 };
    expect(levelOf(at('a', 5), rewound)).toBe(1);
    expect(levelOf(at('f', 4, 'E0'), rewound)).toBe(2);
    expect(levelOf(at('p', 0), rewound)).toBe(1);
  });

  it('[TB35] a case stands where the last of its own events stands', () => {
    const state = fc.constantFrom<EventRow['state']>('p', 'a', 'q', 'f');
    const any = fc.record({ state, seq: fc.integer({ min: 0, max: 9 }), epoch: fc.constant('E1') });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 12 }), (rows) => {
        const lowest = Math.min(...rows.map((r) => levelOf(r, history)));
        expect(caseLevel(rows, history)).toBe(lowest);
      }),
    );
    expect(caseLevel([], history)).toBeNull();
  });
});

describe('a tablet that lost its vault', () => {
  const dv = 'A'.repeat(22);

  it('[TB37] the mark beside the store names the vault and what it had not sent', () => {
    const cookie = markerCookie({ dv, unsent: 3 });
    expect(cookie).toContain('path=/tablet;');
    const [pair = ''] = cookie.split(';');
    expect(readMarker(`a=1; ${pair}; b=2`)).toEqual({ dv, unsent: 3 });
    expect(readMarker('daiban_tablet=1')).toEqual({ dv: '', unsent: 0 });
    for (const none of ['', 'a=daiban_tablet', 'xdaiban_tablet=1'])
      expect(readMarker(none)).toBeNull();
    expect(readMarker('daiban_tablet=v1.<script>.9')).toEqual({ dv: '', unsent: 0 });
  });

  it('[TB37] a tablet put back to an older state notices at the first answer, before it saves', async () => {
    const s = await scene();
    for (const text of ['一', '二', '三']) await s.hazard(text);
    await run(s);
    // The older profile: the same vault, one entry short, the rest of the county's answers too.
    const sync = (await s.store.sync())!;
    await s.store.exchange({ ids: [], cases: [], own: true, all: true }, (view) => ({
      ...{ put: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...view.sync, dsNext: 2, cursor: null, wit: null, wits: [], hist: [] },
      remove: [...view.rows.values()].filter((r) => r.ds > 1).map((r) => r.id),
    }));
    await run(s);
    const after = (await s.store.sync())!;
    expect(after.dv).not.toBe(sync.dv);
    expect(after.was).toMatchObject({ dv: sync.dv, why: 'RESTORED' });
    await s.hazard('四');
    await run(s);
    expect(s.sent.at(-1)?.report?.was).toEqual({ dv: sync.dv, why: 'RESTORED', unsent: 0 });
    expect(s.log().length).toBe(4);
    expect((await proofOf(s).line()).clear).toBe(true);
  });

  it('[TB37] two tablets with one vault: the later one takes a new name, both keep all', async () => {
    const s = await scene();
    await s.hazard('一');
    const before = (await s.store.sync())!;
    await run(s);
    // The copy goes on saving from where the original stood when it was cloned.
    await s.store.exchange({ ids: [], cases: [], own: true, all: true }, (view) => ({
      ...{ put: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...before },
      remove: [...view.rows.values()].map((r) => r.id),
    }));
    await s.store.exchange({ ids: [], cases: [], own: true, all: true }, (view) => ({
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
      sync: { ...view.sync, dsNext: 1 },
    }));
    await s.hazard('二');
    await run(s);
    const after = (await s.store.sync())!;
    expect(after.dv).not.toBe(before.dv);
    expect(after.was).toMatchObject({ dv: before.dv, why: 'CLONED', unsent: 0 });
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect(new Set(s.log()).size).toBe(2);
  });
});
