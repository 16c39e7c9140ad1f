/** 授权乡镇审核 (REFERENCE 4.5 rule 9): which on-the-spot closures a township may approve. */
import type { CaseFile } from './case-file.ts';

export interface DelegationRule {
  readonly categories: readonly string[];
  readonly moneyYuanMax: number;
  readonly personsMax: number;
}

/** 缺省授权; the county may narrow or widen it. */
export const DEFAULT_DELEGATION: DelegationRule = {
  categories: ['ZF03', 'NY06', 'QT01'],
  moneyYuanMax: 500,
  personsMax: 4,
};

/** Why a township may not; empty when it may. */
export function delegationLimits(file: CaseFile, rule: DelegationRule): readonly string[] {
  const cost = file.resolutions.findLast((r) => r.state === 'PENDING')?.payload.costYuan ?? 0;
  const limits: [boolean, string][] = [
    [!rule.categories.includes(file.head.categoryL2 ?? ''), 'category'],
    [cost > rule.moneyYuanMax, 'money'],
    [file.sealed !== null, 'sealed'],
    [(file.head.petitionerCount ?? 1) > rule.personsMax, 'joint'],
    [file.urgent.level !== null, 'urgent'],
  ];
  return limits.filter(([broken]) => broken).map(([, name]) => name);
}
