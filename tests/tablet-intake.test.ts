import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../src/lib/domain/case-event.ts';
import { isQueryCode } from '../src/lib/domain/numbers.ts';
import type { AreaCode, Instant, PersonId, Result } from '../src/lib/domain/values.ts';
import { firstSync, StoreFailure } from '../src/lib/ports/tablet-store.ts';
import { fitsCase, fitsSalt, isBoundId } from '../src/lib/protocol/bound-ids.ts';
import type { Digest } from '../src/lib/protocol/hash.ts';
import { openCase } from '../src/lib/tablet/case-work.ts';
import type { CaseFacts } from '../src/lib/tablet/case-facts.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { newDraft, openDraft, plainCell, type DraftDeps } from '../src/lib/tablet/drafts.ts';
import { draftRow } from '../src/lib/tablet/draft-row.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { keepFile, readFile } from '../src/lib/tablet/media-files.ts';
import {
  recordEarly,
  recordLater,
  reportHazard,
  takeCase,
  type RecordDeps,
} from '../src/lib/tablet/record.ts';
import { RecordingLog, recoverRecordings } from '../src/lib/tablet/recording-log.ts';
import { casePlace, chunkPlace, factsPlace, mediaPlace } from '../src/lib/tablet/places.ts';
import type { SealedCase } from '../src/lib/tablet/sealed-shapes.ts';
import type { SealedMedia } from '../src/lib/tablet/sealed-media.ts';
import { countedClock } from './simulation/county.ts';
import { VAULTS, type VaultOver } from './vault/both.ts';
import { endAll } from './vault/workers.ts';

const digest: Digest = async (b) => new Uint8Array(createHash('sha256').update(b).digest());
let over: VaultOver;
afterAll(endAll);
const VILLAGE = '230278200201' as AreaCode;
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const agent: RecordDeps['agent'] = {
  ...{ personId: self.personId, name: self.name, agentCode: 'A01', user: 'a01' },
  ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
  signedInAt: '2026-06-08T01:00:00Z' as Instant,
};
let n = 0;
const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

/** A tablet on fake-indexeddb whose tabs share one set of locks. */
async function tablet(name = `intake-${n++}`, held = new Set<string>()) {
  const store = dexieTabletStore(new TabletDb(name));
  const clock = countedClock('T');
  await store.begin(firstSync(clock.deviceId()));
  const vault = await over(store, name);
  const hold: DraftDeps['hold'] = async (lock) => {
    if (held.has(lock)) return null;
    held.add(lock);
    return { release: () => void held.delete(lock) };
  };
  const drafts: DraftDeps = {
    ...{ store, vault, clock, hold, cell: plainCell, changed: () => undefined },
  };
  const record: RecordDeps = {
    ...{ store, vault, clock, digest, self, agent, now: () => clock.now() },
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) % 256),
  };
  return { name, held, store, clock, drafts, record };
}
const FORM = { id: 'intake', version: 1 };
const hazard = {
  ...{ areaCode: VILLAGE, parties: ['甲'], level: 'BLUE', text: '粪堆挨着水井', measure: '看着' },
  ...{ status: 'OPEN', foundOn: '2026-06-08' },
};
const urgent = { level: 'MAJOR', kind: '房子塌了', done: '人先挪出来了', calls: [] };

describe.each(VAULTS)('drafts, %s', (_kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  it('[TB19] what was saved is there after a kill, with its form and step', async () => {
    const a = await tablet();
    const draft = value(await newDraft(a.drafts, FORM));
    value(
      await draft.save({
        answers: { words: '粪堆\u0000挨着\ud800水井' },
        step: 'place',
        stepNumber: 4,
      }),
    );
    const b = await tablet(a.name);
    const again = value(await openDraft(b.drafts, draft.draftId));
    expect(again.answers).toEqual({ words: '粪堆挨着\ufffd水井' });
    expect([again.form, again.step, again.stepNumber]).toEqual([FORM, 'place', 4]);
    expect(again.salt).toBe(draft.salt);
  });

  it('[TB19] quick saves keep their order and the newest text wins; undefined takes away', async () => {
    const a = await tablet();
    const draft = value(await newDraft(a.drafts, FORM));
    const all = ['一', '二', '三'].map((w) => draft.save({ answers: { w, x: 1 } }));
    for (const r of await Promise.all(all)) value(r);
    value(await draft.save({ answers: { x: undefined } }));
    await draft.close();
    const again = value(await openDraft(a.drafts, draft.draftId));
    expect(again.answers).toEqual({ w: '三' });
  });

  it('[UI162] a draft says that it will be sealed, open and in the list', async () => {
    const a = await tablet();
    for (const [answers, toSeal] of [
      [{ kind: '求决' }, false],
      [{ secret: true }, true],
      [{ kind: '检举控告' }, true],
    ] as const) {
      const draft = value(await newDraft(a.drafts, FORM));
      value(await draft.save({ answers }));
      expect(draft.toSeal).toBe(toSeal);
      const { caseId, form, salt, petitioner, matter, place, step } = draft;
      const { draftId, stepNumber, startedAt, savedAt } = draft;
      const sealed = { form, salt, answers, petitioner, matter, place, step };
      const row = draftRow(draftId, caseId, { ...sealed, stepNumber, startedAt, savedAt });
      expect(row.toSeal).toBe(toSeal);
      await draft.close();
    }
  });

  it('[TB19] a second tab may read, not write', async () => {
    const a = await tablet();
    const draft = value(await newDraft(a.drafts, FORM));
    const other = value(await openDraft(a.drafts, draft.draftId));
    expect([draft.readOnly, other.readOnly]).toEqual([false, true]);
    expect(await other.save({ step: 'x' })).toEqual({ ok: false, error: { code: 'READ_ONLY' } });
    await draft.close();
    expect(value(await openDraft(a.drafts, draft.draftId)).readOnly).toBe(false);
  });

  it('[TB19] refused consent leaves nothing behind and nothing to send', async () => {
    const a = await tablet();
    const draft = value(await newDraft(a.drafts, FORM));
    const bytes = new Uint8Array([1, 2, 3]);
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    value(await keepFile(a.record, { caseId: draft.caseId }, { bytes, meta }));
    await draft.erase();
    expect(await a.store.drafts()).toEqual([]);
    expect(await a.store.media()).toEqual([]);
    expect(await a.store.eventsIn('p')).toEqual([]);
    expect(await draft.save({ step: 'x' })).toMatchObject({ ok: false });
  });
});

describe.each(VAULTS)('taking and recording, %s', (_kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  const drafted = async (a: Awaited<ReturnType<typeof tablet>>) =>
    value(await newDraft(a.drafts, FORM));

  it('[TB3] an urgent call before 接单 takes the number and the draft goes on', async () => {
    const a = await tablet();
    const draft = await drafted(a);
    const of = { ...pick(draft), areaCode: VILLAGE };
    value(await recordEarly(a.record, of, [{ type: 'urgent.reported', payload: urgent }]));
    value(await recordEarly(a.record, of, [{ type: 'urgent.reported', payload: urgent }]));
    const open = await openCase(a.record, draft.caseId);
    expect(open?.file.numbers.temporaryNo).toBe(`临-${VILLAGE}-A01-B-0001`);
    expect(open?.events.map((e) => e.type)).toEqual([
      ...['case.drafted', 'urgent.reported', 'urgent.reported'],
    ]);
    expect((await a.store.drafts()).length).toBe(1);
    expect((await a.store.sync())?.numberNext).toBe(2);
  });

  it('[TB3] two tabs that take at once get two numbers', async () => {
    const a = await tablet();
    const [x, y] = [await drafted(a), await drafted(a)];
    const early = (d: typeof x) =>
      recordEarly(a.record, { ...pick(d), areaCode: VILLAGE }, [
        { type: 'urgent.reported', payload: urgent },
      ]);
    for (const r of await Promise.all([early(x), early(y)])) value(r);
    const numbers = await Promise.all(
      [x, y].map(async (d) => (await openCase(a.record, d.caseId))?.file.numbers.temporaryNo),
    );
    expect(new Set(numbers).size).toBe(2);
    expect((await a.store.eventsIn('p')).map((r) => r.ds)).toEqual([1, 2, 3, 4]);
  });

  it('[TB1] a refused act saves nothing and keeps the draft', async () => {
    const a = await tablet();
    const draft = await drafted(a);
    const taken = await takeCase(a.record, pick(draft), {
      areaCode: VILLAGE,
      entries: ({ queryCode }) => {
        expect(isQueryCode(queryCode)).toBe(true);
        return [{ type: 'case.taken', payload: { receipt: { how: 'PAPER', queryCode } } }];
      },
    });
    expect(taken).toMatchObject({ ok: false, error: { code: 'REFUSED' } });
    expect(await a.store.eventsIn('p')).toEqual([]);
    expect((await a.store.drafts()).length).toBe(1);
    expect((await a.store.sync())?.numberNext).toBe(1);
  });

  it('[TB1] a photo that an act names is announced with it', async () => {
    const a = await tablet();
    const saved = value(await reportHazard(a.record, hazard));
    const bytes = new Uint8Array([9, 9, 9]);
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '井边' } as const;
    const photo = value(await keepFile(a.record, { caseId: saved.caseId }, { bytes, meta }));
    const payload = { ...hazard, photos: [photo.sha256] };
    value(await recordLater(a.record, saved.caseId, [{ type: 'hazard.reported', payload }]));
    const rows = await a.store.eventsOf(saved.caseId);
    expect(rows.length).toBe(2);
    expect((await a.store.media()).map((m) => m.state)).toEqual(['p']);
    const record = await a.store.caseOf(saved.caseId);
    const facts = (await a.record.vault.open(record!.facts!, factsPlace(record!.id))) as CaseFacts;
    expect([record!.rev, record!.factsRev]).toEqual([2, 2]);
    expect(facts).toMatchObject({ kind: 'hazard', matter: '粪堆挨着水井', topSeq: 0 });
  });

  it('[SY194] what begins here has the salt of its case in its id, and its events the case', async () => {
    const a = await tablet();
    const [draft, said] = [value(await newDraft(a.drafts, FORM)), await newDraft(a.drafts, FORM)];
    const early = { draftId: draft.draftId, caseId: draft.caseId, salt: draft.salt, form: FORM };
    const entries = [{ type: 'urgent.reported' as const, payload: urgent }];
    value(await recordEarly(a.record, { ...early, areaCode: VILLAGE }, entries));
    value(await recordLater(a.record, draft.caseId, entries));
    const { caseId } = value(await reportHazard(a.record, hazard));
    const jotted = value(said);
    for (const of of [draft, jotted]) expect(fitsSalt(of.caseId, of.salt)).toBe(true);
    const core = (await a.store.caseOf(caseId))?.body as Uint8Array;
    const { salt } = (await a.record.vault.open(core, casePlace(caseId))) as SealedCase;
    expect(fitsSalt(caseId, salt)).toBe(true);
    const rows = await a.store.eventsIn('p');
    expect(rows.length).toBeGreaterThanOrEqual(4);
    const ids = [...rows.flatMap((row) => [row.id, row.caseId]), jotted.caseId];
    expect(ids.filter((id) => !isBoundId(id))).toEqual([]);
    expect(rows.filter((row) => !fitsCase(row.id, row.caseId))).toEqual([]);
  });

  it('[TB1] an act on a case that is not here is refused', async () => {
    const a = await tablet();
    const none = await recordLater(a.record, 'x'.repeat(22), []);
    expect(none).toEqual({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  const pick = (d: { draftId: string; caseId: string; salt: string; form: typeof FORM }) => ({
    ...{ draftId: d.draftId, caseId: d.caseId, salt: d.salt, form: d.form },
  });
});

describe.each(VAULTS)('recordings, %s', (_kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  const slice = (b: number) => new Uint8Array(200).fill(b);

  it('[TB20] a killed recording keeps every slice that was on the disk', async () => {
    const a = await tablet();
    const log = new RecordingLog(a.record, { caseId: 'c1', mime: 'audio/webm' });
    for (let i = 1; i <= 3; i++) await log.slice(slice(i), i * 1.5);
    const b = await tablet(a.name);
    expect(await recoverRecordings(b.record, 'c1', async () => true)).toEqual([]);
    const [found, ...rest] = await recoverRecordings(b.record, 'c1', async () => false);
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ bytes: 600, kind: 'AUDIO', seconds: 4.5 });
    expect(found?.gaps?.at(-1)).toMatchObject({ cause: 'KILLED', fromSeconds: 4.5 });
    const [record] = await b.store.media('c1');
    const meta = (await b.record.vault.open(record!.body, mediaPlace(record!.id))) as SealedMedia;
    const bytes = await readFile(b.record, record!.id, meta);
    expect([...bytes!].filter((_, i) => i % 200 === 0)).toEqual([1, 2, 3]);
    expect(record!.state).toBe('d');
  });

  it('[TB20] gaps, empty slices and the end are told; an empty recording leaves nothing', async () => {
    const a = await tablet();
    const log = new RecordingLog(a.record, { caseId: 'c1', mime: 'audio/webm' });
    log.gap({ fromSeconds: 1, toSeconds: 3, cause: 'MUTED' });
    await log.slice(slice(1), 1.5);
    await log.slice(new Uint8Array(3), 3);
    await log.slice(new Uint8Array(0), 4.5);
    expect(log.emptyInARow).toBe(2);
    expect(value(await log.finish(4.5)).gaps).toEqual([
      { fromSeconds: 1, toSeconds: 3, cause: 'MUTED' },
    ]);
    const none = new RecordingLog(a.record, { caseId: 'c2', mime: 'audio/webm' });
    expect(await none.finish(0)).toEqual({ ok: false, error: 'EMPTY' });
    expect(await a.store.media('c2')).toEqual([]);
  });

  it('[UI31] a store that is full and one that has a fault are told apart', async () => {
    const a = await tablet();
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    const file = { bytes: new Uint8Array([1]), meta };
    for (const code of ['STORAGE_FULL', 'STORE_BROKEN', 'STORE_NEWER'] as const) {
      const store = Object.assign(Object.create(a.store) as typeof a.store, {
        replaceMedia: () => Promise.reject(new StoreFailure(code)),
      });
      const error = code === 'STORAGE_FULL' ? 'STORAGE_FULL' : 'STORE_BROKEN';
      const kept = await keepFile({ ...a.record, store }, { caseId: 'c1' }, file);
      expect(kept).toEqual({ ok: false, error });
    }
  });

  it('[TB20] a rotten chunk is noticed and never shown as the file', async () => {
    const a = await tablet();
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '' } as const;
    const bytes = new Uint8Array(100_000).fill(7);
    value(await keepFile(a.record, { caseId: 'c1' }, { bytes, meta }));
    const [record] = await a.store.media('c1');
    const sealed = (await a.record.vault.open(record!.body, mediaPlace(record!.id))) as SealedMedia;
    expect((await readFile(a.record, record!.id, sealed))?.length).toBe(100_000);
    const bad = await a.record.vault.captureBytes(
      new Uint8Array(65_536).fill(8),
      chunkPlace(record!.id, 0),
    );
    await a.store.putMedia(record!, [{ n: 0, body: bad }]);
    expect(await readFile(a.record, record!.id, sealed)).toBeNull();
  });
});
