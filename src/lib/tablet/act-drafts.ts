import { actForm, type KeptAct } from './act-forms.ts';
import { openDraft, type DraftDeps, type OpenDraft } from './drafts.ts';

/** What was being written of an act, where it stopped; `caseId` null for an act without a case. */
export async function openActDraft(
  deps: DraftDeps,
  act: KeptAct,
  caseId: string | null,
): Promise<OpenDraft | null> {
  const { id } = actForm(act);
  for (const record of await deps.store.drafts()) {
    if (caseId !== null && record.caseId !== caseId) continue;
    const opened = await openDraft(deps, record.id);
    if (!opened.ok) continue;
    if (opened.value.form.id === id) return opened.value;
    await opened.value.close();
  }
  return null;
}
