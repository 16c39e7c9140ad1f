/** Whether tablets of this county get their locks, for those who can do something about it. */
import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import { rolesAt } from '../auth/subject.ts';
import type { Container } from '../container.ts';
import { keysAway, recoveryRecipients, unsignedKeys } from '../keys/officer-key-rows.ts';
import type { CountyTables } from '../store/tables.ts';

/**
 * keyless: nobody has made a recovery key yet; off: the county wants none (`TABLET_VAULTS=0`); foreign:
 * a key lies in the database that no two people of the county put there, or rows of one are away.
 */
export type LockState = 'given' | 'keyless' | 'off' | 'foreign';

const placeOf = ({ db, county, env: { intakeKeyFile } }: Container) => ({
  ...{ db: db as unknown as Kysely<CountyTables>, county, intakeKeyFile },
});

/** What a tablet that signs in now gets. */
export async function lockState(container: Container): Promise<LockState> {
  if (!container.env.tabletVaults) return 'off';
  return (await recoveryRecipients(placeOf(container))).length > 0 ? 'given' : 'keyless';
}

/** The same for one reader, the alarm first: null for whoever neither makes nor confirms the key. */
export async function lockStateFor(
  container: Container,
  person: Subject,
): Promise<LockState | null> {
  const roles = rolesAt(person, container.clock.now());
  if (!roles.includes('O5') && !roles.includes('ADMIN')) return null;
  const place = placeOf(container);
  const odd = [...(await unsignedKeys(place)), ...(await keysAway(place))];
  return odd.length > 0 ? 'foreign' : lockState(container);
}
