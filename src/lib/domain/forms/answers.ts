/** What a definition and the answers so far ask for: pure, the same on every machine. */
import type {
  Answers,
  AnswerScalar,
  FormCondition,
  FormDefinition,
  FormField,
  FormLine,
  FormQuestion,
} from '../intake-form.ts';

/** Whether a condition holds; an unanswered field counts with its default. */
export function holds(
  definition: FormDefinition,
  condition: FormCondition | undefined,
  answers: Answers,
): boolean {
  if (!condition) return true;
  if ('all' in condition) return condition.all.every((c) => holds(definition, c, answers));
  if ('any' in condition) return condition.any.some((c) => holds(definition, c, answers));
  const value = answerOf(definition, answers, condition.field);
  const matches = (wanted: readonly AnswerScalar[]): boolean =>
    Array.isArray(value)
      ? value.some((v) => wanted.includes(v as AnswerScalar))
      : wanted.includes((value ?? null) as AnswerScalar);
  return 'is' in condition ? matches(condition.is) : !matches(condition.isNot);
}

/** Every field of the form, in the order asked. */
export const fieldsOf = (definition: FormDefinition): readonly FormField[] =>
  definition.questions.flatMap((q) => q.fields);

/** The answer given, else the default, else undefined. */
export function answerOf(definition: FormDefinition, answers: Answers, id: string): unknown {
  const given = answers[id];
  if (given !== undefined) return given;
  const field = fieldsOf(definition).find((f) => f.id === id);
  return field && asNow(definition, field, answers).default;
}

/** The field as it stands now: without its default where that does not count. */
function asNow(definition: FormDefinition, field: FormField, answers: Answers): FormField {
  if (holds(definition, field.defaultWhen, answers)) return field;
  const bare: { -readonly [key in keyof FormField]: FormField[key] } = { ...field };
  delete bare.default;
  return bare;
}

/** Whether a field counts as answered: given, and not empty. */
export function isAnswered(answers: Answers, field: FormField): boolean {
  const value = answers[field.id];
  if (value === undefined || value === null || value === '') return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** The questions asked now. */
export const questionsNow = (
  definition: FormDefinition,
  answers: Answers,
): readonly FormQuestion[] =>
  definition.questions.filter((q) => holds(definition, q.when, answers));

/** The fields of a question asked now. */
export const fieldsNow = (
  definition: FormDefinition,
  question: FormQuestion,
  answers: Answers,
): readonly FormField[] =>
  question.fields
    .filter((f) => holds(definition, f.when, answers))
    .map((f) => asNow(definition, f, answers));

/** What is read aloud of a question now. */
export const saidNow = (
  definition: FormDefinition,
  question: FormQuestion,
  answers: Answers,
): readonly FormLine[] => question.say.filter((line) => holds(definition, line.when, answers));

/** Required fields asked now that have no answer yet, with their question, in order. */
export function missing(
  definition: FormDefinition,
  answers: Answers,
): readonly { readonly question: FormQuestion; readonly field: FormField }[] {
  return questionsNow(definition, answers).flatMap((question) =>
    fieldsNow(definition, question, answers)
      .filter((field) => field.required && !isAnswered(answers, field))
      .map((field) => ({ question, field })),
  );
}

/** How much a form demands: taps or entries without a default, and fields at all. */
export function burden(definition: FormDefinition): { required: number; fields: number } {
  const fields = fieldsOf(definition);
  return {
    required: fields.filter((f) => f.required && f.default === undefined).length,
    fields: fields.length,
  };
}

/** A chip choice after a tap on `value`: options that stand alone take the others away. */
export function chosenAfter(
  field: FormField,
  chosen: readonly string[],
  next: readonly string[],
): readonly string[] {
  const added = next.find((v) => !chosen.includes(v));
  if (added === undefined) return next;
  const alone = new Set(field.options?.filter((o) => o.alone).map((o) => o.value));
  return alone.has(added) ? [added] : next.filter((v) => !alone.has(v));
}
