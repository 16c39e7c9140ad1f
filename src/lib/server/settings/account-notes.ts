import type { Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import type { AuditRow } from '../../ports/county-store.ts';
import { rolesAt } from '../auth/subject.ts';
import type { AccountGrantTable } from '../auth/tables.ts';
import { grantPrint } from './grant-print.ts';

/** What one person did to the account or the rights of another, as the audit has it. */
export interface AccountNote {
  readonly action:
    | `account.${'made' | 'closed' | 'opened' | 'moved' | 'passphrase' | 'second_factor'}`
    | `sealed_list.${string}`;
  /** Whose account it is. */
  readonly personId: string;
  /** What else the line says; for a new account its role. */
  readonly note?: string;
  /** Why, in the words of whoever did it. */
  readonly why?: string;
  /** The rights that this act gives, and no other (`verify-grants.ts`); left out where none can be. */
  readonly given?: readonly AccountGrantTable[];
}

/** The line of the audit; it is written in the commit of what it tells of (`in-one.ts`). */
export function accountLine(
  now: Instant,
  by: Subject,
  { action, personId, note = '', why, given }: AccountNote,
): AuditRow {
  const person = personId.slice(0, 100);
  const grants = given?.map(grantPrint);
  const said = { person, ...(note === '' ? {} : { note }), ...(grants && { grants }) };
  return {
    ...{ at: now, personId: by.personId, role: rolesAt(by, now).join(','), action },
    ...{ caseId: null, note: JSON.stringify(said), ...(why && { why }) },
  };
}
