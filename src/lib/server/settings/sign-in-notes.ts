import type { PersonId } from '../../domain/values.ts';
import { loadSubject, rolesAt } from '../auth/subject.ts';
import type { SignInOutcome } from '../auth/sign-in.ts';
import type { Room } from '../room.ts';
import { isDiskFull } from '../store/disk-full.ts';

/** What a try to sign in came to; a second step has no name, its first has one. */
export interface Tried {
  readonly outcome: SignInOutcome;
  /** As typed; it is looked up and never written down: people type passphrases into it. */
  readonly userName: string;
  readonly address: string;
}

const ACTIONS = { in: 'sign_in.done', wrong: 'sign_in.wrong', closed: 'sign_in.closed' } as const;

/** Whose account it is; '' where nobody has that name. */
async function personOf({ accounts }: Pick<Room, 'accounts'>, tried: Tried): Promise<string> {
  if (tried.outcome.kind === 'in') return tried.outcome.personId;
  const name = tried.userName.trim().toLowerCase();
  if (name === '') return '';
  const query = accounts.db.selectFrom('user').select('id').where('username', '=', name);
  return (await query.executeTakeFirst())?.id ?? '';
}

/**
 * One line in the audit for a sign-in and for one that failed, also for a name that nobody has.
 * What the limits sent away is none: whoever floods the door fills no disk.
 */
export async function noteSignIn(
  { desk, accounts }: Pick<Room, 'desk' | 'accounts'>,
  tried: Tried,
): Promise<void> {
  const { kind } = tried.outcome;
  if (kind !== 'in' && kind !== 'wrong' && kind !== 'closed') return;
  const at = desk.now();
  const personId = await personOf({ accounts }, tried);
  // Also for nobody: a name that is nobody's must take as long as another.
  const role = rolesAt(await loadSubject(accounts.db, { id: personId, name: '' }), at).join(',');
  const line = {
    ...{ at, personId: personId as PersonId, role, action: ACTIONS[kind], caseId: null },
    note: JSON.stringify({ from: tried.address.slice(0, 60) }),
  };
  try {
    await desk.store.transact(desk.county, (tx) => tx.write({ audit: [line] }));
  } catch (error) {
    // On a full disk people must come in to hear of it; whoever frees it has the log of the machine.
    if (!isDiskFull(error)) throw error;
    console.error('a sign-in is not in the audit: the disk is full', kind);
  }
}
