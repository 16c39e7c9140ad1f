/** The answers of an intake as a person gives them; the words are the given text. */
import { textKeyOf, type WordsPiece } from '../../src/lib/domain/forms/intake-answers.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { browserClock } from '../../src/lib/tablet/browser.ts';
import type { Spoken } from './texts.ts';

/** One piece of dictated words. */
export function pieceOf(spoken: Spoken): WordsPiece {
  const at = browserClock.now();
  return {
    ...{ id: browserClock.eventId(), verbatim: spoken.typed, tidy: '', audio: [], seconds: 0 },
    ...{ gaps: [], startedAt: at, endedAt: at },
  };
}

/** Who says it: a name made from the id, so that no two cases look like one person. */
export const firstAnswers = (spoken: Spoken): Record<string, unknown> => ({
  ...{ consent: 'YES', name: `样本${spoken.id}`, groupName: '前屯', phoneType: 'NONE' },
  ...{ literacy: 'NONE' },
});

/** What follows the words: urgency, claims, read-back before a witness. */
export function lastAnswers(
  before: Readonly<Record<string, unknown>>,
  by: string,
): Record<string, unknown> {
  const answers: Record<string, unknown> = {
    ...before,
    prior: ['NO'],
    urgency: 'NORMAL',
    claims: ['给个说法'],
  };
  const { pieces } = before['words'] as { pieces: WordsPiece[] };
  const readback = {
    ...{ method: 'WITNESS', at: browserClock.now() as Instant, by, evidence: [] },
    ...{ witness: { name: '见证人', relation: '邻居' }, ownWish: true, understood: true },
    ...{ changesAsked: [], textKey: textKeyOf(answers), covers: pieces.map((p) => p.id) },
  };
  return { ...answers, readback };
}
