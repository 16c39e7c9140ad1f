/**
 * One open 接单: answers in memory, saved every second and at every step.
 *
 * A failed save never loses a word: the answers stay here and the next save takes them all.
 */
import { answerOf, fieldsNow, missing, questionsNow } from '$lib/domain/forms/answers';
import { listOf, piecesOf, textOf, type WordsPiece } from '$lib/domain/forms/intake-answers';
import { formOf } from '$lib/domain/forms/intake-forms';
import type { Answers, FormDefinition, FormQuestion } from '$lib/domain/intake-form';
import { checkIdentityNumber } from '$lib/domain/identity-number';
import type { EventId, Instant, LocalDate } from '$lib/domain/values';
import type { AttachmentRef, DraftHandle, SaveRefusal } from '$lib/tablet/workspace-types';
import { dayOf } from '$lib/ui/dates';
import { newEventId, nowInstant } from '../../ids.ts';
import { splitWords } from './split-words.ts';

/** Longest time a word stays unsaved while nobody presses anything. */
export const autosaveMs = 1000;

export class IntakeSession {
  readonly draft: DraftHandle;
  readonly form: FormDefinition;
  answers = $state.raw<Answers>({});
  /** Place among the questions asked now. */
  index = $state(0);
  savedAt = $state.raw<Instant | null>(null);
  failure = $state.raw<SaveRefusal['code'] | null>(null);
  #dirty = false;
  #blank: EventId;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(draft: DraftHandle, form: FormDefinition) {
    this.draft = draft;
    this.#blank = newEventId(draft.caseId);
    this.form = form;
    this.answers = draft.answers;
    this.savedAt = draft.savedAt;
    const at = questionsNow(form, draft.answers).findIndex((q) => q.id === draft.step);
    this.index = Math.max(0, at);
  }

  get questions(): readonly FormQuestion[] {
    return questionsNow(this.form, this.answers);
  }
  get question(): FormQuestion {
    const all = this.questions;
    return all[Math.min(this.index, all.length - 1)] as FormQuestion;
  }
  get fields() {
    return fieldsNow(this.form, this.question, this.answers);
  }
  /** Questions before the read-back: what 第 n 问，共 m 问 counts. */
  get asked(): number {
    return this.questions.length - 1;
  }
  get pieces(): readonly WordsPiece[] {
    return piecesOf(this.answers);
  }
  /** Required answers still missing, the read-back left aside. */
  get missing() {
    return missing(this.form, this.answers).filter((m) => m.field.id !== 'readback');
  }
  get petitioner(): string {
    return textOf(this.answers, 'name');
  }

  /** Sex by the ID number, where one was given and reads well. */
  get sex(): string | null {
    const idNo = textOf(this.answers, 'idNo').toUpperCase();
    return checkIdentityNumber(idNo, dayOf(nowInstant()) as LocalDate, 'idNo').read?.sex ?? null;
  }

  value(id: string): unknown {
    return answerOf(this.form, this.answers, id);
  }

  set(id: string, value: unknown): void {
    this.answers = { ...this.answers, [id]: value };
    this.#dirty = true;
    this.#timer ??= setTimeout(() => void this.flush(), autosaveMs);
  }

  setPieces(pieces: readonly WordsPiece[]): void {
    this.set('words', { pieces });
  }

  /** A recording becomes a piece of its own; its words may be typed beside it. */
  addRecording(ref: AttachmentRef, startedAt: Instant, question?: string): void {
    const last = this.pieces.at(-1);
    const audio = { audio: [ref.sha256], seconds: ref.seconds ?? 0, gaps: [...(ref.gaps ?? [])] };
    const frozen = last !== undefined && this.frozenIds.includes(last.id);
    if (last && last.audio.length === 0 && !question && !frozen) {
      this.setPieces([...this.pieces.slice(0, -1), { ...last, ...audio, endedAt: nowInstant() }]);
    } else {
      this.setPieces([
        ...this.pieces,
        {
          id: question ? this.newPieceId() : this.blankId,
          verbatim: '',
          tidy: '',
          ...audio,
          startedAt,
          endedAt: nowInstant(),
          ...(question ? { question } : {}),
        },
      ]);
    }
    void this.flush();
  }

  /** Types into a piece; one that is not there yet begins with the first character. */
  typePiece(id: EventId, change: Pick<WordsPiece, 'verbatim'> & Partial<WordsPiece>): void {
    const at = nowInstant();
    const old = this.pieces.find((p) => p.id === id);
    const blank = { id, tidy: '', audio: [], seconds: 0, gaps: [], startedAt: at };
    const [verbatim = '', ...more] = splitWords(change.verbatim);
    const typed: WordsPiece = { ...(old ?? blank), ...change, verbatim, endedAt: at };
    // What one piece cannot hold goes on in further ones behind it.
    const further = more.map((words): WordsPiece => {
      return { ...blank, id: this.newPieceId(), verbatim: words, endedAt: at };
    });
    this.setPieces(
      old
        ? this.pieces.flatMap((p) => (p.id === id ? [typed, ...further] : [p]))
        : [...this.pieces, typed, ...further],
    );
  }

  newPieceId(): EventId {
    return newEventId(this.draft.caseId);
  }

  /**
   * Id of the piece that the next words make. It stays until they are there: the box they are typed
   * into must not be replaced under the hand, or a Chinese composition breaks off.
   */
  get blankId(): EventId {
    if (this.pieces.some((p) => p.id === this.#blank)) this.#blank = this.newPieceId();
    return this.#blank;
  }

  /** Whether a field is asked for with the answers so far. */
  fieldIsAsked(id: string): boolean {
    return this.questions.some((q) =>
      fieldsNow(this.form, q, this.answers).some((f) => f.id === id),
    );
  }

  /** Pieces that a read-back covered: their words no longer change. */
  get frozenIds(): readonly EventId[] {
    return (this.answers['readback'] as { covers?: EventId[] } | undefined)?.covers ?? [];
  }

  async go(index: number): Promise<void> {
    this.index = Math.min(Math.max(0, index), this.questions.length - 1);
    this.#dirty = true;
    await this.flush();
  }

  /** Saves everything now; what fails is said on the screen and tried again with the next change. */
  async flush(): Promise<boolean> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#dirty || this.draft.readOnly) return this.failure === null;
    this.#dirty = false;
    const saved = await this.draft.save({
      answers: this.answers,
      step: this.question.id,
      stepNumber: this.index + 1,
      petitioner: this.petitioner,
      matter:
        textOf(this.answers, 'title') ||
        (listOf(this.answers, 'claims')[0] ?? '') ||
        (this.pieces[0]?.verbatim ?? '').slice(0, 24),
      place: textOf(this.answers, 'groupName'),
    });
    if (saved.ok) this.savedAt = saved.value;
    else this.#dirty = true;
    this.failure = saved.ok ? null : saved.error.code;
    return saved.ok;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The session of a draft, or null when this app no longer has the draft's form. */
export function openSession(draft: DraftHandle): IntakeSession | null {
  const form = formOf(draft.form.id, draft.form.version);
  return form ? new IntakeSession(draft, form) : null;
}
