/** What an agent does while, and just as, the vault is locked. */
import { afterAll, describe, expect, it } from 'vitest';
import { StoreFailure } from '../../src/lib/ports/tablet-store.ts';
import { openCase } from '../../src/lib/tablet/case-work.ts';
import { newDraft, openDraft } from '../../src/lib/tablet/drafts.ts';
import { keepFile, readFile } from '../../src/lib/tablet/media-files.ts';
import { Jotting } from '../../src/lib/tablet/jotting.ts';
import { mediaPlace } from '../../src/lib/tablet/places.ts';
import { recordLater, refused, reportHazard, takeCase } from '../../src/lib/tablet/record.ts';
import { RecordingLog, recoverRecordings } from '../../src/lib/tablet/recording-log.ts';
import type { SealedMedia } from '../../src/lib/tablet/sealed-media.ts';
import { hazard, tablet, value, VILLAGE } from './lockable-tablet.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const FORM = { id: 'intake', version: 1 };

describe('while the vault is locked', () => {
  it('[AU120] an open draft is written on, taken as a case, and all of it is there after the unlock', async () => {
    const t = await tablet();
    const draft = value(await newDraft(t.drafts, FORM));
    t.first.client.lock();
    value(await draft.save({ answers: { words: '他占了我家的地' } }));
    const other = value(await newDraft(t.drafts, FORM));
    value(await other.save({ answers: { words: '另一件' } }));
    const taking = { areaCode: VILLAGE, entries: [] };
    const taken = value(await takeCase(t.record, draft, taking));
    await t.unlock();
    const again = value(await openDraft(t.drafts, other.draftId));
    expect(again.answers['words']).toBe('另一件');
    expect((await t.store.eventsIn('p')).map((r) => r.caseId)).toEqual([taken.caseId]);
    expect((await openCase(t.record, taken.caseId))?.core.temporaryNumber).toBe(
      taken.numbers.temporaryNumber,
    );
  });

  it('[AU120] a recording goes on over the lock; one that a revocation ended is closed after the unlock', async () => {
    const t = await tablet();
    const log = new RecordingLog(t.record, { caseId: 'c1', mime: 'audio/webm' });
    await log.slice(new Uint8Array(200).fill(1), 1.5);
    t.first.client.lock();
    await log.slice(new Uint8Array(200).fill(2), 3);
    expect(await log.finish(3)).toEqual({ ok: false, error: 'STORE_BROKEN' });
    await t.unlock();
    const [found] = await recoverRecordings(t.record, 'c1', async () => false);
    expect(found).toMatchObject({ bytes: 400, seconds: 3 });
    const [record] = await t.store.media('c1');
    const meta = await t.record.vault.open(
      record?.body ?? new Uint8Array(),
      mediaPlace(record?.id ?? ''),
    );
    const bytes = await readFile(t.record, record?.id ?? '', meta as SealedMedia);
    expect([bytes?.[0], bytes?.[399]]).toEqual([1, 2]);
  });

  it('[AU122] an act that has to read is refused as a value and writes nothing', async () => {
    const t = await tablet();
    const saved = value(await reportHazard(t.record, hazard));
    t.first.client.lock();
    const later = [{ type: 'hazard.reported' as const, payload: hazard }];
    const refusal = await recordLater(t.record, saved.caseId, later).catch((e: unknown) =>
      refused(e),
    );
    expect(refusal).toEqual({ ok: false, error: { code: 'LOCKED' } });
    expect((await t.store.eventsIn('p')).length).toBe(1);
    await t.unlock();
    value(await recordLater(t.record, saved.caseId, later));
  });

  it('[AU122] after the log-out a draft takes nothing more and says so; full disk is said as such', async () => {
    const t = await tablet();
    const draft = value(await newDraft(t.drafts, FORM));
    const file = { bytes: new Uint8Array(9), meta: { mime: 'image/jpeg', kind: 'PHOTO' } as never };
    const { putSlips } = t.store;
    t.store.putSlips = () => Promise.reject(new StoreFailure('STORAGE_FULL'));
    expect(await keepFile(t.record, { caseId: 'c1' }, file)).toEqual({
      ok: false,
      error: 'STORAGE_FULL',
    });
    t.store.putSlips = putSlips;
    value(await keepFile(t.record, { caseId: 'c1' }, file));
    t.first.client.lock();
    t.first.drop();
    expect(await draft.save({ answers: { a: 1 } })).toEqual({
      ok: false,
      error: { code: 'LOCKED' },
    });
    let held = 0;
    const hold = async () => {
      held += 1;
      return { release: () => void (held -= 1) };
    };
    const again = await openDraft({ ...t.drafts, hold }, draft.draftId);
    expect([again, held]).toEqual([{ ok: false, error: { code: 'LOCKED' } }, 0]);
  });

  const wordsOf = async (t: Awaited<ReturnType<typeof tablet>>): Promise<string[]> => {
    const found: string[] = [];
    for (const { id } of await t.store.drafts()) {
      const draft = value(await openDraft(t.drafts, id));
      const said = draft.answers['words'] as { pieces: { verbatim: string }[] } | undefined;
      found.push(said?.pieces.map(({ verbatim }) => verbatim).join('|') ?? '');
      await draft.close();
    }
    return found.sort();
  };

  it('[TB142] what is jotted down lies sealed as it is typed, in one draft, and a kill takes no word of it', async () => {
    const t = await tablet();
    t.first.client.lock();
    const jotting = new Jotting(t.drafts, FORM);
    for (const words of ['井', '井水', '井水浑了']) value(await jotting.keep(words, false));
    for (const { body } of await t.store.drafts())
      expect(Buffer.from(body).includes('井水')).toBe(false);
    // Killed here: nobody pressed 锁进去.
    await t.unlock();
    expect(await wordsOf(t)).toEqual(['井水浑了']);
  });

  it('[TB142] one press is one draft, what was rubbed out leaves none, and a full disk is said', async () => {
    const t = await tablet();
    let held = 0;
    const hold = async () => {
      held += 1;
      return { release: () => void (held -= 1) };
    };
    t.first.client.lock();
    const jotting = new Jotting({ ...t.drafts, hold }, FORM);
    value(await jotting.keep('头一条', false));
    value(await jotting.keep('头一条，完了', true));
    value(await jotting.keep('第二条', true));
    value(await jotting.keep('写错了', false));
    value(await jotting.keep('', false));
    expect((await t.store.drafts()).length).toBe(3);
    value(await jotting.keep(' ', true));
    expect(held).toBe(0);
    const { putDraft } = t.store;
    t.store.putDraft = () => Promise.reject(new StoreFailure('STORAGE_FULL'));
    expect(await jotting.keep('没地方了', false)).toEqual({ ok: false, error: 'STORAGE' });
    t.store.putDraft = putDraft;
    value(await jotting.keep('没地方了', false));
    // The log-out, or a bar of the county: its owner may write it on.
    await jotting.close();
    expect(held).toBe(0);
    await t.unlock();
    expect(await wordsOf(t)).toEqual(['头一条，完了', '没地方了', '第二条'].sort());
  });
});
