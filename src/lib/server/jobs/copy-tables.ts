/**
 * Every row of every table from one database to another, also from one kind to the other. Both
 * stand at the same migrations; the caller holds the transactions, so that what is read is one
 * moment and what is written is there completely or not at all.
 */
import { sql, type Kysely, type TableMetadata } from 'kysely';
import type { AllTables } from '../container.ts';
import { num } from '../store/rows.ts';

const ROWS_AT_ONCE = 200;
/** The migrations' own lists stay each database's own. */
const OWN = /(^|_)migration(_lock)?$/;
/** Named by others' foreign keys, so they go first. */
const FIRST = ['user'];

type Row = Record<string, unknown>;
type Loose = Kysely<Record<string, Row>>;

/** One end of the copy. */
export interface CopyEnd {
  readonly db: Kysely<AllTables>;
  readonly kind: 'sqlite' | 'postgres';
}

const loose = ({ db }: CopyEnd): Loose => db as unknown as Loose;

/** The tables of a county's database, in an order that foreign keys allow. */
export async function tablesOf(end: CopyEnd): Promise<readonly TableMetadata[]> {
  const all = await loose(end).introspection.getTables();
  const rank = ({ name }: TableMetadata) => (FIRST.includes(name) ? 0 : 1);
  return all
    .filter(({ name, isView }) => !isView && !OWN.test(name))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** What a value of one database is in a column of another. */
export function asColumn(value: unknown, dataType: string): unknown {
  const type = dataType.toLowerCase();
  if (value === null || value === undefined) return null;
  if (type.startsWith('bool')) return value === true || value === 1;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint' || (typeof value === 'string' && type.includes('int')))
    return Number(value);
  return value;
}

async function* pages({ db, kind }: CopyEnd, table: string): AsyncGenerator<readonly Row[]> {
  if (kind === 'postgres') {
    await sql`DECLARE copied NO SCROLL CURSOR FOR SELECT * FROM ${sql.table(table)}`.execute(db);
    for (;;) {
      const fetch = sql<Row>`FETCH ${sql.lit(ROWS_AT_ONCE)} FROM copied`;
      const { rows } = await fetch.execute(db);
      if (rows.length === 0) break;
      yield rows;
    }
    await sql`CLOSE copied`.execute(db);
    return;
  }
  let page: Row[] = [];
  for await (const row of loose({ db, kind }).selectFrom(table).selectAll().stream()) {
    page.push(row);
    if (page.length < ROWS_AT_ONCE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function copyTable(from: CopyEnd, to: CopyEnd, table: TableMetadata): Promise<number> {
  const types = new Map(table.columns.map(({ name, dataType }) => [name, dataType]));
  let copied = 0;
  for await (const page of pages(from, table.name)) {
    const rows = page.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const type = types.get(name);
          if (type === undefined) throw new Error(`${table.name}.${name} has no place there`);
          return [name, asColumn(value, type)];
        }),
      ),
    );
    await loose(to).insertInto(table.name).values(rows).execute();
    copied += rows.length;
  }
  return copied;
}

const countOf = async (end: CopyEnd, table: string): Promise<number> => {
  const query = loose(end)
    .selectFrom(table)
    .select(({ fn }) => fn.countAll().as('n'));
  return num((await query.executeTakeFirstOrThrow()).n);
};

/**
 * Copies all tables into empty ones; answers how many rows of each. Throws when a table or column
 * of `from` has no place in `to`, or when a count differs: the caller's transaction takes it back.
 */
export async function copyTables(from: CopyEnd, to: CopyEnd): Promise<ReadonlyMap<string, number>> {
  const targets = new Map((await tablesOf(to)).map((table) => [table.name, table]));
  const copied = new Map<string, number>();
  for (const { name } of await tablesOf(from)) {
    const target = targets.get(name);
    if (target === undefined) throw new Error(`the table ${name} has no place there`);
    copied.set(name, await copyTable(from, to, target));
    const [there, here] = [await countOf(from, name), await countOf(to, name)];
    if (here !== there) throw new Error(`${name}: ${here} rows arrived of ${there}`);
  }
  return copied;
}

/** Empties every table; inside the same transaction as the copy that follows. */
export async function emptyTables(end: CopyEnd): Promise<void> {
  // The other way round: who names others goes first.
  for (const { name } of [...(await tablesOf(end))].reverse())
    await loose(end).deleteFrom(name).execute();
}
