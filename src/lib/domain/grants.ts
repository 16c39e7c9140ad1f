/** 授权: who a signed-in person is to the county. Comes from the grant table, never from a body. */
import { isAfter } from './event-time.ts';
import type { AreaCode, Instant, PersonId, UnitId } from './values.ts';

/**
 * Roles of REFERENCE 5: A 村代理员, T 乡镇信访站, O1 登记员, O2 审核员, O3 密封专员, O4 督查员/回访员,
 * O5 局长, D 单位经办, D2 单位负责人, L 领导, X 审计/督查, ADMIN 运维.
 */
export const ROLES = [
  'A',
  'T',
  'O1',
  'O2',
  'O3',
  'O4',
  'O5',
  'D',
  'D2',
  'L',
  'X',
  'ADMIN',
] as const;
export type Role = (typeof ROLES)[number];

export interface Grant {
  readonly role: Role;
  /** Any 12-digit code; its significant digits are the scope (village 12, township 9, county 6). */
  readonly areaCode: AreaCode | null;
  /** Unit of D and D2; for a township that acts as unit its own 12-digit code. */
  readonly unitId: UnitId | null;
  readonly from: Instant;
  /** Null while it has no end. */
  readonly to: Instant | null;
  /** 密封白名单. */
  readonly sealedList?: boolean;
}

export interface Subject {
  readonly personId: PersonId;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** In force from `from` (inclusive) to `to` (exclusive). */
export const isInForce = (grant: Grant, at: Instant): boolean =>
  !isAfter(grant.from, at) && (grant.to === null || isAfter(grant.to, at));

/** Grants in force at an instant. */
export const grantsAt = (subject: Subject, at: Instant): readonly Grant[] =>
  subject.grants.filter((g) => isInForce(g, at));

/** A text that changes whenever the grants in force change. */
export const grantsPrint = (subject: Subject, at: Instant): string =>
  grantsAt(subject, at)
    .map((g) => [g.role, g.areaCode, g.unitId, g.from, g.to, g.sealedList === true].join('|'))
    .toSorted()
    .join('\n');
