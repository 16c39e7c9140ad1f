import { actForm, type KeptAct } from '$lib/tablet/act-forms';
import type { DraftHandle, Workspace } from '$lib/tablet/workspace-types';

/** Longest time a word of an act stays unsaved, as in 接单. */
export const keepAfterMs = 1000;

/**
 * The words of an act before it is saved: a sealed draft, written from the first word on and while
 * the tablet locks; the act's own transaction takes it away.
 */
export class KeptWords {
  readonly #workspace: Pick<Workspace, 'actDraft' | 'newDraft'>;
  readonly #act: KeptAct;
  readonly #caseId: string | null;
  #opening: Promise<DraftHandle | null> | null = null;
  #words: unknown;
  #dirty = false;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    workspace: Pick<Workspace, 'actDraft' | 'newDraft'>,
    act: KeptAct,
    caseId: string | null,
  ) {
    this.#workspace = workspace;
    this.#act = act;
    this.#caseId = caseId;
  }

  /** What stood here when the page went away; undefined when nothing did. */
  async find(): Promise<unknown> {
    // What cannot be read now hinders nobody from writing.
    const draft = await this.#workspace.actDraft(this.#act, this.#caseId).catch(() => null);
    if (draft) this.#opening = Promise.resolve(draft);
    return draft?.answers['written'];
  }

  /** Takes what stands on the page now: at once the first time, then within a second. */
  set(words: unknown): void {
    this.#words = words;
    this.#dirty = true;
    if (this.#opening === null) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), keepAfterMs);
  }

  /** Writes now; false when that failed: the next change tries again. */
  async flush(): Promise<boolean> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#dirty || this.#ended) return true;
    this.#dirty = false;
    const draft = await (this.#opening ??= this.#begin());
    if (draft === null) this.#opening = null;
    const kept = (await draft?.save({ answers: { written: this.#words } }))?.ok ?? false;
    if (!kept) this.#dirty = true;
    return kept;
  }

  /** The draft that the act's transaction takes away, everything written. */
  async ending(): Promise<DraftHandle | undefined> {
    await this.flush();
    return (await this.#opening) ?? undefined;
  }

  /** The act is saved: nothing is written any more. */
  end(): void {
    this.#ended = true;
  }

  /** The page goes away, by a lock or by a step back: what is unwritten is written now. */
  async close(): Promise<void> {
    await this.flush();
    await (await this.#opening)?.close();
  }

  async #begin(): Promise<DraftHandle | null> {
    try {
      const draft = await this.#workspace.newDraft(actForm(this.#act), this.#caseId ?? undefined);
      return draft.ok ? draft.value : null;
    } catch {
      // The act itself is saved all the same, or says what is wrong with the storage.
      return null;
    }
  }
}
