/** 接单: the answers of a draft handed to the workspace as one act. */
import { takingFrom } from '$lib/domain/forms/taking';
import { textOf } from '$lib/domain/forms/intake-answers';
import type { AreaCode, LocalDate } from '$lib/domain/values';
import type { Agent, Taken, SaveRefusal, Workspace } from '$lib/tablet/workspace-types';
import type { Result } from '$lib/domain/values';
import { dayOf } from '$lib/ui/dates';
import { attachmentPayload } from '../../parts/attachments.ts';
import type { IntakeSession } from './session.svelte.ts';

/** The village that stands in when nothing else was said. */
export const homeVillage = (agent: Agent): AreaCode =>
  agent.villages[0]?.areaCode ?? (`${agent.countyCode}000000` as AreaCode);

/** Saves draft and case in one strict act; the draft stays when it fails. */
export async function takeCase(
  workspace: Workspace,
  session: IntakeSession,
): Promise<Result<Taken, SaveRefusal>> {
  const { agent } = workspace;
  if (!agent) return { ok: false, error: { code: 'NOT_SIGNED_IN' } };
  await session.flush();
  const areaCode = homeVillage(agent);
  const attachments = (await session.draft.attachments()).map((ref) => attachmentPayload(ref));
  return workspace.take(session.draft, {
    areaCode: (textOf(session.answers, 'areaCode') || areaCode) as AreaCode,
    entries: ({ queryCode }) =>
      takingFrom(session.answers, {
        agent: { personId: agent.personId, name: agent.name, areaCode },
        today: dayOf(new Date().toISOString()) as LocalDate,
        noticeVersion: session.form.noticeVersion,
        startedAt: session.draft.startedAt,
        attachments,
        queryCode,
        urgentReported: session.answers['urgentReported'] === true,
      }),
  });
}
