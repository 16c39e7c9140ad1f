/** Whether tablets of this county get their locks, for those who can do something about it. */
import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import { rolesAt } from '../auth/subject.ts';
import type { Container } from '../container.ts';
import { recoveryRecipients } from '../keys/officer-keys.ts';
import type { CountyTables } from '../store/tables.ts';

/** keyless: nobody has made a recovery key yet; off: the county wants none (`TABLET_VAULTS=0`). */
export type LockState = 'given' | 'keyless' | 'off';

/** What a tablet that signs in now gets. */
export async function lockState({ db, county, env }: Container): Promise<LockState> {
  if (!env.tabletVaults) return 'off';
  const deps = { db: db as unknown as Kysely<CountyTables>, county };
  return (await recoveryRecipients(deps)).length > 0 ? 'given' : 'keyless';
}

/** The same for one reader: null for whoever neither makes nor confirms the key. */
export async function lockStateFor(
  container: Container,
  person: Subject,
): Promise<LockState | null> {
  const roles = rolesAt(person, container.clock.now());
  return roles.includes('O5') || roles.includes('ADMIN') ? lockState(container) : null;
}
