/** 读回: the sentences that are read to her, in the order of the script (REFERENCE 7.1). */
import {
  flagOf,
  listOf,
  piecesOf,
  spokenText,
  textOf,
  type WordsPiece,
} from '$lib/domain/forms/intake-answers';
import { identityFrom, isSealed, respondentFrom } from '$lib/domain/forms/taking';
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
    | { readonly kind: 'about'; readonly question: 'where' | 'notice' }
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

const line = (text: string, from: ReadLine['from']): ReadLine[] =>
  text === '' ? [] : [{ key: `${from.kind}:${text}`, text, from }];

/** Who she is; what nobody has asked yet is not read as if she had said it. */
function personLine(answers: Answers, w: ReadbackWords): string {
  if (flagOf(answers, 'anonymous')) return w.anonymous;
  const type = textOf(answers, 'phoneType');
  const phone = type === '' ? '' : w.phones[type as keyof typeof w.phones];
  const parts = [
    textOf(answers, 'name').trim(),
    textOf(answers, 'groupName').trim(),
    phone,
  ] as const;
  return parts.some((part) => part !== '') ? w.you(...parts) : '';
}

/** Whom she asked before, as people say it; nothing while the question has no answer. */
function priorLine(answers: Answers, w: ReadbackWords): string {
  const chosen = listOf(answers, 'prior');
  if (chosen.length === 0) return '';
  if (chosen.includes('NO')) return w.priorNo;
  if (chosen.includes('UNKNOWN')) return w.priorUnknown;
  const places: Readonly<Record<string, string>> = w.priorPlaces;
  const whom = chosen.map((one) => places[one] ?? one).join(w.priorAnd);
  return w.prior(whom, answeredOf(textOf(answers, 'priorWords').trim(), w));
}

const STOPS = /[。！？!?…]$/;
const SAYS = /^(?:人家|他们?|她们?|对方|[村乡县市]里|法院)[就也还都光只]?说/;

/** What they answered, not a character changed: only what is missing before 说 and at the end. */
function answeredOf(answer: string, w: ReadbackWords): string {
  if (answer === '') return '';
  const before = answer.startsWith('说') ? w.priorThey : SAYS.test(answer) ? '' : w.priorTheySay;
  return `${before}${answer}${STOPS.test(answer) ? '' : w.stop}`;
}

/** Whom it is about and whether they may know who said it: a wrong press is heard by her. */
function aboutLines(answers: Answers, w: ReadbackWords): ReadLine[] {
  const { type, level, name = '' } = respondentFrom(answers) ?? { type: 'UNKNOWN' };
  const told = identityFrom(answers);
  const byConflict = textOf(answers, 'conflict') === 'CADRE';
  const unsaid = type === 'UNKNOWN' && name === '';
  const nobody: Readonly<Record<string, string>> = w.aboutNobody;
  const levels: Readonly<Record<string, string>> = w.aboutLevels;
  const is = level ?? type;
  const cadres = byConflict ? w.aboutCadres : '';
  const who = unsaid ? cadres : w.about(name || (nobody[is] ?? ''), name && (levels[is] ?? ''));
  const known = who !== '';
  const seal = isSealed(answers) ? w.aboutSealed : '';
  const tell = told === undefined ? '' : told ? w.mayTell(known) : w.mayNotTell(known);
  return line(`${who}${seal}${tell}`, {
    kind: 'about',
    question: unsaid && byConflict ? 'notice' : 'where',
  });
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
  return place === '' ? [] : line(w.place(place), { kind: 'place' });
}

/** Everything that is read aloud before she says yes. */
export function readLines(answers: Answers, w: ReadbackWords): readonly ReadLine[] {
  const claims = listOf(answers, 'claims').map((claim, index): ReadLine => {
    const text = w.claim(index, claim);
    return { key: `claim:${index}:${claim}`, text, from: { kind: 'claim', index } };
  });
  return [
    ...line(personLine(answers, w), { kind: 'person' }),
    ...piecesOf(answers).flatMap((piece) => pieceLines(piece, w)),
    ...placeLines(answers, w),
    ...aboutLines(answers, w),
    ...line(priorLine(answers, w), { kind: 'prior' }),
    ...(claims.length > 0
      ? claims
      : [{ key: 'noClaim', text: w.noClaim, from: { kind: 'noClaim' } } as const]),
  ];
}
