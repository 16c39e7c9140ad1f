import type { SealedDraft } from './draft-row.ts';
import type { DraftCell } from './drafts.ts';

/** A draft's text as the screens watch it; replaced as a whole, never changed inside. */
export function reactiveCell(first: SealedDraft): DraftCell {
  let sealed = $state.raw(first);
  let busy = $state(false);
  return {
    get sealed() {
      return sealed;
    },
    set sealed(next) {
      sealed = next;
    },
    get busy() {
      return busy;
    },
    set busy(next) {
      busy = next;
    },
  };
}
