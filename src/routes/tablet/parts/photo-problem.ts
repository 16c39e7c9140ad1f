import type { CaptureRefusal } from '$lib/tablet/capture-types';
import type { ActsWords } from '$lib/ui/messages/acts.zh-CN';

/**
 * What to tell after a photo that was not kept: why, what is safe, what to do; in 接单 a photo is
 * never needed, on another form what was written stays.
 */
export function photoProblem(why: CaptureRefusal, inIntake: boolean, acts: ActsWords): string {
  const { photo } = acts;
  if (why === 'STORAGE_FULL') return acts.full;
  if (why === 'STORE_BROKEN') return photo.broken;
  const first =
    why === 'NOT_AN_IMAGE' ? photo.notImage : why === 'TOO_LARGE' ? photo.tooLarge : photo.failed;
  return `${first}${inIntake ? photo.inIntake : photo.onForm}`;
}
