import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { admin, twoFactor, username } from 'better-auth/plugins';
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { hashPassphrase, PASSPHRASE_MAX, PASSPHRASE_MIN, verifyPassphrase } from './password.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import type { AuthTables } from './tables.ts';

export interface AuthSettings {
  /** `sqlite` or `postgres`: only decides column types of better-auth's own tables. */
  readonly dialect: 'sqlite' | 'postgres';
  /** 32 random bytes and more; signs cookies. */
  readonly secret: string;
  /** Public origin, e.g. `https://xf.example.gov.cn`. */
  readonly origin: string;
}

/** A tablet stays signed in this long without the server; desks leave after DESK_IDLE. */
export const SESSION_DAYS = 30;
/** A desk session that was not used for this long is over. */
export const DESK_IDLE_MINUTES = 30;
/** However busy it is, a desk session is over after a working day. */
export const DESK_HOURS = 12;
/** However often it is used, a tablet asks for the passphrase once in half a year. */
export const TABLET_DAYS = 180;
/** How often a used session is written again. */
const TOUCH_SECONDS = 60;

/** Latin letters, digits, Chinese: a village agent may sign in as 王春生. */
export const USER_NAME = /^[\p{L}\p{N}_.-]{2,30}$/u;

function options(db: Kysely<AuthTables>, settings: AuthSettings) {
  const secure = settings.origin.startsWith('https:');
  return {
    appName: '代办通',
    database: {
      db,
      type: settings.dialect,
      // Node and one SQLite connection: a transaction of ours may be open beside a request.
      transaction: false,
    },
    secret: settings.secret,
    baseURL: settings.origin,
    basePath: '/api/auth',
    trustedOrigins: [settings.origin],
    telemetry: { enabled: false },
    logger: { level: 'error' as const },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSPHRASE_MIN,
      maxPasswordLength: PASSPHRASE_MAX,
      password: {
        hash: hashPassphrase,
        verify: ({ hash, password }: { hash: string; password: string }) =>
          verifyPassphrase(hash, password),
      },
    },
    session: {
      expiresIn: SESSION_DAYS * 86_400,
      updateAge: TOUCH_SECONDS,
      cookieCache: { enabled: false },
    },
    // Our own limiter (rate-limit.ts) stands in front of every way in.
    rateLimit: { enabled: false },
    advanced: {
      useSecureCookies: false, // the name carries the prefix itself
      cookiePrefix: secure ? '__Host-daiban' : 'daiban',
      defaultCookieAttributes: {
        httpOnly: true,
        sameSite: 'strict' as const,
        secure,
        path: '/',
      },
      database: { generateId: () => randomBytes(16).toString('base64url') },
    },
    plugins: [
      username({
        minUsernameLength: 2,
        maxUsernameLength: 30,
        usernameValidator: (name: string) => USER_NAME.test(name),
      }),
      admin(),
      twoFactor({
        issuer: '代办通',
        backupCodeOptions: {
          storeBackupCodes: 'encrypted' as const,
          customBackupCodesGenerate: newRecoveryCodes,
        },
      }),
    ],
  } satisfies BetterAuthOptions;
}

/** Accounts and sessions over the county's own connection; sign-up is closed. */
export const createAuth = (db: Kysely<AuthTables>, settings: AuthSettings) =>
  betterAuth(options(db, settings));

export type Auth = ReturnType<typeof createAuth>;

/** Makes or completes the tables of better-auth and of our grants. Forward only. */
export async function migrateAuth(db: Kysely<AuthTables>, settings: AuthSettings): Promise<void> {
  const plan = await getMigrations(options(db, settings));
  await plan.runMigrations();
  await db.schema
    .createTable('account_grant')
    .ifNotExists()
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('area_code', 'text')
    .addColumn('unit_id', 'text')
    .addColumn('sealed_list', 'integer', (c) => c.notNull())
    .addColumn('from_at', 'text', (c) => c.notNull())
    .addColumn('to_at', 'text')
    .addColumn('made_by', 'text', (c) => c.notNull())
    .addColumn('made_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('account_grant_person')
    .ifNotExists()
    .on('account_grant')
    .column('person_id')
    .execute();
  await db.schema
    .createTable('second_factor_used')
    .ifNotExists()
    .addColumn('code_hash', 'text', (c) => c.primaryKey())
    .addColumn('used_at_ms', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('setup_link')
    .ifNotExists()
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('made_at', 'text', (c) => c.notNull())
    .addColumn('used_at', 'text')
    .execute();
}
