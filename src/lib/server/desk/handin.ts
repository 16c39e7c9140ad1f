/** 导入应急包: what somebody brought and the county could not take in yet, told to him who brought it. */
import type { Subject } from '../../domain/permissions.ts';
import { HELD_CODES, isHeldCode, type HeldCode } from '../../protocol/sealed-rows.ts';
import type { DeskDeps } from './deps.ts';

/** Copies that lie unopened, by the reason why; no word of them is known. */
export interface BroughtWaiting {
  readonly code: HeldCode;
  readonly n: number;
  /** When the first of them came. */
  readonly since: string;
}

/** What this person carried here and still lies unopened. */
export async function broughtWaiting(
  { db, county }: Pick<DeskDeps, 'db' | 'county'>,
  { personId }: Subject,
): Promise<readonly BroughtWaiting[]> {
  const rows = await db
    .selectFrom('dead_letter')
    .select(({ fn }) => ['code', fn.countAll().as('n'), fn.min('received_at').as('since')])
    .where('county', '=', county)
    .where('person_id', '=', personId)
    .where('code', 'in', [...HELD_CODES])
    .where('adopted_seq', 'is', null)
    .groupBy('code')
    .orderBy('code')
    .execute();
  return rows.flatMap(({ code, n, since }) =>
    isHeldCode(code) ? [{ code, n: Number(n), since }] : [],
  );
}
