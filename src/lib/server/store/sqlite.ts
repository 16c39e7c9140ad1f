/**
 * Kysely over node:sqlite: one connection, every transaction `BEGIN IMMEDIATE`, WAL with
 * synchronous=FULL. The only file that may know that the database is SQLite.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { assert } from '../../domain/values.ts';

const STATEMENTS_KEPT_MAX = 300;
/** Pages kept in memory: indexes by random ids touch a page of their own for each new row. */
const CACHE_KIB = 65_536;
/** Pages (4 KiB) after which the WAL goes into the file: a page written often goes once. */
const WAL_PAGES = 4_000;
/** The backup command may hold the write lock for a moment. */
const BUSY_MILLISECONDS = 5_000;

/** Opens a database file with the settings the county demands, or throws when it has others. */
export function openSqlite(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
  if (file !== ':memory:') db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF');
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
  // What is written over, as the words of a case that gets sealed, does not stay in free pages.
  db.exec('PRAGMA secure_delete = ON');
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert(file === ':memory:' || pragma('journal_mode') === 'wal', 'the log runs in WAL mode');
  assert(pragma('synchronous') === 2, 'the log runs with synchronous=FULL');
  return db;
}

const asInput = (value: unknown): SQLInputValue => {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value as SQLInputValue;
};

function inputsOf(parameters: readonly unknown[]): SQLInputValue[] {
  const inputs: SQLInputValue[] = [];
  for (const one of parameters)
    inputs.push(typeof one === 'string' || typeof one === 'number' ? one : asInput(one));
  return inputs;
}

interface Prepared {
  readonly statement: StatementSync;
  /** It answers rows; asked once, for SQLite makes a new list of columns at each question. */
  readonly reads: boolean;
}

class Connection implements DatabaseConnection {
  readonly #db: DatabaseSync;
  readonly #kept = new Map<string, Prepared>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  #prepare(sql: string): Prepared {
    const kept = this.#kept.get(sql);
    if (kept !== undefined) return kept;
    const statement = this.#db.prepare(sql);
    const made = { statement, reads: statement.columns().length > 0 };
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size >= STATEMENTS_KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(sql, made);
    return made;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, reads } = this.#prepare(sql);
    const inputs = inputsOf(parameters);
    if (reads) return { rows: statement.all(...inputs) as R[] };
    const { changes, lastInsertRowid } = statement.run(...inputs);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    for (const row of this.#prepare(sql).statement.iterate(...parameters.map(asInput)))
      yield { rows: [row as R] };
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }
}

class OneConnectionDriver implements Driver {
  readonly #db: DatabaseSync;
  readonly #connection: Connection;
  #queue: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#connection = new Connection(db);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    const before = this.#queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue = promise;
    await before;
    this.#release = resolve;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release?.();
  }

  async beginTransaction(connection: Connection): Promise<void> {
    // A deferred transaction that writes later fails at once under a second writer (busy snapshot).
    connection.exec('BEGIN IMMEDIATE');
  }

  async commitTransaction(connection: Connection): Promise<void> {
    connection.exec('COMMIT');
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    // A full disk has already rolled back; another ROLLBACK would hide the first error.
    if (connection.inTransaction) connection.exec('ROLLBACK');
  }

  async savepoint(connection: Connection, name: string): Promise<void> {
    connection.exec(`SAVEPOINT ${name}`);
  }

  async rollbackToSavepoint(connection: Connection, name: string): Promise<void> {
    if (connection.inTransaction) connection.exec(`ROLLBACK TO ${name}`);
  }

  async releaseSavepoint(connection: Connection, name: string): Promise<void> {
    connection.exec(`RELEASE ${name}`);
  }

  async destroy(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }
}

class Adapter extends SqliteAdapter {
  /** SQLite rolls DDL back like anything else: a migration is there as a whole or not at all. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** The dialect for one open database; `destroy` closes it. */
export const sqliteDialect = (db: DatabaseSync): Dialect => ({
  createAdapter: () => new Adapter(),
  createDriver: () => new OneConnectionDriver(db),
  createIntrospector: (kysely: Kysely<never>) => new SqliteIntrospector(kysely),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});
