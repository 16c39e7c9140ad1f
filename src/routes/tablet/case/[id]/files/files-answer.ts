/** 重拍或说明 (K12): what is asked about a file that never came, and what the answer records. */
import { asTyped } from '$lib/domain/said-words';
import { missingAttachments } from '$lib/domain/conflict-cases';
import type { CaseFile } from '$lib/domain/case-file';
import type { Payload } from '$lib/domain/events';
import type { Attachment } from '$lib/domain/handling';
import type { Instant } from '$lib/domain/values';
import type { AttachmentRef, Entry, MediaView } from '$lib/tablet/workspace-types';
import { attachmentEntries } from '../../../parts/attachments.ts';

/** New photos, or in words why there are none; either ends the asking. */
export interface FileAnswer {
  readonly photos: readonly AttachmentRef[];
  readonly words: string;
}

export const NO_ANSWER: FileAnswer = { photos: [], words: '' };

/** Gone for seven days, and not lying here for the next signal: that one only needs to be sent. */
export const goneFiles = (
  file: CaseFile,
  media: readonly MediaView[],
  now: Instant,
): readonly Attachment[] =>
  missingAttachments(file, now).filter(
    ({ sha256 }) =>
      !media.some((m) => m.sha256 === sha256 && m.here && m.fault === null && m.sent < 1),
  );

/** What can be photographed again; a voice or a signature of that day cannot. */
export const mayShootAgain = ({ payload }: Attachment): boolean =>
  payload.kind === 'photo' || payload.kind === 'scan';

export const isAnswered = ({ photos, words }: FileAnswer): boolean =>
  photos.length > 0 || asTyped(words) !== '';

/** The old file is marked as one that will not come; its description stays in the case. */
function supplementOf(
  gone: Attachment,
  { photos, words }: FileAnswer,
): Payload<'case.supplemented'> {
  const shas = photos.map(({ sha256 }) => sha256);
  return {
    ...(asTyped(words) ? { text: words } : {}),
    ...(shas.length > 0 ? { attachments: shas } : {}),
    // The very same picture once more is no other file: it only has to arrive.
    ...(shas.includes(gone.sha256) ? {} : { lostAttachments: [gone.sha256] }),
  };
}

/** One act for all files that were answered. */
export const answerEntries = (
  gone: readonly Attachment[],
  answerOf: (sha256: string) => FileAnswer,
): Entry[] =>
  gone
    .map((one) => ({ one, answer: answerOf(one.sha256) }))
    .filter(({ answer }) => isAnswered(answer))
    .flatMap(({ one, answer }): Entry[] => [
      ...attachmentEntries(answer.photos),
      { type: 'case.supplemented', payload: supplementOf(one, answer) },
    ]);
