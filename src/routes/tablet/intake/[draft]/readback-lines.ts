/** 读回: the sentences that are read to her, in the order of the script (REFERENCE 7.1). */
import {
  flagOf,
  listOf,
  piecesOf,
  spokenText,
  textOf,
  type WordsPiece,
} from '$lib/domain/forms/intake-answers';
import type { Answers } from '$lib/domain/intake-form';
import { elapsed } from '$lib/ui/dates';
import type { ReadbackWords } from '$lib/ui/messages/readback.zh-CN';

/** One sentence to read, and where a change of it belongs. */
export interface ReadLine {
  /** Changes with the text, so that a changed sentence is unread again. */
  readonly key: string;
  readonly text: string;
  readonly from:
    | { readonly kind: 'person' | 'place' | 'prior' }
    | { readonly kind: 'words'; readonly piece: WordsPiece; readonly sentence: number }
    | { readonly kind: 'audio'; readonly piece: WordsPiece }
    | { readonly kind: 'claim'; readonly index: number }
    | { readonly kind: 'noClaim' };
}

/** Cuts after every full stop, question and exclamation mark or line end; nothing is dropped. */
export const sentencesOf = (text: string): readonly string[] =>
  (text.match(/[^。！？!?；;\n]*[。！？!?；;\n]+[”」』"）)]*|[^。！？!?；;\n]+/g) ?? []).filter(
    (s) => s.trim() !== '',
  );

/** A text with one of its sentences replaced; every other character stays. */
export function replaceSentence(text: string, index: number, now: string): string {
  const sentences = sentencesOf(text);
  const old = sentences[index];
  if (old === undefined) return text;
  let from = 0;
  for (const s of sentences.slice(0, index)) from = text.indexOf(s, from) + s.length;
  const at = text.indexOf(old, from);
  return text.slice(0, at) + now + text.slice(at + old.length);
}

function personLine(answers: Answers, w: ReadbackWords): string {
  if (flagOf(answers, 'anonymous')) return w.anonymous;
  const phone = (textOf(answers, 'phoneType') || 'NONE') as keyof typeof w.phones;
  return w.you(textOf(answers, 'name'), textOf(answers, 'groupName'), w.phones[phone]);
}

function priorLine(answers: Answers, w: ReadbackWords): string {
  const chosen = listOf(answers, 'prior');
  if (chosen.includes('NO')) return w.priorNo;
  if (chosen.length === 0 || chosen.includes('UNKNOWN')) return w.priorUnknown;
  return w.prior(chosen.join('、'), textOf(answers, 'priorWords'));
}

function pieceLines(piece: WordsPiece, w: ReadbackWords): ReadLine[] {
  const sentences = sentencesOf(spokenText(piece)).map((s, sentence): ReadLine => ({
    key: `${piece.id}:${sentence}:${s}`,
    text: s.trim(),
    from: { kind: 'words', piece, sentence },
  }));
  if (sentences.length > 0 || piece.audio.length === 0) return sentences;
  const text = w.listen(elapsed(piece.seconds));
  return [{ key: `${piece.id}:audio`, text, from: { kind: 'audio', piece } }];
}

/** Where it is, as she said it; nothing is read where she named no place. */
function placeLines(answers: Answers, w: ReadbackWords): ReadLine[] {
  const place = textOf(answers, 'placeText').trim();
  if (place === '') return [];
  const text = w.place(place);
  return [{ key: `place:${text}`, text, from: { kind: 'place' } }];
}

/** Everything that is read aloud before she says yes. */
export function readLines(answers: Answers, w: ReadbackWords): readonly ReadLine[] {
  const person = personLine(answers, w);
  const prior = priorLine(answers, w);
  const claims = listOf(answers, 'claims').map((claim, index): ReadLine => {
    const text = w.claim(index, claim);
    return { key: `claim:${index}:${claim}`, text, from: { kind: 'claim', index } };
  });
  return [
    { key: `person:${person}`, text: person, from: { kind: 'person' } },
    ...piecesOf(answers).flatMap((piece) => pieceLines(piece, w)),
    ...placeLines(answers, w),
    { key: `prior:${prior}`, text: prior, from: { kind: 'prior' } },
    ...(claims.length > 0
      ? claims
      : [{ key: 'noClaim', text: w.noClaim, from: { kind: 'noClaim' } } as const]),
  ];
}
