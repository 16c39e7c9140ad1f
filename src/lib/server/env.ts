/**
 * What the county server is told by its environment, read once and refused in plain words when it
 * is wrong. docs/OPERATIONS.md lists every name.
 */
import * as z from 'zod';
import path from 'node:path';
import { fail, ok, type Result } from '../domain/values.ts';

const port = z.coerce.number().int().min(1).max(65_535);

const schema = z.object({
  DATA_DIR: z.string().min(1).default('.data/county'),
  DATABASE_URL: z.string().min(1).optional(),
  PORT: port.default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  NODE_ENV: z.string().optional(),
  DAIBAN_DEMO: z.string().optional(),
  SPREAD_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

export interface ServerEnv {
  /** Absolute folder of everything the county keeps. */
  readonly dataDir: string;
  /** Absolute file of the SQLite database. */
  readonly databaseFile: string;
  readonly port: number;
  readonly host: string;
  /** Public origin without a path, e.g. `https://xf.example.gov.cn`. */
  readonly origin: string;
  readonly production: boolean;
  readonly demo: boolean;
  readonly spreadSeconds: number;
}

const HELP: Readonly<Record<string, string>> = {
  PORT: 'PORT must be a whole number between 1 and 65535.',
  ORIGIN: 'ORIGIN must be the public address, e.g. https://xf.example.gov.cn',
  SPREAD_SECONDS: 'SPREAD_SECONDS must be a whole number between 0 and 3600.',
};

function databaseFile(url: string | undefined, dataDir: string): Result<string, string> {
  if (url === undefined) return ok(path.join(dataDir, 'daiban.sqlite'));
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length)
    return ok(path.resolve(url.slice('sqlite:'.length)));
  const scheme = url.split(':', 1)[0] ?? '';
  const why = /^postgres(ql)?$/.test(scheme)
    ? 'PostgreSQL is not served by this version yet.'
    : 'It names no database that this version knows.';
  return fail(
    `DATABASE_URL: ${why} Supported today: sqlite:FILE (default sqlite:DATA_DIR/daiban.sqlite).`,
  );
}

/** The settings, or every complaint about them, each a sentence that says what to do. */
export function readEnv(env: NodeJS.ProcessEnv): Result<ServerEnv, readonly string[]> {
  const parsed = schema.safeParse(env);
  if (!parsed.success)
    return fail(
      parsed.error.issues.map(({ path: [name], message }) => {
        return HELP[String(name)] ?? `${String(name)}: ${message}`;
      }),
    );
  const { DATA_DIR, DATABASE_URL, PORT, HOST, ORIGIN, NODE_ENV, DAIBAN_DEMO } = parsed.data;
  const production = NODE_ENV === 'production';
  const dataDir = path.resolve(DATA_DIR);
  const file = databaseFile(DATABASE_URL, dataDir);
  if (!file.ok) return fail([file.error]);
  if (production && ORIGIN === undefined)
    return fail(['ORIGIN is missing: the public address that browsers use. ' + HELP.ORIGIN]);
  return ok({
    dataDir,
    databaseFile: file.value,
    port: PORT,
    host: HOST,
    origin: new URL(ORIGIN ?? `http://localhost:${PORT}`).origin,
    production,
    demo: DAIBAN_DEMO === '1',
    spreadSeconds: parsed.data.SPREAD_SECONDS,
  });
}
