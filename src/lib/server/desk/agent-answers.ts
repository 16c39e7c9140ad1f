/** What the agent was asked and what he answered: two versions of one intake, files that are gone. */
import type { CaseFile, Conflict } from '../../domain/case-file.ts';
import { choiceOf, isSettled } from '../../domain/intake-choice.ts';
import { IDENTITY_WITHHELD_ZH } from '../../domain/masking.ts';
import { fieldName, valueWords } from './answer-words.ts';

interface Rights {
  readonly identity: boolean;
  readonly sensitive: boolean;
}

/** What is read with a right of its own. */
const SENSITIVE = new Set(['idNo', 'idType', 'threat', 'legalNote']);
const NAMES = new Set(['representatives', 'petitioners']);
const TEXT_MAX = 400;

function shown(field: string, value: unknown, rights: Rights): string {
  const name = field.split('.').at(-1) ?? field;
  if (NAMES.has(field.split('.')[0] ?? '') && !rights.identity) return IDENTITY_WITHHELD_ZH;
  if (SENSITIVE.has(name) && !rights.sensitive) return IDENTITY_WITHHELD_ZH;
  return valueWords(field, value).slice(0, TEXT_MAX);
}

/** Both versions of an intake, field by field, and which the agent kept (K06). */
function versionsOf(file: CaseFile, conflict: Conflict, rights: Rights) {
  const { rule, changes = [] } = conflict.detected.payload;
  if (rule !== 'K06') return [];
  const chose = choiceOf(file, conflict) ?? [];
  return changes.map(({ field, from, to }) => ({
    key: field,
    name: fieldName(field),
    first: shown(field, from, rights),
    second: shown(field, to, rights),
    keep: chose.find((one) => one.field === field)?.keep ?? null,
  }));
}

/** The conflicts of a case: what was kept, who still has to decide, and both versions (4.6). */
export const conflictViews = (file: CaseFile, rights: Rights) =>
  file.conflicts.map((one) => {
    const { mark, payload } = one.detected;
    return {
      key: mark.eventId as string,
      rule: payload.rule as string,
      text: one.resolved?.payload.choice ?? payload.kept,
      open: !isSettled(file, one),
      agents: payload.rule === 'K06',
      versions: versionsOf(file, one, rights),
    };
  });

/** Files that will not come any more, with the agent's words, as the history has them (K12). */
export const goneViews = (file: CaseFile, { sensitive }: Rights) =>
  file.attachments
    .filter(({ lost }) => lost)
    .map(({ mark, sha256, payload }) => {
      const said = file.supplements.findLast((s) => s.payload.lostAttachments?.includes(sha256));
      return {
        key: mark.eventId as string,
        kind: payload.kind as string,
        caption: sensitive ? (payload.caption ?? '') : '',
        words: said?.payload.text ?? '',
        again: (said?.payload.attachments?.length ?? 0) > 0,
        by: said?.mark.actor.name ?? '',
        at: (said?.mark.occurredAt ?? mark.occurredAt) as string,
      };
    });
