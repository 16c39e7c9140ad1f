import { actForm, type KeptAct } from './act-forms.ts';
import type { SealedDraft } from './draft-row.ts';
import { openDraft, type DraftDeps, type OpenDraft } from './drafts.ts';
import { draftPlace } from './places.ts';
import { orTorn } from './vault.ts';

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
