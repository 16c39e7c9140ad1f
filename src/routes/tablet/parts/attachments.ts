import type { Payload } from '$lib/domain/events';
import type { AttachmentRef, Entry } from '$lib/tablet/workspace-types';

const kinds = {
  PHOTO: 'photo',
  AUDIO: 'audio',
  SIGNATURE: 'signature',
  THUMBPRINT: 'signature',
  PAPER: 'scan',
  OTHER: 'scan',
} as const;

/** 添加附件 of a captured file; faces, voices and prints are P3. */
export const attachmentPayload = (
  ref: AttachmentRef,
  view?: Payload<'attachment.added'>['view'],
): Payload<'attachment.added'> => ({
  sha256: ref.sha256,
  bytes: ref.bytes,
  mime: ref.mime,
  kind: kinds[ref.kind],
  capturedAt: ref.capturedAt,
  class: 'P3',
  ...(ref.caption ? { caption: ref.caption } : {}),
  ...(ref.seconds === undefined ? {} : { seconds: ref.seconds }),
  ...(view ? { view } : {}),
});

/** One `attachment.added` per captured file, before the act that names it. */
export const attachmentEntries = (
  refs: readonly AttachmentRef[],
  view?: Payload<'attachment.added'>['view'],
): Entry[] =>
  refs.map((ref) => ({ type: 'attachment.added', payload: attachmentPayload(ref, view) }));
