/** Sealed cases beside the open county: rows of before go into boxes, a key that comes back opens. */
import type { Kysely } from 'kysely';
import type { CaseId } from '../../domain/values.ts';
import type { Container } from '../container.ts';
import { readAgain } from '../jobs/read-again.ts';
import type { CountyTables } from '../store/tables.ts';
import { sealFiles } from './files.ts';
import { inClear, rewriteAside } from './rows-at-rest.ts';

/** Cases of one transaction: an exchange waits for no more than these. */
const CASES_IN_SLICE = 10;
const ROWS_IN_SLICE = 50;
const LOOK_EVERY_MS = 60_000;

/** Brings what an older program left in clear into boxes: sealed cases, and all that is kept aside. */
export async function sealOlder(container: Container): Promise<number> {
  const { db, store, county, atRest, clearing } = container;
  let sealed = 0;
  const tables = db as unknown as Kysely<CountyTables>;
  const query = tables.selectFrom('cases').select('case_id').where('county', '=', county);
  for (let after = ''; container.open && atRest.key() !== null;) {
    const rows = await query
      .where('sealed', '=', 1)
      .where(inClear('file'))
      .where('case_id', '>', after)
      .orderBy('case_id')
      .limit(CASES_IN_SLICE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.case_id;
    const ids = rows.map(({ case_id }) => case_id as CaseId);
    await store.transact(county, async (tx) => {
      // First, like every writer: nobody appends to these cases meanwhile.
      await tx.head();
      await tx.write({ cases: [...(await tx.cases(ids)).values()] });
    });
    sealed += ids.length;
  }
  const to = { db: tables, county, atRest };
  while (container.open && atRest.key() !== null) {
    const rows = await rewriteAside(to, ROWS_IN_SLICE);
    if (rows === 0) break;
    clearing.add([]);
    sealed += rows;
  }
  return sealed + (await sealFiles(container));
}

/**
 * Looks at the file and at the recovery keys again; true when something that was shut opened and
 * what waited was read.
 */
export async function lookForKey(container: Container, changed: () => void): Promise<boolean> {
  const { atRest, sync } = container;
  if (!(await atRest.look())) return false;
  changed();
  await readAgain(sync);
  return true;
}

/** Both, until the county closes; `changed` is told when cases can be read that could not. */
export function startSealing(container: Container, changed: () => void): void {
  sealOlder(container).catch((error: unknown) =>
    console.error('sealed cases of before stand in clear', error),
  );
  if (container.atRest.isShut())
    console.error('SEALING_KEY_FILE does not open all sealed cases: they wait, nothing is lost');
  const timer = setInterval(() => {
    if (!container.open) return clearInterval(timer);
    lookForKey(container, changed).catch((error: unknown) =>
      console.error('the key of sealed cases cannot be read', error),
    );
  }, LOOK_EVERY_MS);
  timer.unref();
}
