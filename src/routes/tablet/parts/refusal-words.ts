import type { SaveRefusal } from '$lib/tablet/workspace-types';
import type { ActsWords } from '$lib/ui/messages/acts.zh-CN';

/** What to say after an act that was not saved: what happened, what is safe, what to do next. */
export function refusalWords(code: SaveRefusal['code'], w: ActsWords): string {
  if (code === 'STORAGE_FULL') return w.full;
  if (code === 'LOCKED') return w.locked;
  if (code === 'NOT_FOUND') return w.gone;
  return code === 'REFUSED' ? w.refused : w.failed;
}
