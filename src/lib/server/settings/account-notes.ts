import type { Subject } from '../../domain/permissions.ts';
import { rolesAt } from '../auth/subject.ts';
import type { Room } from '../room.ts';

/** What one person did to the account or the rights of another, as the audit has it. */
interface AccountNote {
  readonly action:
    | `account.${'made' | 'closed' | 'opened' | 'moved' | 'passphrase' | 'second_factor'}`
    | `sealed_list.${string}`;
  /** Whose account it is. */
  readonly personId: string;
  /** What else the line says; for a new account its role. */
  readonly note?: string;
}

/** One line in the audit; before the deed where the deed can wait, so that none is silent. */
export async function noteAccount(
  { desk }: Pick<Room, 'desk'>,
  by: Subject,
  { action, personId, note = '' }: AccountNote,
): Promise<void> {
  const at = desk.now();
  const line = {
    ...{ at, personId: by.personId, role: rolesAt(by, at).join(','), action, caseId: null },
    note: JSON.stringify({ person: personId.slice(0, 100), ...(note === '' ? {} : { note }) }),
  };
  await desk.store.transact(desk.county, (tx) => tx.write({ audit: [line] }));
}
