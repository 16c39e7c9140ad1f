/**
 * What the county server is told by its environment, read once and refused in plain words when it
 * is wrong. docs/OPERATIONS.md lists every name; a test holds the two together.
 */
import * as z from 'zod';
import path from 'node:path';
import { fail, ok, type Result } from '../domain/values.ts';
import { evidenceKeyFile } from './evidence/key.ts';
import { shipTarget, SHIP_HELP, type ShipTarget } from './evidence/ship-target.ts';
import { intakeKeyFile, sealingKeyFile } from './intake-keys/key-ring.ts';
import { ratingKeyFile } from './rating/key.ts';

const SECRET_MIN = 32;
/** A number as people write one: zod's own coercion reads blanks, `0x10` and nothing at all as one too. */
const decimal = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/)
  .transform(Number);
const whole = (least: number, most: number) => decimal.pipe(z.int().min(least).max(most));
const port = whole(1, 65_535);
const yes = z.enum(['0', '1']).default('0');
const seconds = (least: number) => whole(least, 3_600);

const schema = z.object({
  ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  DATA_DIR: z.string().default('.data/county'),
  DATABASE_URL: z.string().optional(),
  MEDIA_DIR: z.string().optional(),
  BACKUP_DIR: z.string().optional(),
  BACKUP_EVERY_MINUTES: whole(0, 1_440).optional(),
  BACKUP_PLAIN: yes,
  SENTINEL_DIR: z.string().optional(),
  PORT: port.default(3000),
  HOST: z.string().default('0.0.0.0'),
  AUTH_SECRET: z.string().min(SECRET_MIN).optional(),
  RATING_KEY_FILE: z.string().optional(),
  INTAKE_KEY_FILE: z.string().optional(),
  EVIDENCE_KEY_FILE: z.string().optional(),
  SEALING_KEY_FILE: z.string().optional(),
  AUDIT_SHIP: z.string().optional(),
  TABLET_VAULTS: z.enum(['0', '1']).default('1'),
  ENROLMENT_CODES: z.enum(['0', '1']).optional(),
  REQUIRE_SECOND_FACTOR: z.enum(['0', '1']).optional(),
  PROVE_MINUTES: decimal.pipe(z.number().min(0.05).max(720)).optional(),
  SPREAD_SECONDS: seconds(0).default(120),
  MIN_BUILD: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .default('0'),
  ADDRESS_HEADER: z.string().optional(),
  XFF_DEPTH: whole(1, 9).optional(),
  BODY_SIZE_LIMIT: z.stringFormat('size', /^\d+[KMG]?$/).default('2M'),
  SHUTDOWN_TIMEOUT: seconds(1).default(10),
  NODE_ENV: z.string().optional(),
  DAIBAN_DEMO: yes,
});

/** Every name that the server reads, in the order of docs/OPERATIONS.md. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

export interface ServerEnv {
  /** Absolute folder of everything the county keeps. */
  readonly dataDir: string;
  /** Absolute file of the SQLite database; with `postgresUrl` nothing lies there. */
  readonly databaseFile: string;
  /** Address of the PostgreSQL that keeps the county; null: SQLite does. */
  readonly postgresUrl: string | null;
  /** Absolute folder of the media; nodes of one county share it. */
  readonly mediaDir: string;
  /** Absolute folder of the backups; best on another disk. */
  readonly backupDir: string;
  /** The server makes a backup this often by itself; 0: never. */
  readonly backupEveryMinutes: number;
  /** Backups in clear, although they could be sealed to the recovery key. */
  readonly backupPlain: boolean;
  /** Absolute folder outside `dataDir` for the second high-water mark; null: there is none. */
  readonly sentinelDir: string | null;
  readonly port: number;
  readonly host: string;
  /** Public origin without a path, e.g. `https://xf.example.gov.cn`. */
  readonly origin: string;
  readonly production: boolean;
  readonly demo: boolean;
  readonly spreadSeconds: number;
  /** Tablets with an older program are told to update; they are never refused. */
  readonly minBuild: string;
  /** Signs cookies; null: made once in the data folder. */
  readonly authSecret: string | null;
  /** Absolute file of the rating key, outside the data folder. */
  readonly ratingKeyFile: string;
  /** Absolute file of the intake keys, outside the data folder; nodes of one county share it. */
  readonly intakeKeyFile: string;
  /** Absolute file of the key that signs receipts, outside the data folder; nodes share it. */
  readonly evidenceKeyFile: string;
  /** Absolute file of the keys of sealed cases, outside the data folder; nodes share it. */
  readonly sealingKeyFile: string;
  /** Where the audit goes as it is written; null: nowhere but the database. */
  readonly auditShip: ShipTarget | null;
  /** A tablet that is signed in anew gets a vault, once the county has a recovery key. */
  readonly tabletVaults: boolean;
  /** A tablet that the county does not know asks for a code of the county before it is let in. */
  readonly enrolmentCodes: boolean;
  /** Whether the county's own people reach nothing before they have a second factor. */
  readonly requireSecondFactor: boolean;
  /** An export or a change of accounts asks again who one is when that is longer ago. */
  readonly proveMinutes: number;
  /** What the web server underneath reads by itself, checked here. */
  readonly web: Readonly<Record<'BODY_SIZE_LIMIT' | 'SHUTDOWN_TIMEOUT', string>>;
}

const HELP: Readonly<Record<string, string>> = {
  PORT: 'PORT must be a whole number between 1 and 65535.',
  ORIGIN: 'ORIGIN must be the public address, e.g. https://xf.example.gov.cn',
  AUTH_SECRET: `AUTH_SECRET must have ${SECRET_MIN} characters or more, or be left away: then it is made once.`,
  PROVE_MINUTES: 'PROVE_MINUTES must be a number of minutes between 0.05 and 720.',
  TABLET_VAULTS: 'TABLET_VAULTS must be 1 or 0.',
  ENROLMENT_CODES: 'ENROLMENT_CODES must be 1 or 0.',
  REQUIRE_SECOND_FACTOR: 'REQUIRE_SECOND_FACTOR must be 1 or 0.',
  BACKUP_PLAIN: 'BACKUP_PLAIN must be 1 or 0.',
  DAIBAN_DEMO: 'DAIBAN_DEMO must be 1 or 0.',
  SPREAD_SECONDS: 'SPREAD_SECONDS must be a whole number between 0 and 3600.',
  SHUTDOWN_TIMEOUT: 'SHUTDOWN_TIMEOUT must be a whole number of seconds between 1 and 3600.',
  MIN_BUILD: 'MIN_BUILD must be a version as 设备 shows it in small figures, e.g. 1795321554719.',
  BODY_SIZE_LIMIT: 'BODY_SIZE_LIMIT must be a number of bytes, or one with K, M or G, e.g. 2M.',
  BACKUP_EVERY_MINUTES: 'BACKUP_EVERY_MINUTES must be a whole number between 0 (never) and 1440.',
  XFF_DEPTH: 'XFF_DEPTH must be the number of proxies in front, 1 to 9.',
};

type Database = Pick<ServerEnv, 'databaseFile' | 'postgresUrl'>;

function databaseOf(url: string | undefined, dataDir: string): Result<Database, string> {
  const standard = path.join(dataDir, 'daiban.sqlite');
  if (url === undefined) return ok({ databaseFile: standard, postgresUrl: null });
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length)
    return ok({ databaseFile: path.resolve(url.slice('sqlite:'.length)), postgresUrl: null });
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url) && new URL(url).pathname.length > 1)
    return ok({ databaseFile: standard, postgresUrl: url });
  return fail(
    'DATABASE_URL names no database that this version knows. Write sqlite:FILE ' +
      '(default sqlite:DATA_DIR/daiban.sqlite) or postgres://USER:PASSWORD@HOST:5432/DATABASE',
  );
}

/** Whether browsers treat the origin as safe: tablets work offline on no other. */
function isSecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** What only a county in earnest must have. */
function productionFaults({
  ORIGIN,
  DAIBAN_DEMO,
}: Pick<z.infer<typeof schema>, 'ORIGIN' | 'DAIBAN_DEMO'>): string[] {
  const faults: string[] = [];
  if (ORIGIN === undefined)
    faults.push('ORIGIN is missing: the public address that browsers use. ' + HELP.ORIGIN);
  else if (!isSecure(ORIGIN))
    faults.push('ORIGIN must begin with https:// — without it no tablet works offline.');
  if (DAIBAN_DEMO === '1')
    faults.push('DAIBAN_DEMO=1 has known passwords and does not go with NODE_ENV=production.');
  return faults;
}

const isInside = (dir: string, file: string) =>
  !path.relative(dir, file).startsWith('..') && !path.isAbsolute(path.relative(dir, file));

/** `SENTINEL_DIR`, else the folder of the backups when that is not inside the data folder. */
function sentinelOf({ SENTINEL_DIR, BACKUP_DIR }: z.infer<typeof schema>, dataDir: string) {
  if (SENTINEL_DIR !== undefined) return path.resolve(SENTINEL_DIR);
  const dir = BACKUP_DIR === undefined ? null : path.resolve(BACKUP_DIR);
  return dir === null || isInside(dataDir, dir) ? null : dir;
}

/** Every complaint when some do not even have their shape: what can be judged beside them is. */
function allFaults(given: NodeJS.ProcessEnv, issues: readonly z.core.$ZodIssue[]): string[] {
  const faults = issues.map(({ path: [name], message }) => {
    return HELP[String(name)] ?? `${String(name)}: ${message}`;
  });
  const wrong = new Set(issues.map(({ path: [name] }) => name));
  const database = databaseOf(given['DATABASE_URL'], '.');
  if (!database.ok) faults.push(database.error);
  if (given.NODE_ENV === 'production' && !wrong.has('ORIGIN')) {
    const DAIBAN_DEMO = given['DAIBAN_DEMO'] === '1' ? '1' : '0';
    faults.push(...productionFaults({ ORIGIN: given['ORIGIN'], DAIBAN_DEMO }));
  }
  return faults;
}

/** The settings, or every complaint about them, each a sentence that says what to do. */
export function readEnv(env: NodeJS.ProcessEnv): Result<ServerEnv, readonly string[]> {
  // An empty variable is one that was not given.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) return fail(allFaults(given, parsed.error.issues));
  const all = parsed.data;
  const production = all.NODE_ENV === 'production';
  const dataDir = path.resolve(all.DATA_DIR);
  const keyFile = ratingKeyFile(dataDir, all.RATING_KEY_FILE);
  const intakeFile = intakeKeyFile(dataDir, all.INTAKE_KEY_FILE);
  const database = databaseOf(all.DATABASE_URL, dataDir);
  const faults = production ? productionFaults(all) : [];
  if (!database.ok) faults.push(database.error);
  if (isInside(dataDir, keyFile))
    faults.push('RATING_KEY_FILE must lie outside DATA_DIR: a copy of the data opens no rating.');
  if (isInside(dataDir, intakeFile))
    faults.push('INTAKE_KEY_FILE must lie outside DATA_DIR: a copy of the data opens no tablet.');
  const evidenceFile = evidenceKeyFile(dataDir, all.EVIDENCE_KEY_FILE);
  if (isInside(dataDir, evidenceFile))
    faults.push('EVIDENCE_KEY_FILE must lie outside DATA_DIR: a copy of the data signs nothing.');
  const sealingFile = sealingKeyFile(dataDir, all.SEALING_KEY_FILE);
  if (isInside(dataDir, sealingFile))
    faults.push('SEALING_KEY_FILE must lie outside DATA_DIR: a copy of the data opens no case.');
  const ship = all.AUDIT_SHIP === undefined ? null : shipTarget(all.AUDIT_SHIP);
  if (all.AUDIT_SHIP !== undefined && ship === null) faults.push(SHIP_HELP);
  if (!database.ok || faults.length > 0) return fail(faults);
  return ok({
    dataDir,
    ...database.value,
    mediaDir: path.resolve(all.MEDIA_DIR ?? path.join(dataDir, 'media')),
    backupDir: path.resolve(all.BACKUP_DIR ?? path.join(dataDir, 'backups')),
    // The sample county is made anew at will; it copies itself only when somebody says so.
    backupEveryMinutes: all.BACKUP_EVERY_MINUTES ?? (all.DAIBAN_DEMO === '1' ? 0 : 60),
    backupPlain: all.BACKUP_PLAIN === '1',
    sentinelDir: sentinelOf(all, dataDir),
    port: all.PORT,
    host: all.HOST,
    origin: new URL(all.ORIGIN ?? `http://localhost:${all.PORT}`).origin,
    production,
    demo: all.DAIBAN_DEMO === '1',
    ...{ spreadSeconds: all.SPREAD_SECONDS, minBuild: all.MIN_BUILD },
    authSecret: all.AUTH_SECRET ?? null,
    ratingKeyFile: keyFile,
    ...{ intakeKeyFile: intakeFile, sealingKeyFile: sealingFile },
    ...{ evidenceKeyFile: evidenceFile, auditShip: ship },
    tabletVaults: all.TABLET_VAULTS === '1',
    enrolmentCodes:
      (all.ENROLMENT_CODES ?? (production || all.DAIBAN_DEMO === '1' ? '1' : '0')) === '1',
    requireSecondFactor: (all.REQUIRE_SECOND_FACTOR ?? (production ? '1' : '0')) === '1',
    // The passphrases of the sample county are known: asking often would prove nothing there.
    proveMinutes: all.PROVE_MINUTES ?? (all.DAIBAN_DEMO === '1' ? 60 : 5),
    web: {
      BODY_SIZE_LIMIT: all.BODY_SIZE_LIMIT,
      SHUTDOWN_TIMEOUT: String(all.SHUTDOWN_TIMEOUT),
    },
  });
}
