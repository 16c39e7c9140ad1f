/**
 * SELECTs of every exchange whose SQL is made once: making it anew costs more than what the
 * database does with it. Only the text is kept, every answer is asked for anew.
 */
import { CompiledQuery, type Compilable, type Kysely } from 'kysely';
import { assert } from '../../domain/values.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;

/** Texts by name and number of parameters; databases of one kind share them. */
const kept = new WeakMap<object, Map<string, string>>();

/** Names are told apart by `name` and the number of `parameters`, which stand in the SQL's order. */
export interface Asked<R> {
  readonly name: string;
  readonly parameters: readonly unknown[];
  readonly query: () => Compilable<R>;
}

function textOf<R>(db: Db, { name, parameters, query }: Asked<R>): string {
  const { adapter } = db.getExecutor();
  const texts = kept.get(adapter) ?? new Map<string, string>();
  kept.set(adapter, texts);
  const key = `${name}/${parameters.length}`;
  const text = texts.get(key);
  if (text !== undefined) return text;
  const made = query().compile();
  const inOrder = made.parameters.every((one, index) => one === parameters[index]);
  const all = made.parameters.length === parameters.length;
  assert(inOrder && all, 'a kept text takes its parameters in their order');
  texts.set(key, made.sql);
  return made.sql;
}

/** The rows of a query whose text is kept. */
export async function rowsOf<R>(db: Db, asked: Asked<R>): Promise<R[]> {
  const text = CompiledQuery.raw(textOf(db, asked), [...asked.parameters]);
  return (await db.executeQuery<R>(text)).rows;
}

/** The first row of such a query. */
export async function firstOf<R>(db: Db, asked: Asked<R>): Promise<R | undefined> {
  return (await rowsOf(db, asked))[0];
}

/** A list with its last element repeated up to a power of two: few texts of SQL are enough. */
export function padded<T>(list: readonly T[]): T[] {
  const full = [...list];
  const [last] = list.slice(-1);
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, list.length)));
  while (last !== undefined && full.length < length) full.push(last);
  return full;
}
