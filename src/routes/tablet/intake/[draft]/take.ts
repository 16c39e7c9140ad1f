/** 接单: the answers of a draft handed to the workspace as one act. */
import { takingFrom } from '$lib/domain/forms/taking.ts';
import { textOf } from '$lib/domain/forms/intake-answers.ts';
import type { Payload } from '$lib/domain/events.ts';
import type { AreaCode, LocalDate } from '$lib/domain/values.ts';
import type {
  Agent,
  AttachmentRef,
  Entry,
  Taken,
  SaveRefusal,
  Workspace,
} from '$lib/tablet/workspace-types.ts';
import type { Result } from '$lib/domain/values.ts';
import { dayOf } from '$lib/ui/dates.ts';
import type { IntakeSession } from './session.svelte.ts';

const kinds = {
  PHOTO: 'photo',
  AUDIO: 'audio',
  SIGNATURE: 'signature',
  THUMBPRINT: 'signature',
  PAPER: 'scan',
  OTHER: 'scan',
} as const;

/** 添加附件 of a captured file. Faces, voices and prints are P3. */
export const attachmentPayload = (ref: AttachmentRef): Payload<'attachment.added'> => ({
  sha256: ref.sha256,
  bytes: ref.bytes,
  mime: ref.mime,
  kind: kinds[ref.kind],
  capturedAt: ref.capturedAt,
  class: 'P3',
  ...(ref.caption ? { caption: ref.caption } : {}),
  ...(ref.seconds === undefined ? {} : { seconds: ref.seconds }),
});

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
  const entries = takingFrom(session.answers, {
    agent: { personId: agent.personId, name: agent.name, areaCode },
    today: dayOf(new Date().toISOString()) as LocalDate,
    noticeVersion: session.form.noticeVersion,
    attachments: (await session.draft.attachments()).map(attachmentPayload),
    urgentReported: session.answers['urgentReported'] === true,
  });
  return workspace.take(session.draft, {
    areaCode: (textOf(session.answers, 'areaCode') || areaCode) as AreaCode,
    channel: 'DL',
    entries: entries as readonly Entry[],
  });
}
