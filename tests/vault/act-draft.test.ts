/** The words of an act on a case, kept sealed until its transaction. */
import { afterAll, describe, expect, it } from 'vitest';
import { dropLeftWords, openActDraft } from '../../src/lib/tablet/act-drafts.ts';
import { actForm, isActForm } from '../../src/lib/tablet/act-forms.ts';
import { newDraft, openDraft } from '../../src/lib/tablet/drafts.ts';
import { recordEarly, recordLater, reportHazard } from '../../src/lib/tablet/record.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { hazard, tablet, value, VILLAGE } from './lockable-tablet.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const SEEN = '井水还是浑的';

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

  it('[AU305] of a case that left for good do not stay; of one that is here or being taken, and without a case, they do', async () => {
    const t = await tablet();
    const { caseId } = value(await reportHazard(t.record, hazard));
    const intake = value(await newDraft(t.drafts, { id: 'intake', version: 1 }));
    const of = async (act: 'visit' | 'life' | 'hazard' | 'calls', on?: string) =>
      value(await newDraft(t.drafts, actForm(act), on)).draftId;
    const stay = [
      ...[await of('visit', caseId), await of('life', intake.caseId)],
      ...[await of('hazard'), await of('calls')],
    ];
    const left = [await of('visit', 'x'.repeat(22)), await of('life', 'y'.repeat(22))];
    const acts = [...stay, ...left].map(async (id) => value(await openDraft(t.drafts, id)));
    const here = [caseId, intake.caseId];
    await dropLeftWords(t.store, await Promise.all(acts), here);
    const ids = (await t.store.drafts()).map(({ id }) => id).toSorted();
    expect(ids).toEqual([...stay, intake.draftId].toSorted());
  });

  it('[UI86] of 人命关天 beside a draft go with its report, in one transaction', async () => {
    const t = await tablet();
    const intake = value(await newDraft(t.drafts, { id: 'intake', version: 1 }));
    const words = value(await newDraft(t.drafts, actForm('life'), intake.caseId));
    const { draftId, caseId, salt, form } = intake;
    const of = { draftId, caseId, salt, form, areaCode: VILLAGE };
    const ends = { ...t.record, removeDrafts: [words.draftId] };
    const report = { type: 'urgent.reported' as const, payload: fieldExamples['urgent.reported'] };
    value(await recordEarly(ends, of, [report]));
    expect((await t.store.drafts()).map(({ id }) => id)).toEqual([draftId]);
  });
});
