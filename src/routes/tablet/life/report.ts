import type { Payload } from '$lib/domain/events';
import type { DraftHandle, Workspace } from '$lib/tablet/workspace-types';

/** 紧急上报 from a case, or from a draft that stays at home: this one act may leave before 接单. */
export async function reportUrgent(
  workspace: Workspace,
  of: {
    readonly caseId: string | null;
    readonly draftId: string | null;
    /** The words that were kept for it; they go with the save. */
    readonly ends?: DraftHandle | undefined;
  },
  payload: Payload<'urgent.reported'>,
): Promise<boolean> {
  const entries = [{ type: 'urgent.reported', payload }] as const;
  if (of.caseId) return (await workspace.record(of.caseId, entries, of.ends)).ok;
  if (!of.draftId) return false;
  const draft = await workspace.openDraft(of.draftId);
  if (!draft.ok) return false;
  const saved = await workspace.recordFromDraft(draft.value, entries, of.ends);
  if (saved.ok) {
    const { answers } = draft.value;
    await draft.value.save({
      answers: { ...answers, urgency: payload.level, urgentReported: true },
    });
  }
  await draft.value.close();
  return saved.ok;
}
