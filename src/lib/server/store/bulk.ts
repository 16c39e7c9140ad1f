/**
 * INSERTs of many rows whose SQL is made once for each number of rows: making it anew costs more
 * than what the database does with it. Rows go in powers of two, so that few texts are enough.
 */
import { CompiledQuery, sql, type Insertable, type Kysely } from 'kysely';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;
type Row = Readonly<Record<string, unknown>>;

/** Rows of one INSERT: far below the parameter limits of both databases. */
const ROWS_PER_INSERT = 128;

/** A table, and for rows that may be there the key by which they are rewritten. */
export interface Into<K extends keyof CountyTables> {
  readonly table: K;
  readonly key?: readonly (keyof Insertable<CountyTables[K]> & string)[];
}

interface Text {
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Texts by table and number of rows; databases of one kind share them. */
const kept = new WeakMap<object, Map<string, Text>>();

function written(db: Db, { table, key }: Into<never>, rows: readonly Row[]): Text {
  const columns = Object.keys(rows[0] ?? {});
  const into = db.insertInto(table).values(rows as never);
  if (key === undefined) return { sql: into.compile().sql, columns };
  const rest = columns.filter((name) => !key.some((part) => part === name));
  const update = Object.fromEntries(rest.map((name) => [name, sql.ref(`excluded.${name}`)]));
  const upsert = into.onConflict((on) => {
    const clash = on.columns([...key]);
    return rest.length === 0 ? clash.doNothing() : clash.doUpdateSet(update as never);
  });
  return { sql: upsert.compile().sql, columns };
}

function textFor(db: Db, into: Into<never>, rows: readonly Row[]): Text {
  const { adapter } = db.getExecutor();
  const texts = kept.get(adapter) ?? new Map<string, Text>();
  kept.set(adapter, texts);
  const name = `${String(into.table)}/${into.key === undefined ? '' : 'key'}/${rows.length}`;
  const text = texts.get(name) ?? written(db, into, rows);
  texts.set(name, text);
  return text;
}

/** Inserts rows, or with a key rewrites those that are there. All rows have the same columns. */
export async function insertAll<K extends keyof CountyTables>(
  db: Db,
  into: Into<K>,
  rows: readonly Insertable<CountyTables[K]>[],
): Promise<void> {
  const all = rows as readonly Row[];
  for (let at = 0; at < all.length;) {
    const left = Math.min(ROWS_PER_INSERT, all.length - at);
    const some = all.slice(at, at + 2 ** Math.floor(Math.log2(left)));
    const { sql: text, columns } = textFor(db, into as Into<never>, some);
    const parameters: unknown[] = [];
    for (const row of some) for (const name of columns) parameters.push(row[name] ?? null);
    await db.executeQuery(CompiledQuery.raw(text, parameters));
    at += some.length;
  }
}
