/** 选一选 (K06): two versions of one intake in words that can be read aloud. */
import { intakeNow } from '$lib/domain/forms/intake-forms';
import type { CaseFile } from '$lib/domain/case-file';
import {
  choicePayload,
  isChoice,
  openChoices,
  type Keep,
  type VersionChange,
} from '$lib/domain/intake-choice';
import type { FormField, FormText } from '$lib/domain/intake-form';
import type { Entry } from '$lib/tablet/workspace-types';
import type { Language } from '$lib/ui/language';
import type { AskWords } from '$lib/ui/messages/ask.zh-CN';
import { textFor, type Sex } from '$lib/ui/pronoun';

/** Fields that the form derives from another answer: they go the way that one goes. */
const FOLLOWS: Readonly<Record<string, string>> = {
  ...{ joint: 'petitionerCount', involvedCount: 'petitionerCount', purpose: 'kind' },
  ...{ 'petitioners.0.idType': 'petitioners.0.idNo' },
  ...{ 'petitioners.0.sex': 'petitioners.0.idNo', 'petitioners.0.birthDate': 'petitioners.0.idNo' },
  'petitioners.0.idUnverified': 'petitioners.0.idNo',
};

/** Where the form asks for a field under another name. */
const ASKED_AS: Readonly<Record<string, string>> = {
  ...{ happenedText: 'happened', legalNote: 'priorWords', categoryL2: 'category' },
  ...{ threat: 'threatWords', respondent: 'respondentName' },
};

/** What of an answer with parts is said, in this order; YES is said by what follows it. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  ...{ prior: ['before', 'where'], threat: ['words'], respondent: ['level', 'type', 'name'] },
  ...{ phoneOwner: ['name', 'relation'], guardian: ['name', 'relation'] },
  interpreter: ['name', 'relation'],
};

const FIELDS: ReadonlyMap<string, FormField> = new Map(
  intakeNow.questions.flatMap(({ fields }) => fields.map((field) => [field.id, field] as const)),
);

const bare = (field: string): string => field.split('.').at(-1) ?? field;
const fieldOf = (name: string): FormField | undefined => FIELDS.get(ASKED_AS[name] ?? name);

export interface Speech {
  readonly lang: Language;
  readonly words: AskWords['choice'];
  readonly areaName: (code: string) => string;
  /** 她 or 他 in the form's own words. */
  readonly sex: Sex;
}

const inLanguage = (text: FormText, lang: Language): string => (lang === 'en' ? text.en : text.zh);

/** What a field is called on the form, else in the dictionary. */
export function fieldName(field: string, { lang, words, sex }: Speech): string {
  const name = bare(field);
  const asked = fieldOf(name);
  if (words.fields[name]) return words.fields[name];
  return asked ? textFor(inLanguage(asked.label, lang), sex) : (words.fields['other'] ?? name);
}

/** One text of a value; codes become the words of their option. */
function textOf(name: string, value: string, speech: Speech): string {
  if (name === 'areaCode' || name === 'addressCode') return speech.areaName(value);
  const { lang } = speech;
  const option = fieldOf(name)?.options?.find((one) => one.value === value);
  if (option) return inLanguage(option.word, lang);
  const type = FIELDS.get('respondentType')?.options?.find((one) => one.value === value);
  return type ? inLanguage(type.word, lang) : value;
}

/** A value as it is shown and read aloud; nothing of it is left out. */
export function valueWords(field: string, value: unknown, speech: Speech): string {
  const name = bare(field);
  const { words } = speech;
  if (value === null || value === undefined || value === '') return words.nothing;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'string') return textOf(name, value, speech);
  if (Array.isArray(value))
    return value.map((one) => valueWords(name, one, speech)).join('；') || words.nothing;
  if (typeof value !== 'object') return String(value as number);
  const parts = value as Readonly<Record<string, unknown>>;
  return (SPOKEN[name] ?? Object.keys(parts))
    .map((key) => parts[key])
    .filter((one) => one !== undefined && one !== 'YES')
    .map((one) => valueWords(name, one, speech))
    .join(' ');
}

/** What is asked, and what only one tablet wrote and is kept without asking. */
export interface Versions {
  readonly asked: readonly VersionChange[];
  readonly kept: readonly VersionChange[];
}

/** Every differing field once, whichever act of the second intake said it; derived ones follow. */
export function versionsOf(file: CaseFile): Versions {
  const all = new Map<string, VersionChange>();
  for (const { detected } of openChoices(file))
    for (const change of detected.payload.changes ?? [])
      if (!all.has(change.field)) all.set(change.field, change);
  const own = [...all.values()].filter(({ field }) => !all.has(FOLLOWS[field] ?? ''));
  return {
    asked: own.filter(isChoice),
    kept: own.filter((change) => !isChoice(change)),
  };
}

export type Picks = Readonly<Record<string, Keep>>;

/** One answer per conflict; what nobody was asked about is kept from both. */
export const choiceEntries = (file: CaseFile, picks: Picks): Entry[] =>
  openChoices(file).map((conflict) => ({
    type: 'case.supplemented',
    payload: choicePayload(
      conflict,
      (field) => picks[field] ?? picks[FOLLOWS[field] ?? ''] ?? 'BOTH',
    ),
  }));
