/** Photos and recordings of sealed cases: which they are, and those of before go under the keys. */
import type { Kysely } from 'kysely';
import type { PersonId, Sha256 } from '../../domain/values.ts';
import type { MediaStore } from '../../ports/media-store.ts';
import type { CountyTables } from '../store/tables.ts';
import { senderOf } from '../sync/media-rows.ts';

export interface FilesOf {
  readonly db: Kysely<CountyTables>;
  readonly county: string;
  readonly media: MediaStore;
}
/** The same of a container, whose tables are more. */
type Held = Pick<FilesOf, 'county' | 'media'> & { readonly db: unknown };

const tablesOf = ({ db }: Held) => db as Kysely<CountyTables>;

/** Whether one of the cases that a file was sent for is sealed. */
export async function anySealed(
  of: Held,
  rows: readonly { readonly caseId: string }[],
): Promise<boolean> {
  const query = tablesOf(of).selectFrom('cases').select('case_id').where('sealed', '=', 1);
  const ids = rows.map(({ caseId }) => caseId);
  const row = await query.where('county', '=', of.county).where('case_id', 'in', ids).limit(1);
  return (await row.executeTakeFirst()) !== undefined;
}

/**
 * Brings the files of sealed cases under the keys, but for those that an open case has, too; how
 * many. `cases`: of these alone. Run again it does nothing.
 */
export async function sealFiles(of: Held, cases?: ReadonlySet<string>): Promise<number> {
  const tables = tablesOf(of);
  const { county, media } = of;
  const query = tables
    .selectFrom('media_files as m')
    .innerJoin('cases as c', (join) =>
      join.onRef('c.county', '=', 'm.county').onRef('c.case_id', '=', 'm.case_id'),
    )
    .select(['m.sha', 'm.case_id', 'm.person_id', 'm.bytes', 'm.state', 'c.sealed'])
    .where('m.county', '=', county);
  const own = query.where('c.sealed', '=', 1);
  const rows = await (cases ? own.where('c.case_id', 'in', [...cases]) : own).execute();
  let sealed = 0;
  for (const [sha, theirs] of Map.groupBy(rows, (row) => row.sha as Sha256)) {
    const open = query.where('m.sha', '=', sha).where('c.sealed', '=', 0).limit(1);
    if ((await open.executeTakeFirst()) !== undefined) continue;
    for (const { person_id, bytes, state } of theirs)
      if (state === 'wanted')
        await media.forgetPlain({ sha, bytes: Number(bytes), by: senderOf(person_id as PersonId) });
    if (await media.seal(sha)) sealed += 1;
  }
  return sealed;
}
