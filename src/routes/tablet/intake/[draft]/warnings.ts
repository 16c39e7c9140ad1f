import { checkIdentityNumber } from '$lib/domain/identity-number';
import type { Answers, FormField } from '$lib/domain/intake-form';
import { LIMITS } from '$lib/domain/limits';
import { checkPhone } from '$lib/domain/phone';
import { listOf, textOf } from '$lib/domain/forms/intake-answers';
import type { LocalDate } from '$lib/domain/values';
import type { IntakeWords } from '$lib/ui/messages/intake.zh-CN';

/** Dialling code put before a local number; only the form of the number is checked here. */
export const anyCountyCode = '0452';
const namePattern = /^[\p{L}\p{M}·.\s]+$/u;

function codeOf(field: FormField, answers: Answers, today: LocalDate): string | undefined {
  const text = textOf(answers, field.id);
  switch (field.check) {
    case 'name':
      return text && !namePattern.test(text) ? 'name.unusual' : undefined;
    case 'identity':
      return text ? checkIdentityNumber(text, today, field.id).findings[0]?.code : undefined;
    case 'phone':
      return text ? checkPhone(text, anyCountyCode, field.id)[0]?.code : undefined;
    case 'representatives':
      return listOf(answers, field.id).length > LIMITS.representativesMax
        ? 'representatives.too_many'
        : undefined;
    default:
      return undefined;
  }
}

/** What a check found about a field, in words; it warns and never stops anything (REFERENCE 3.9). */
export function warningOf(
  field: FormField,
  answers: Answers,
  world: { readonly today: LocalDate; readonly words: IntakeWords },
): string | undefined {
  const code = codeOf(field, answers, world.today);
  return code ? (world.words.warnings as Readonly<Record<string, string>>)[code] : undefined;
}
