/** 接单 v1: what the answers look like once given, read out of a draft without trusting it. */
import type { EventId, Instant, LocalDate, Sha256 } from '../values.ts';
import type { Answers } from '../intake-form.ts';
import { saidWords } from '../said-words.ts';

/** One piece of 口述: words as said or typed, kept verbatim beside the tidy text. */
export interface WordsPiece {
  /** Id of the `dictation.recorded` it becomes; the read-back names it. */
  readonly id: EventId;
  readonly verbatim: string;
  /** Empty while nobody tidied it: then the verbatim is what is read aloud. */
  readonly tidy: string;
  readonly audio: readonly Sha256[];
  readonly seconds: number;
  readonly gaps: readonly { readonly fromSeconds: number; readonly toSeconds: number }[];
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Question on whose screen it was said; empty on the dictation screen. */
  readonly question?: string;
}

export type ReadbackMethod = 'THUMB' | 'SIGN' | 'VOICE' | 'WITNESS' | 'INTERPRETER';

/** How the villager confirmed what was read to her. */
export interface ReadbackAnswer {
  readonly method: ReadbackMethod;
  readonly at: Instant;
  readonly by: string;
  readonly evidence: readonly Sha256[];
  readonly witness: Person | null;
  readonly ownWish: boolean;
  readonly understood: boolean;
  readonly changesAsked: readonly string[];
  /** Key of the text it covered: a later change voids it. */
  readonly textKey: string;
  /** Pieces it covered: their words are frozen, later ones are a new piece. */
  readonly covers: readonly EventId[];
}

export interface Person {
  readonly name: string;
  readonly relation: string;
  /** His own signature; goes when the name changes. */
  readonly signature?: Sha256;
}

/** What was kept of her confirmation. */
export type Proof = Pick<ReadbackAnswer, 'method' | 'evidence' | 'witness'>;

/** What 「三垧二」 means, as the villager says. */
export interface SaidUnit {
  readonly said: string;
  readonly means: string;
}

/** Which day 「腊月初八」 was. */
export interface SaidDay {
  readonly said: string;
  readonly on: LocalDate;
}

export const textOf = (answers: Answers, id: string): string => {
  const value = answers[id];
  return typeof value === 'string' ? saidWords(value) : '';
};

export const listOf = (answers: Answers, id: string): readonly string[] => {
  const value = answers[id];
  return Array.isArray(value)
    ? value.filter((v): v is string => typeof v === 'string' && v.trim() !== '')
    : [];
};

export const flagOf = (answers: Answers, id: string): boolean => answers[id] === true;

export const countOf = (answers: Answers, id: string): number => {
  const value = answers[id];
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : 1;
};

export const personOf = (answers: Answers, id: string): Person | null => {
  const value = answers[id] as Partial<Person> | undefined;
  const name = value?.name?.trim();
  if (!name) return null;
  const signature = value?.signature;
  return { name, relation: value?.relation?.trim() ?? '', ...(signature ? { signature } : {}) };
};

const rowsOf = <T extends { readonly said: string }>(answers: Answers, id: string): readonly T[] =>
  (Array.isArray(answers[id]) ? (answers[id] as T[]) : []).filter((row) => row.said);
/** Meanings of 垧 and 垄 that were answered. */
export const unitsOf = (answers: Answers): readonly SaidUnit[] =>
  rowsOf<SaidUnit>(answers, 'saidUnits').filter((u) => u.means.trim() !== '');
/** Days of the old calendar that were answered. */
export const daysOf = (answers: Answers): readonly SaidDay[] => rowsOf(answers, 'saidDays');

export const piecesOf = (answers: Answers): readonly WordsPiece[] => {
  const value = answers['words'] as { readonly pieces?: readonly WordsPiece[] } | undefined;
  return (value?.pieces ?? []).filter((p) => p.verbatim.trim() !== '' || p.audio.length > 0);
};

/** What is read aloud of a piece: the tidy text where there is one, else her own words. */
export const spokenText = (piece: WordsPiece): string => piece.tidy.trim() || piece.verbatim;

/** All her words, pieces one after another. */
export const wordsOf = (answers: Answers): string =>
  piecesOf(answers)
    .map((p) => p.verbatim)
    .filter(Boolean)
    .join('\n');

/** Changes whenever anything that was read aloud changes. */
export const textKeyOf = (answers: Answers): string =>
  JSON.stringify([piecesOf(answers).map((p) => [p.id, spokenText(p)]), listOf(answers, 'claims')]);

/** The read-back, unless something was changed after it: then it has to be read again. */
export const readbackOf = (answers: Answers): ReadbackAnswer | null => {
  const value = answers['readback'] as ReadbackAnswer | undefined;
  return value && value.textKey === textKeyOf(answers) ? value : null;
};
