/**
 * 不带原话的案卷: the case as somebody reads it who may not read what the villager said: the unit
 * that it is about, as long as she did not say that it may know (条例 art. 30, 46), and the auditor.
 *
 * What is not named here as harmless is blank, so a field of tomorrow is blank by itself.
 */
import * as z from 'zod';
import type { CaseHead } from './case.ts';
import { EVENT_SCHEMAS } from './events.ts';
import type { CaseFile } from './case-file.ts';

/** In the place of a title nobody wrote for this reader. */
export const WORDS_WITHHELD_ZH = '（原话不给看）';
/** In the place of the agent's name: who took it says which village path it came by. */
export const AGENT_ZH = '代办员';
const TITLE_LETTERS = 30;

const words = (shape: unknown): string[] => {
  if (typeof shape !== 'object' || shape === null) return [];
  const { enum: list, const: one } = shape as { enum?: unknown; const?: unknown };
  const here = [...(Array.isArray(list) ? (list as unknown[]) : []), one];
  const inside = Object.values(shape).flatMap(words);
  return [...here.filter((word): word is string => typeof word === 'string'), ...inside];
};
/** Every word of a closed list of the events: it was chosen, not said. */
const CHOICES: ReadonlySet<string> = new Set(
  Object.values(EVENT_SCHEMAS).flatMap((schema) =>
    words(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })),
  ),
);
/** Answers of the fold itself; no event has a free text by these names. */
const STATES: ReadonlySet<string> = new Set(['state', 'status', 'effect', 'code', 'unitId']);
const CODE = /^[A-Z][A-Z0-9_]*$/;
const ID = /^[\w-]{22}$/;
/** Days, moments and hashes. */
const COUNTED = /^(?:\d{4}-\d\d-\d\d(?:T[\d:.+Z-]+)?|[0-9a-f]{64})$/;

/** By its list or by its place, never by its look: people type capitals, too. */
const isCoded = (text: string, key: string): boolean =>
  CHOICES.has(text) ||
  COUNTED.test(text) ||
  (STATES.has(key) && CODE.test(text)) ||
  (/id$/i.test(key) && ID.test(text));

function blank(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return isCoded(value, key) ? value : '';
  if (Array.isArray(value)) return value.map((one) => blank(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, blank(one, name)]));
}

/** Written by the office or by units themselves, or bookkeeping. */
const KEPT = [
  ...(['caseId', 'status', 'closeKind', 'moments', 'supervisions'] as const),
] satisfies (keyof CaseFile)[];

/** What only ever carries words, names or voices. */
const EMPTIED = [
  ...(['petitioners', 'dictations', 'supplements', 'corrections', 'visits'] as const),
  ...(['mediations', 'contacts', 'representativeLists', 'attachments', 'children'] as const),
  ...(['conflicts', 'quarantined', 'mandates', 'suspended', 'gaps'] as const),
  ...(['takings', 'submissions', 'agents', 'handOvers', 'recusals'] as const),
] satisfies (keyof CaseFile)[];

/** Choices from closed lists, and where and how it is handled. */
const HEAD = [
  ...(['areaCode', 'channel', 'xfDate', 'form', 'procedure', 'route', 'firstLocal'] as const),
  ...(['repeat', 'group', 'skipLevel', 'firstUnit', 'unit', 'coUnits', 'categoryL2'] as const),
  ...(['kind', 'purpose', 'joint', 'anonymous', 'secret', 'legalStatus', 'urgency'] as const),
] satisfies (keyof CaseHead)[];

/** A correction of this name sets no field: it is what the office wrote for units after it had sent the case. */
export const MATTER_FIELD = 'matter';

/** The newest matter that the office wrote for units (`note` of 转送、交办, or added later); empty when none. */
export function matterForUnits({ handlings, corrections }: CaseFile): string {
  const sent = handlings.findLast(({ matter }) => matter !== undefined);
  const added = corrections.findLast(
    ({ field, new: given, mark }) =>
      field === MATTER_FIELD && mark.actor.code === 'O' && typeof given === 'string',
  );
  const isNewer = (added?.mark.seq ?? -1) > (sent?.sent.seq ?? -1);
  return isNewer ? String(added?.new) : (sent?.matter ?? '');
}

function picked<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  const parts: Partial<T> = {};
  for (const key of keys) if (key in from) parts[key] = from[key];
  return parts;
}

function headOf(file: CaseFile): CaseHead {
  const { head } = file;
  const matter = matterForUnits(file);
  const { type, level, unitId, about } = head.respondent ?? {};
  const respondent = { type: type ?? 'UNKNOWN', level, unitId, about };
  return {
    ...(blank(head) as CaseHead),
    ...picked(head, HEAD),
    title: matter === '' ? WORDS_WITHHELD_ZH : [...matter].slice(0, TITLE_LETTERS).join(''),
    summary: matter,
    // How many there are has to be known: each is answered.
    claims: (head.claims ?? []).map((one, i) => ({ ...one, text: `第 ${i + 1} 项诉求` })),
    petitionerCount: 1,
    ...(head.respondent && { respondent: respondent as CaseHead['respondent'] }),
  } as CaseHead;
}

/** A folded case without a word, name, place below the village, file or number of who spoke. */
export function withoutWords(file: CaseFile): CaseFile {
  const { caseNo, nationalNo } = file.numbers;
  const none = Object.fromEntries(EMPTIED.map((key) => [key, []]));
  return {
    ...(blank(file) as CaseFile),
    ...picked(file, KEPT),
    ...none,
    head: headOf(file),
    numbers: { ...(blank(file.numbers) as CaseFile['numbers']), caseNo, nationalNo },
    agent: file.agent && { ...file.agent, name: AGENT_ZH },
    // A unit's own words; to whom its opinion was brought is nothing of that.
    handlings: file.handlings.map((one) => ({
      ...one,
      served: blank(one.served) as typeof one.served,
    })),
    // What shows that it was kept is told by who went to see.
    commitments: file.commitments
      .filter(({ made }) => made.actor.code === 'D')
      .map((one) => (one.settled?.actor.code === 'D' ? one : { ...one, evidence: null })),
    endings: file.endings.filter(({ mark }) => mark.actor.code === 'D'),
    progress: file.progress.filter(({ mark }) => mark.actor.code === 'D'),
    timeline: file.timeline.map((one) => ({ ...one, actor: blank(one.actor) as typeof one.actor })),
    opaque: [],
  };
}
