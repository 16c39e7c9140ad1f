import type { CaseId, Instant } from '../domain/values.ts';
import type { DraftRow, FormRef } from './workspace-types.ts';

/** What stands in a draft's sealed body. Mutable, and never part of the log. */
export interface SealedDraft {
  readonly form: FormRef;
  readonly salt: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly step: string;
  readonly stepNumber: number;
  readonly petitioner: string;
  readonly matter: string;
  readonly place: string;
  readonly startedAt: Instant;
  readonly savedAt: Instant;
}

/** The answers that seal a case at 接单. */
export const toSeal = ({ answers }: SealedDraft): boolean =>
  answers['secret'] === true || answers['kind'] === '检举控告';

/** A draft as the list shows it. */
export const draftRow = (id: string, caseId: string, d: SealedDraft): DraftRow => ({
  ...{ draftId: id, caseId: caseId as CaseId, form: d.form, petitioner: d.petitioner },
  ...{ matter: d.matter, place: d.place, step: d.step, stepNumber: d.stepNumber },
  ...{ toSeal: toSeal(d), startedAt: d.startedAt, savedAt: d.savedAt },
});
