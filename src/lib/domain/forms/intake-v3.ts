/**
 * 接单, version 3: as version 2, with other words where somebody is accused. The notice says that an
 * accused office is not told, and in a sealed case (封上) who alone reads it; whether a unit may know
 * is asked where she says whom it is about and nowhere else; who said that a cadre is concerned finds
 * no 没说、说不清 already ticked there. Still eight answers without a default and 37 fields.
 */
import type { FormDefinition, FormField, FormLine, FormQuestion } from '../intake-form.ts';
import { intakeV2, TELL_NOBODY, TELL_UNIT } from './intake-v2.ts';

const open = { field: 'secret', isNot: [true] } as const;
const sealed = { field: 'secret', is: [true] } as const;

/** What replaces the second line of the notice. */
const who: readonly FormLine[] = [
  {
    zh: '我记您的姓名、住哪儿、啥事，给县信访局和管这事的单位看，别人看不着。说的要是哪个单位、哪个干部，您不点头，不告诉他们是您说的。咱有一说一。您啥时候想不办了都行，县里会打电话问您本人。',
    en: 'I note your name, where you live and the matter. Only the county office and the unit in charge see it. If it is about an office or a cadre, they are not told that it was you unless you agree. Let us say it as it is. You may stop at any time; the county will ask you in person.',
    when: open,
  },
  {
    zh: '这事封上了：您的姓名、住哪儿、啥事，只有县里专人看，村里、乡里、您说的单位都看不着。咱有一说一。您啥时候想不办了都行，县里会打电话问您本人。',
    en: 'This one is sealed: your name, where you live and the matter are seen only by named persons of the county, not by the village, the township or the office you speak of. Let us say it as it is. You may stop at any time; the county will ask you in person.',
    when: sealed,
  },
];

function fieldNow(field: FormField): FormField {
  if (field.id === 'secret') {
    return { ...field, label: { zh: '怕人知道，要封上', en: 'Afraid of being known: seal it' } };
  }
  if (field.id === 'sensitive') {
    const apart = field.options?.filter(({ value }) => ![TELL_UNIT, TELL_NOBODY].includes(value));
    return { ...field, options: apart ?? [] };
  }
  if (field.id === 'respondentType') {
    return { ...field, defaultWhen: { field: 'conflict', isNot: ['CADRE'] } };
  }
  return field;
}

const questionNow = (question: FormQuestion): FormQuestion => ({
  ...question,
  say: question.say.flatMap((line, at) => (question.id === 'notice' && at === 1 ? who : [line])),
  fields: question.fields.map(fieldNow),
});

export const intakeV3: FormDefinition = {
  ...intakeV2,
  version: 3,
  noticeVersion: 'A4-2',
  questions: intakeV2.questions.map(questionNow),
};
