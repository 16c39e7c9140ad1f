/** How grave a finding is: BLOCK makes the record meaningless, WARN is told and saved with it. */
export type FindingLevel = 'BLOCK' | 'WARN';

/** 核对结果: the closed list of what the checks of an intake can say. */
export type FindingCode =
  | 'words.missing'
  | 'words.too_long'
  | 'area.missing'
  | 'area.unknown'
  | 'area.changed'
  | 'name.missing'
  | 'name.too_long'
  | 'name.unusual'
  | 'identity.length'
  | 'identity.characters'
  | 'identity.birth_date'
  | 'identity.check_digit'
  | 'identity.old_form'
  | 'identity.sex_differs'
  | 'identity.birth_differs'
  | 'phone.missing'
  | 'phone.unusual'
  | 'phone.owner_missing'
  | 'reach.missing'
  | 'literacy.missing'
  | 'language.missing'
  | 'interpreter.missing'
  | 'guardian.missing'
  | 'prior.missing'
  | 'urgency.missing'
  | 'readback.missing'
  | 'readback.void'
  | 'summary.length'
  | 'title.length'
  | 'claims.missing'
  | 'claims.too_many'
  | 'claims.too_long'
  | 'category.missing'
  | 'kind.missing'
  | 'count.range'
  | 'representatives.missing'
  | 'representatives.too_many';

/** One finding of a check: a value to show beside its field, never an exception. */
export interface Finding {
  readonly level: FindingLevel;
  readonly code: FindingCode;
  /** Path of the field the finding belongs to, e.g. `petitioners.0.idNo`. */
  readonly field: string;
}

/** A finding that is told and saved with the record. */
export const warn = (code: FindingCode, field: string): Finding => ({ level: 'WARN', code, field });
/** A finding that makes the record meaningless. */
export const block = (code: FindingCode, field: string): Finding => ({
  level: 'BLOCK',
  code,
  field,
});

/** True when nothing in the list stands in the way of saving. */
export function mayProceed(findings: readonly Pick<Finding, 'level'>[]): boolean {
  return findings.every((finding) => finding.level !== 'BLOCK');
}
