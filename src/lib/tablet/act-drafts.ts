import type { TabletStore } from '../ports/tablet-store.ts';
import { actForm, isOnCase, type KeptAct } from './act-forms.ts';
import type { SealedDraft } from './draft-row.ts';
import { openDraft, type DraftDeps, type OpenDraft } from './drafts.ts';
import { draftPlace } from './places.ts';
import { orTorn } from './vault.ts';
import type { DraftRow } from './workspace-types.ts';

/** What was being written of an act, where it stopped; `caseId` null for an act without a case. */
export async function openActDraft(
  deps: DraftDeps,
  act: KeptAct,
  caseId: string | null,
): Promise<OpenDraft | null> {
  const { id } = actForm(act);
  for (const record of await deps.store.drafts()) {
    if (caseId !== null && record.caseId !== caseId) continue;
    // Looked at without its lock: what another tab writes stays in that tab's hands.
    const place = draftPlace(record.id, record.rev);
    const sealed = (await orTorn(deps.vault.open(record.body, place))) as SealedDraft | null;
    if (sealed?.form.id !== id) continue;
    const opened = await openDraft(deps, record.id);
    if (opened.ok) return opened.value;
  }
  return null;
}

/**
 * Words of acts on cases that are not on this tablet any more: nobody can save them, and what is no
 * longer for these eyes does not stay. `here`: ids of the cases, read before the drafts were, and of
 * what is still being taken.
 */
export async function dropLeftWords(
  store: Pick<TabletStore, 'removeDraft'>,
  acts: readonly Pick<DraftRow, 'draftId' | 'caseId' | 'form'>[],
  here: readonly string[],
): Promise<void> {
  const known = new Set(here);
  for (const { draftId, caseId, form } of acts)
    if (isOnCase(form) && !known.has(caseId)) await store.removeDraft(draftId);
}
