/** What a PostgreSQL must be before a county is kept in it, and what it is known by. */

/** Settings as a session of ours sees them. */
export interface SessionFacts {
  /** `server_version_num`, e.g. 150018. */
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  /** A standby that only replays what another server does. */
  readonly standby: boolean;
}

/** Which server, and which of its histories: a restored or promoted copy has another timeline. */
export interface ServerIdentity {
  /** `system_identifier`: made once by initdb. */
  readonly system: string;
  /** Eight hexadecimal digits. */
  readonly timeline: string;
}

const VERSION_MIN = 15;

/** Why a county must not be kept there, with what to do; null when it may. */
export function whyNotDurable(facts: SessionFacts): string | null {
  const { version, encoding, fsync, full_page_writes, synchronous_commit, standby } = facts;
  if (version < VERSION_MIN * 10_000)
    return (
      `PostgreSQL ${Math.floor(version / 10_000)} is too old. ` +
      `Use ${VERSION_MIN} or newer: pg_upgrade, or dump and restore into a new server.`
    );
  if (standby)
    return (
      'This PostgreSQL is a standby: it only follows another server. ' +
      'Name the primary in DATABASE_URL.'
    );
  if (encoding !== 'UTF8')
    return (
      `The database is encoded in ${encoding}, in which not every name can be written. ` +
      'Create it with: createdb --encoding=UTF8 --template=template0 --locale=C.UTF-8 NAME'
    );
  if (fsync !== 'on') return notOn('fsync', fsync, 'postgresql.conf');
  if (full_page_writes !== 'on')
    return notOn('full_page_writes', full_page_writes, 'postgresql.conf');
  if (synchronous_commit === 'off')
    return notOn('synchronous_commit', 'off', 'postgresql.conf, the role and the database');
  return null;
}

const notOn = (name: string, value: string, where: string): string =>
  `PostgreSQL runs with ${name}=${value}: what the county has answered for could be gone after ` +
  `a power cut. Set ${name}=on in ${where}, reload it, and start again.`;

/** Why this is not the server that this place has promised things from; null when it is. */
export function whyAnotherServer(before: ServerIdentity, now: ServerIdentity): string | null {
  if (before.system !== now.system)
    return 'DATABASE_URL leads to another PostgreSQL than the one this place remembers.';
  if (before.timeline !== now.timeline)
    return (
      `PostgreSQL went from timeline ${before.timeline} to ${now.timeline}: a copy was restored ` +
      'or a standby was promoted, and what was committed last may be missing.'
    );
  return null;
}
