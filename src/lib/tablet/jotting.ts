/** 急用先记: words that are typed while nothing can be read, in a sealed draft from the first one on. */
import { fail, ok, type Result } from '../domain/values.ts';
import { eventIdOf } from '../protocol/bound-ids.ts';
import { newDraft, type DraftDeps, type OpenDraft } from './drafts.ts';
import type { FormRef } from './workspace-types.ts';

/** As much of the words as a line of the list has. */
const MATTER_CHARS = 24;

type Kept = Result<null, 'STORAGE'>;

interface Begun {
  readonly draft: OpenDraft;
  /** Of the piece that the words stand in. */
  readonly id: string;
  readonly startedAt: string;
}

/** What one page writes down; found among the drafts after the unlock. */
export class Jotting {
  private readonly deps: DraftDeps;
  private readonly form: FormRef;
  private begun: Begun | null = null;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(deps: DraftDeps, form: FormRef) {
    this.deps = deps;
    this.form = form;
  }

  /** All that stands there now. `isWhole`: what comes next is another draft; nothing leaves none. */
  keep(words: string, isWhole: boolean): Promise<Kept> {
    const kept = this.queue
      .then(() => this.write(words, isWhole))
      .catch(() => fail('STORAGE' as const));
    this.queue = kept;
    return kept;
  }

  /** Lets the draft go as it lies on the disk: whoever opens it next may write it. */
  close(): Promise<void> {
    const closed = this.queue.then(() => this.end());
    this.queue = closed;
    return closed;
  }

  private async end(): Promise<void> {
    await this.begun?.draft.close();
    this.begun = null;
  }

  private async write(words: string, isWhole: boolean): Promise<Kept> {
    if (words.trim() === '') {
      // Rubbed out for good only when the page is left so.
      if (isWhole) await this.begun?.draft.erase();
      if (isWhole) this.begun = null;
      return ok(null);
    }
    const begun = (this.begun ??= await this.begin());
    if (!begun) return fail('STORAGE');
    const { draft, id, startedAt } = begun;
    const said = { id, verbatim: words, tidy: '', audio: [], seconds: 0, gaps: [] };
    const piece = { ...said, startedAt, endedAt: this.deps.clock.now() };
    const saved = await draft.save({
      ...{ answers: { words: { pieces: [piece] } }, matter: words.slice(0, MATTER_CHARS) },
    });
    if (!saved.ok) return fail('STORAGE');
    if (isWhole) await this.end();
    return ok(null);
  }

  private async begin(): Promise<Begun | null> {
    const { clock } = this.deps;
    const startedAt = clock.now();
    const made = await newDraft(this.deps, this.form);
    if (!made.ok) return null;
    return { draft: made.value, id: eventIdOf(made.value.caseId, clock.eventId()), startedAt };
  }
}
