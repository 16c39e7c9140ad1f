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
  /** Told whether all that stands on the page is on disk, each time that changes. */
  onDisk: (all: boolean) => void = () => undefined;

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
    this.onDisk(false);
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
    if (!this.#dirty) this.onDisk(true);
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

  /** Thrown away by the person's own hand, for good; false while another tab is writing it. */
  async discard(): Promise<boolean> {
    const draft = await this.#opening;
    if (draft?.readOnly) return false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#ended = true;
    await draft?.erase();
    return true;
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

/** What stands on a page, in numbers and as it begins: so that one knows what goes. */
export interface Written {
  readonly chars: number;
  /** The first words, cut. */
  readonly begins: string;
  readonly files: number;
}

const BEGINS_CHARS = 12;
/** Codes of choices are no words of a person. */
const CODE = /^[A-Z0-9_]*$/;
const isFile = (one: object): one is { sha256: string } => 'sha256' in one;

function eachIn(value: unknown, on: { text(t: string): void; file(sha256: string): void }): void {
  if (typeof value === 'string') {
    if (!CODE.test(value)) on.text(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isFile(value)) on.file(value.sha256);
  else for (const one of Object.values(value)) eachIn(one, on);
}

/** Files that were captured for what stands on a page. */
export function filesIn(words: unknown): readonly string[] {
  const found: string[] = [];
  eachIn(words, { text: () => undefined, file: (sha256) => found.push(sha256) });
  return [...new Set(found)];
}

/** Counts what a person wrote, without the codes of what he chose. */
export function countOf(words: unknown): Written {
  const texts: string[] = [];
  eachIn(words, { text: (one) => texts.push(one.trim()), file: () => undefined });
  const chars = texts.reduce((sum, one) => sum + [...one].length, 0);
  const [first = ''] = texts;
  const begins = [...first].slice(0, BEGINS_CHARS).join('');
  return { chars, begins, files: filesIn(words).length };
}
