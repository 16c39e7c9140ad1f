/**
 * Kysely over PostgreSQL: a pool whose every session was asked how durable it is. The only file
 * that opens one.
 */
import { PostgresDialect, type Dialect, type PostgresPoolClient } from 'kysely';
import { Client, Pool, types, type PoolClient, type PoolConfig } from 'pg';
import { assert, fail, ok, type Result } from '../../domain/values.ts';
import { whyNotDurable, type ServerIdentity, type SessionFacts } from './postgres-guard.ts';

/** Sessions of one process; a county's writers queue behind one row anyway. */
const SESSIONS_MAX = 10;
const CONNECT_WITHIN_MS = 10_000;
/** A writer that waits longer for the county's head row tells its tablet to come again. */
const LOCK_WITHIN_MS = 15_000;
const STATEMENT_WITHIN_MS = 60_000;
/** A node that stands still in the middle of a transaction loses it, and the others go on. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** Other nodes wait this long for the one that brings the tables to today's shape. */
const MIGRATION_WITHIN_MS = 300_000;
/** Statements that every session keeps prepared; further ones are planned each time. */
const PREPARED_MAX = 300;
/** The one advisory lock of ours: whoever changes tables holds it. */
const MIGRATION_LOCK = 230_278_001;
const INT8 = 20;

/**
 * What every session of ours is, whatever somebody sets for the role or the database later. A plan
 * that is kept would be one for the empty tables of the first day: it is made anew each time.
 */
const SESSION = [
  'plan_cache_mode=force_custom_plan',
  'default_transaction_isolation=read\\ committed',
  'default_transaction_read_only=off',
];

const FACTS = `select current_setting('server_version_num')::int as version,
  current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit, pg_is_in_recovery() as standby`;
/** The file name of the log tells the timeline at once; the control file only after a checkpoint. */
const IDENTITY = `select system_identifier::text as system,
  substring(pg_walfile_name(pg_current_wal_lsn()) for 8) as timeline from pg_control_system()`;

/** Counts and positions are far below 2^53, so they come as numbers like everywhere else. */
const asNumbers: PoolConfig['types'] = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : (types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown),
};

/** `text` holds everything but NUL, which no event carries: words lose it before they are hashed. */
const asParameter = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;

function preparing() {
  const names = new Map<string, string>();
  return (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= PREPARED_MAX) return known;
    const name = `daiban_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}

/** What Kysely calls a client: named statements, so that each is planned once a session. */
function kyselyClient(
  client: PoolClient,
  nameOf: (text: string) => string | undefined,
): PostgresPoolClient {
  const query = (text: unknown, parameters: readonly unknown[] = []): unknown => {
    assert(typeof text === 'string', 'nothing here reads through a cursor');
    if (parameters.length === 0) return client.query(text);
    const values = parameters.map(asParameter);
    const name = nameOf(text);
    return client.query(name === undefined ? { text, values } : { name, text, values });
  };
  return { query: query as PostgresPoolClient['query'], release: (bad) => client.release(bad) };
}

/** An open PostgreSQL that was found fit. */
export interface Postgres {
  readonly dialect: Dialect;
  readonly identity: ServerIdentity;
  /** Runs `work` while no other node does the same: for everything that changes tables. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

async function facts(client: Client | PoolClient): Promise<SessionFacts> {
  const { rows } = await client.query<SessionFacts>(FACTS);
  const [row] = rows;
  assert(row !== undefined, 'one question, one row');
  return row;
}

/** Asks a plain session, with whatever the server, the database and the role have set for it. */
async function look(url: string): Promise<Result<[SessionFacts, ServerIdentity], string>> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await facts(client);
    const why = whyNotDurable(found);
    if (why !== null) return fail(why);
    const { rows } = await client.query<ServerIdentity>(IDENTITY);
    const [identity] = rows;
    assert(identity !== undefined, 'a server has an identity');
    return ok([found, identity]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      `DATABASE_URL: PostgreSQL does not answer (${why}). ` +
        'Check that it runs, that the address, user and password are right, and start again.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

const poolOf = (url: string, { synchronous_commit }: SessionFacts): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: SESSIONS_MAX,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    lock_timeout: LOCK_WITHIN_MS,
    statement_timeout: STATEMENT_WITHIN_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    options: SESSION.concat(`synchronous_commit=${synchronous_commit}`)
      .map((set) => `-c ${set}`)
      .join(' '),
    application_name: 'daiban',
    types: asNumbers,
    verify: (client, done) => {
      const refuse = (why: string | null) => done(why === null ? undefined : new Error(why));
      facts(client).then((found) => refuse(whyNotDurable(found)), done);
    },
  });
  // A session that breaks while nobody uses it is replaced at the next use.
  pool.on('error', (error) => console.error('a session of PostgreSQL broke:', error.message));
  // One that breaks in the middle of work fails that work; unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

async function underLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, lock_timeout: MIGRATION_WITHIN_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    // The lock goes with its session.
    await client.end().catch(() => undefined);
  }
}

/** Opens a pool, or says in plain words why a county must not be kept there. */
export async function openPostgres(url: string): Promise<Result<Postgres, string>> {
  const looked = await look(url);
  if (!looked.ok) return looked;
  const [found, identity] = looked.value;
  const pool = poolOf(url, found);
  const nameOf = preparing();
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    const before = known.get(client);
    if (before !== undefined) return before;
    const made = kyselyClient(client, nameOf);
    known.set(client, made);
    return made;
  };
  const dialect = new PostgresDialect({
    pool: { connect, end: () => pool.end(), options: pool.options },
  });
  return ok({ dialect, identity, exclusively: (work) => underLock(url, work) });
}
