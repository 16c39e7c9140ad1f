import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { PUBLISHED_CALENDAR } from '../domain/calendar.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { type Auth, type AuthSettings, createAuth, migrateAuth } from './auth/auth.ts';
import type { AccountDeps } from './auth/accounts.ts';
import { createRateLimiter, type Limiter, type RateLimiter } from './auth/rate-limit.ts';
import { sharedLimiter } from './auth/shared-limit.ts';
import { makeSetupToken } from './auth/setup-link.ts';
import { colleaguesOf, loadSubject } from './auth/subject.ts';
import type { AuthTables } from './auth/tables.ts';
import { createViolationLog, type ViolationLog } from './auth/violations.ts';
import type { Container } from './container.ts';
import { createCaseReader } from './desk/cases.ts';
import type { DeskActDeps } from './desk/deps.ts';
import { createLive, type Live } from './desk/live.ts';
import type { ServerEnv } from './env.ts';
import { findSeal, type FindSeal } from './desk/finding.ts';
import { ratingKeyPair } from './rating/key.ts';
import { ratingOpener } from './rating/opened.ts';
import { readDemoRatings } from './demo/ratings.ts';
import { takeInventory } from './settings/grant-inventory.ts';
import type { CountyTables } from './store/tables.ts';

/** Everything a request of desk, track or sign-in needs: the county's drivers plus its accounts. */
export interface Room {
  readonly container: Container;
  readonly auth: Auth;
  readonly accounts: AccountDeps;
  /** Counts tries for all nodes of the county together. */
  readonly limiter: Limiter;
  /** What browsers report of our policy, and who reports too much; of this node alone. */
  readonly violations: { readonly log: ViolationLog; readonly limiter: RateLimiter };
  readonly desk: DeskActDeps;
  /** Tells open pages that the log moved, on whatever node. */
  readonly live: Live;
  /** Seals what is searched for into an address. */
  readonly finds: FindSeal;
}

/** The secret that signs cookies: from the environment, else made once in the data folder. */
async function cookieSecret({ authSecret, dataDir }: ServerEnv): Promise<string> {
  if (authSecret !== null) return authSecret;
  const file = path.join(dataDir, 'auth-secret');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    await mkdir(dataDir, { recursive: true });
    const made = randomBytes(32).toString('base64url');
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    return made;
  }
}

/** Reads the ratings for the figures: the county's key opens them, the demo's samples lie open. */
function ratingsReader(env: ServerEnv): DeskActDeps['openedRatings'] {
  return ratingOpener(
    () => ratingKeyPair(env.ratingKeyFile),
    env.demo ? readDemoRatings(env.dataDir) : Promise.resolve(new Map()),
  );
}

/** Opens accounts and desk over a county that is already open. */
export async function openRoom(container: Container): Promise<Room> {
  const { env, clock, county } = container;
  const settings: AuthSettings = {
    dialect: container.database.kind,
    secret: await cookieSecret(env),
    origin: env.origin,
  };
  const authTables = container.db as unknown as Kysely<AuthTables>;
  const countyTables = container.db as unknown as Kysely<CountyTables>;
  await container.database.exclusively(() => migrateAuth(authTables, settings));
  const inventory = { db: container.db, county, intakeKeyFile: env.intakeKeyFile, now: clock.now };
  await takeInventory(inventory).catch((error: unknown) =>
    console.error('the rights that stand are not listed yet', (error as Error).name),
  );
  const auth = createAuth(authTables, settings);
  const nowMs = () => Date.parse(clock.now());
  return {
    container,
    auth,
    accounts: { db: authTables, auth, now: clock.now },
    limiter:
      container.database.kind === 'postgres'
        ? sharedLimiter(countyTables, nowMs)
        : createRateLimiter(nowMs),
    violations: {
      log: createViolationLog(clock.now(), (line) => console.warn(line)),
      limiter: createRateLimiter(nowMs),
    },
    live: createLive(container.onCommitted),
    finds: findSeal(settings.secret),
    desk: {
      db: countyTables,
      county,
      cases: createCaseReader(countyTables, county),
      store: container.store,
      sync: container.sync,
      colleagues: () => colleaguesOf(authTables, clock.now()),
      subjectOf: async (personId) => {
        const all = await colleaguesOf(authTables, clock.now());
        const one = all.find((colleague) => colleague.personId === personId);
        return one === undefined ? null : loadSubject(authTables, { id: personId, name: one.name });
      },
      endSessions: async (personId) =>
        (await auth.$context).internalAdapter.deleteUserSessions(personId),
      openedRatings: ratingsReader(env),
      calendar: PUBLISHED_CALENDAR,
      settings: DEFAULT_SETTINGS,
      now: clock.now,
    },
  };
}

/** Prints the one-time link while nobody has an account; null when somebody has. */
export async function setupLink(room: Room): Promise<string | null> {
  const token = await makeSetupToken(room.accounts);
  return token === null ? null : `${room.container.env.origin}/desk/setup?t=${token}`;
}
