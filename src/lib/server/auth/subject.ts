import type { Kysely } from 'kysely';
import {
  type Grant,
  grantsAt,
  isInForce,
  type Role,
  ROLES,
  type Subject,
} from '../../domain/permissions.ts';
import type { AreaCode, Instant, PersonId, UnitId } from '../../domain/values.ts';
import { grantRowsOf, listAccounts } from './accounts.ts';
import type { AccountGrantTable, AuthTables } from './tables.ts';

const isRole = (role: string): role is Role => (ROLES as readonly string[]).includes(role);

/** A row of the grant table as the domain reads it; a role of a newer build grants nothing. */
export function grantOf(row: AccountGrantTable): Grant | null {
  if (!isRole(row.role)) return null;
  return {
    role: row.role,
    areaCode: row.area_code as AreaCode | null,
    unitId: row.unit_id as UnitId | null,
    from: row.from_at as Instant,
    to: row.to_at as Instant | null,
    ...(row.sealed_list ? { sealedList: true } : {}),
  };
}

/** The person as `can()` sees him: all grants with their times. */
export async function loadSubject(
  db: Kysely<AuthTables>,
  person: { readonly id: string; readonly name: string },
): Promise<Subject> {
  const rows = await grantRowsOf(db, person.id);
  return {
    personId: person.id as PersonId,
    name: person.name,
    grants: rows.flatMap((row) => grantOf(row) ?? []),
  };
}

/** The person of an id, whether or not he may still sign in; null: there is none. */
export async function subjectOf(db: Kysely<AuthTables>, personId: string): Promise<Subject | null> {
  const query = db.selectFrom('user').select(['id', 'name', 'banned', 'updatedAt']);
  const person = await query.where('id', '=', personId).executeTakeFirst();
  if (person === undefined) return null;
  const subject = await loadSubject(db, person);
  return person.banned ? endedAt(subject, new Date(person.updatedAt)) : subject;
}

/** Accounts that an earlier version closed kept their rights: they ended with the last change of it. */
function endedAt(subject: Subject, closed: Date): Subject {
  const at = closed.toISOString() as Instant;
  const grants = subject.grants.map((grant) =>
    grant.to === null || grant.to > at ? { ...grant, to: at } : grant,
  );
  return { ...subject, grants };
}

/** Roles in force, each once. */
export const rolesAt = (subject: Subject, now: Instant): readonly Role[] => [
  ...new Set(grantsAt(subject, now).map((grant) => grant.role)),
];

/** Whether the person has a place at the desk: any role but the agent's. */
export const isDeskPerson = (subject: Subject, now: Instant): boolean =>
  rolesAt(subject, now).some((role) => role !== 'A');

/** Everybody with a grant in force, for selects of people. */
export async function colleaguesOf(db: Kysely<AuthTables>, now: Instant) {
  const accounts = await listAccounts(db);
  return accounts.flatMap((one) => {
    if (one.disabled) return [];
    const all = one.grants.flatMap((row) => grantOf(row) ?? []);
    const grants = all.filter((grant) => isInForce(grant, now));
    if (grants.length === 0) return [];
    return [
      {
        personId: one.personId,
        name: one.name,
        roles: [...new Set(grants.map((grant) => grant.role))],
        areaCode: grants[0]?.areaCode ?? null,
        grants,
        ended: all.filter(({ to }) => to !== null && to <= now),
      },
    ];
  });
}
