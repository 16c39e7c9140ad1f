/** 口述、读回 (REFERENCE 3.5). */
import type { Mark, Noted } from './noted.ts';
import type { Payload } from './events.ts';
import type { EventId } from './values.ts';

/** 口述: one piece. `verbatim` stays for ever what was recorded; only `tidy` may be rewritten. */
export interface Dictation {
  readonly mark: Mark;
  readonly verbatim: string | null;
  readonly audio: readonly string[];
  /** 整理稿, newest wording. */
  readonly tidy: string | null;
  /** Earlier wordings of the tidy text, oldest first. */
  readonly tidyBefore: readonly { readonly text: string; readonly mark: Mark }[];
  /** True once a read-back covered it: later words are a new piece. */
  readonly frozen: boolean;
  readonly payload: Payload<'dictation.recorded'>;
}

/** 读回: what was read aloud and how the villager said yes. */
export interface Readback extends Noted<'dictation.readback_confirmed'> {
  /**
   * CONFIRMED holds. VOIDED: the tidy text changed afterwards, read again. MISMATCH (K27): the hash
   * is not that of the text that arrived. UNKNOWN: the text is sealed or not here yet.
   */
  readonly state: 'CONFIRMED' | 'VOIDED' | 'MISMATCH' | 'UNKNOWN';
  readonly covers: readonly EventId[];
}
