/**
 * 接单, version 2: as version 1, and she is asked whether a unit may know that it was she who said
 * it. Still eight answers without a default and 37 fields: the question stands among those that are
 * asked apart. A respondent may also be a cadre of the county.
 */
import type { FormDefinition, FormField, FormQuestion, FormText } from '../intake-form.ts';
import { intakeV1 } from './intake-v1.ts';

const t = (zh: string, en: string): FormText => ({ zh, en });

/** Answers among `sensitive`: she allowed it, she forbade it; neither is no answer. */
export const TELL_UNIT = 'unit';
export const TELL_NOBODY = 'noUnit';

const more: Readonly<Record<string, NonNullable<FormField['options']>>> = {
  sensitive: [
    { value: TELL_UNIT, word: t('能告诉单位是我说的', 'A unit may know it was me') },
    { value: TELL_NOBODY, word: t('别告诉单位是我说的', 'No unit may know it was me') },
  ],
  respondentType: [{ value: 'COUNTY', word: t('县里干部', 'A county cadre') }],
};

const withMore = (field: FormField): FormField => {
  const added = more[field.id];
  return added === undefined ? field : { ...field, options: [...(field.options ?? []), ...added] };
};

const saidIn = (question: FormQuestion): FormQuestion['say'] =>
  question.id === 'where'
    ? [
        ...question.say,
        {
          ...t(
            '要是说的是哪个单位、哪个干部，能不能告诉他们是您说的？',
            'If it is about an office or a cadre: may they know that it was you?',
          ),
          // Of a sealed case nobody is told anything: the question would only frighten.
          when: { field: 'secret', isNot: [true] },
        },
      ]
    : question.say;

export const intakeV2: FormDefinition = {
  ...intakeV1,
  version: 2,
  questions: intakeV1.questions.map((question) => ({
    ...question,
    say: saidIn(question),
    fields: question.fields.map(withMore),
  })),
};
