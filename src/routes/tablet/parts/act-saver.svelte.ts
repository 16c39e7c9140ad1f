import type { Entry, SaveRefusal, Workspace } from '$lib/tablet/workspace-types';
import type { ActsWords } from '$lib/ui/messages/acts.zh-CN';
import type { Kept } from './keep-words.svelte.ts';
import type { KeptWords } from './kept-words.ts';
import { refusalWords } from './refusal-words.ts';

/** Saves one act and says how it went; what was written stays on the page until it is saved. */
export class ActSaver {
  saving = $state(false);
  refusal = $state.raw<SaveRefusal['code'] | null>(null);
  readonly #workspace: Workspace;
  readonly caseId: string;
  /** Where the words of this act are kept until it is saved. */
  words: KeptWords | null = null;
  /** The same as the screens see it; null on a page that keeps nothing. */
  kept: Kept | null = null;

  constructor(workspace: Workspace, caseId: string) {
    this.#workspace = workspace;
    this.caseId = caseId;
  }

  /**
   * True once the strict transaction has completed: only then may 已存本机 be shown. It takes the
   * kept words along, unless the act is `beside` the one that is being written.
   */
  async save(entries: readonly Entry[], beside = false): Promise<boolean> {
    if (this.saving) return false;
    this.saving = true;
    // Said until the contrary is known: whatever breaks, the page keeps its words and says so.
    this.refusal = 'STORE_BROKEN';
    try {
      const draft = beside ? undefined : await this.words?.ending();
      const saved = await this.#workspace.record(this.caseId, entries, draft);
      if (saved.ok && !beside) this.words?.end();
      this.refusal = saved.ok ? null : saved.error.code;
      return saved.ok;
    } finally {
      this.saving = false;
    }
  }

  /** What to tell after a save that did not happen; empty when all is well, or not known yet. */
  problem(w: ActsWords): string {
    if (this.refusal === null || this.saving) return '';
    return refusalWords(this.refusal, w);
  }
}
