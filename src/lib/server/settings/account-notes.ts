import type { Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import type { AuditRow } from '../../ports/county-store.ts';
import { rolesAt } from '../auth/subject.ts';

/** What one person did to the account or the rights of another, as the audit has it. */
export interface AccountNote {
  readonly action:
    | `account.${'made' | 'closed' | 'opened' | 'moved' | 'passphrase' | 'second_factor'}`
    | `sealed_list.${string}`;
  /** Whose account it is. */
  readonly personId: string;
  /** What else the line says; for a new account its role. */
  readonly note?: string;
}

/** The line of the audit; it is written in the commit of what it tells of (`in-one.ts`). */
export function accountLine(
  now: Instant,
  by: Subject,
  { action, personId, note = '' }: AccountNote,
): AuditRow {
  const said = { person: personId.slice(0, 100), ...(note === '' ? {} : { note }) };
  return {
    ...{ at: now, personId: by.personId, role: rolesAt(by, now).join(','), action },
    ...{ caseId: null, note: JSON.stringify(said) },
  };
}
