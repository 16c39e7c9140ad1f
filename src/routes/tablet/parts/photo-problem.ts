import type { CaptureRefusal } from '$lib/tablet/capture-types';
import type { ActsWords } from '$lib/ui/messages/acts.zh-CN';
import type { IntakeWords } from '$lib/ui/messages/intake.zh-CN';

/**
 * What to tell after a photo that was not kept: a full tablet is named and what helps; in 接单 a
 * photo is never needed, on another form what was written stays.
 */
export function photoProblem(
  why: CaptureRefusal,
  inIntake: boolean,
  { acts, intake }: { readonly acts: ActsWords; readonly intake: IntakeWords },
): string {
  if (why === 'STORAGE_FULL') return acts.full;
  return inIntake ? intake.photoFailed : acts.photoFailed;
}
