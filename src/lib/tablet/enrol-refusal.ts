/** Why the county does not let this tablet in yet, and whom to call about it. */
import { enrolRefusalSchema, type DutyNumber } from '../protocol/sync.ts';

export { ENROL_CODE_TYPED_MAX, readEnrolCode } from '../protocol/enrol-code.ts';

/**
 * CODE_NEEDED: the county does not know this tablet and asks for its one-time code. LATER: too many
 * tries. AFTER_RESET: somebody else set his passphrase, which alone opens nothing for a month.
 * Nothing that is saved here depends on it: it is sent all the same.
 */
export const CODE_REFUSALS = [
  ...(['CODE_NEEDED', 'CODE_WRONG', 'CODE_SPENT', 'CODE_EXPIRED', 'CODE_LATER'] as const),
  'CODE_AFTER_RESET',
] as const;
export type CodeRefusal = (typeof CODE_REFUSALS)[number];

export const isCodeRefusal = (error: string | null): error is CodeRefusal =>
  CODE_REFUSALS.some((one) => one === error);

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** What the county said about the code; null: the answer is about something else. */
export function codeRefusal({ status, json }: Answer): CodeRefusal | null {
  if (status === 429) return 'CODE_LATER';
  const read = enrolRefusalSchema.safeParse(json);
  const error = read.success ? read.data.error : null;
  const isReset = read.success && read.data.because === 'RESET';
  if (status === 403 && isReset && error === 'CODE_NEEDED') return 'CODE_AFTER_RESET';
  return status === 403 && isCodeRefusal(error) ? error : null;
}

/** The numbers that stand in a refusal, as the county filled them in. */
export function numbersIn({ json }: Answer): DutyNumber[] {
  const read = enrolRefusalSchema.safeParse(json);
  return read.success ? (read.data.dutyNumbers ?? []) : [];
}
