/** The words of an act on a case, kept sealed until its transaction. */
import { afterAll, describe, expect, it } from 'vitest';
import { openActDraft } from '../../src/lib/tablet/act-drafts.ts';
import { actForm, isActForm } from '../../src/lib/tablet/act-forms.ts';
import { newDraft } from '../../src/lib/tablet/drafts.ts';
import { recordLater, reportHazard } from '../../src/lib/tablet/record.ts';
import { hazard, tablet, value } from './lockable-tablet.ts';
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
});
