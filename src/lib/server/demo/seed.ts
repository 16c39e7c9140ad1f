import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Actor } from '../../domain/case-event.ts';
import type { CaseEvent } from '../../domain/events.ts';
import type { Role, Subject } from '../../domain/permissions.ts';
import { sampleCountyEvents, type SampleRating } from '../../domain/samples/adapter.ts';
import { sha256OfBytes } from '../../domain/text-hash.ts';
import { assert, type CaseId, type DeviceId, type Instant } from '../../domain/values.ts';
import { randomBytes } from '../../protocol/bytes.ts';
import { CARD_SECRET_BYTES, printedCard } from '../../protocol/card.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { countAccounts, createAccount } from '../auth/accounts.ts';
import { type Container, openContainer } from '../container.ts';
import { readEnv } from '../env.ts';
import { openRoom, type Room } from '../room.ts';
import { sampleDutyNumbers, writeDutyNumbers } from '../settings/duty.ts';
import type { CountyTables } from '../store/tables.ts';
import { recordAtCounty } from '../sync/record.ts';
import { printDemoCards } from './cards.ts';
import { demoCodes } from './codes.ts';
import { liveEvents } from './live.ts';
import { type DemoAccount, demoPeople } from './people.ts';
import { type DemoRecovery, makeDemoRecovery } from './recovery.ts';

/** Accounts and rights of the demo begin here, before the first sample. */
const SINCE = '2026-01-01T00:00:00Z' as Instant;

/** What the demo wrote, so that callers can say it. */
export interface Seeded {
  readonly accounts: number;
  readonly cases: number;
  readonly events: number;
  readonly hazards: number;
}

interface Batch {
  readonly caseId: CaseId;
  readonly actor: Actor;
  readonly receivedAt: Instant;
  readonly events: CaseEvent[];
}

/** Neighbours of one case, one actor and one moment travel together, as they did. */
function batchesOf(events: readonly CaseEvent[]): Batch[] {
  const batches: Batch[] = [];
  for (const event of events) {
    const receivedAt = event.stamp.receivedAt ?? event.occurredAt;
    const { actor } = event.stamp;
    const last = batches.at(-1);
    const same =
      last?.caseId === event.caseId &&
      last.receivedAt === receivedAt &&
      last.actor.personId === actor.personId &&
      last.actor.code === actor.code;
    if (same) last.events.push(event);
    else batches.push({ caseId: event.caseId, actor, receivedAt, events: [event] });
  }
  return batches;
}

/** Appends the events under their own times: the county's clock is set to each batch's moment. */
async function append(
  container: Container,
  events: readonly CaseEvent[],
  saltOf: (caseId: CaseId) => string,
): Promise<void> {
  for (const batch of batchesOf(events)) {
    const clock = { ...container.sync.clock, now: () => batch.receivedAt };
    const done = await recordAtCounty<Subject>(
      { ...container.sync, clock },
      {
        actor: batch.actor,
        caseId: batch.caseId,
        salt: saltOf(batch.caseId),
        follow: false,
        events: batch.events.map(({ id, type, v, occurredAt, payload }) => ({
          id,
          type,
          v,
          occurredAt,
          payload,
        })),
      },
    );
    assert(done.ok, 'sample events are recorded as they are');
  }
}

/** Case numbers go on after those of the samples. */
async function raiseCounters(container: Container, events: readonly CaseEvent[]): Promise<void> {
  const highest = new Map<string, number>();
  for (const event of events) {
    const { caseNo } = event.payload as { caseNo?: string };
    if (caseNo === undefined) continue;
    const year = caseNo.slice(8, 12);
    highest.set(year, Math.max(highest.get(year) ?? 0, Number(caseNo.slice(12))));
  }
  const counters = [...highest].map(([year, value]) => ({ name: `case_no.${year}`, value }));
  await container.store.transact(container.county, (tx) => tx.write({ counters }));
}

/** The tablets that the samples were taken with: letter A is used up, the next one gets B. */
async function enrolTablets(container: Container, people: readonly DemoAccount[]): Promise<void> {
  const now = container.clock.now();
  const devices = people
    .filter((one) => one.code === 'A' && one.personId !== 'A14')
    .map((one, i) => ({
      dv: `sample-tablet-${one.personId}`.padEnd(22, '0') as DeviceId,
      personId: one.personId as Actor['personId'],
      letter: 'A',
      lastDs: 0,
      dsHi: 0,
      build: 'demo',
      enrolledAt: SINCE,
      lastSeenAt: new Date(Date.parse(now) - (i * 3 + 1) * 3_600_000).toISOString() as Instant,
      offsetSeconds: 2,
      report: { unsent: 0 },
    }));
  await container.store.transact(container.county, (tx) => tx.write({ devices }));
}

async function makeAccounts(room: Room, people: readonly DemoAccount[]): Promise<void> {
  for (const one of people) {
    const grant = {
      role: one.code satisfies Role,
      ...(one.area === null ? {} : { areaCode: one.area }),
      ...(one.unit === null ? {} : { unitId: one.unit }),
      sealedList: one.sealedList,
      from: SINCE,
    };
    const { personId, user, name, passphrase } = one;
    await createAccount(
      room.accounts,
      { personId, userName: user, name, passphrase, grants: [grant] },
      'demo',
    );
  }
}

/** Every agent's card, as the desk would print it; the county knows nothing of it. */
const withCards = (people: readonly DemoAccount[]): Promise<DemoAccount[]> =>
  Promise.all(
    people.map(async (one) => {
      if (one.code !== 'A') return one;
      const card = {
        vaultId: toBase64Url(randomBytes(16)),
        secret: randomBytes(CARD_SECRET_BYTES),
      };
      const digest = (bytes: Uint8Array) => Promise.resolve(sha256OfBytes(bytes));
      return { ...one, card: (await printedCard(digest, card)).qr };
    }),
  );

/** Ratings in clear, as the rating desk of the demo would open them; the log holds only boxes. */
const openedRatings = (ratings: readonly SampleRating[]) =>
  Object.fromEntries(
    ratings.map(({ ratingId, values, reason }) => [ratingId, { ...values, reason }]),
  );

/**
 * Fills an empty data directory with 北禾县: people, the 20 sample cases with their whole history,
 * hazards, and a few cases that are still on their way. Refuses production and real data.
 */
export async function seedDemo(into: {
  readonly dataDir: string;
  /** `DATABASE_URL`; without it SQLite in the data directory. */
  readonly databaseUrl?: string;
  /** With a recovery key in force, so that tablets get their locks. */
  readonly recoveryKey?: boolean;
}): Promise<Seeded> {
  const { dataDir, databaseUrl } = into;
  if (process.env.NODE_ENV === 'production')
    throw new Error('the demo has known passwords and is not made with NODE_ENV=production');
  const accountsFile = path.join(dataDir, 'demo-accounts.json');
  if (existsSync(accountsFile)) throw new Error(`${accountsFile} is there already`);
  await mkdir(dataDir, { recursive: true });
  const env = readEnv({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, DAIBAN_DEMO: '1' });
  if (!env.ok) throw new Error(env.error.join('\n'));
  const container = await openContainer(env.value);
  try {
    const room = await openRoom(container);
    if ((await countAccounts(room.accounts.db)) > 0)
      throw new Error(`${dataDir} holds accounts of a real county; the demo keeps out`);
    const people = demoPeople();
    await makeAccounts(room, people);
    const county = sampleCountyEvents();
    const live = liveEvents(container.clock.now());
    const all = [...county.events, ...county.hazards, ...live.events].sort(
      (a, b) => Date.parse(a.stamp.receivedAt ?? '') - Date.parse(b.stamp.receivedAt ?? ''),
    );
    await append(container, all, (id) => county.salts.get(id) ?? live.salts.get(id) ?? '');
    await raiseCounters(container, all);
    await enrolTablets(container, people);
    const settings = {
      db: container.db as unknown as Kysely<CountyTables>,
      county: container.county,
    };
    const director = people.find(({ code }) => code === 'O5');
    assert(director !== undefined, 'the demo has a director');
    const by = { personId: director.personId as Actor['personId'], at: SINCE };
    await writeDutyNumbers(settings, sampleDutyNumbers(), by);
    await writeFile(
      path.join(dataDir, 'demo-ratings.json'),
      `${JSON.stringify(openedRatings(county.ratings), null, 2)}\n`,
    );
    const recovery: DemoRecovery | null = into.recoveryKey
      ? await makeDemoRecovery(room, people, dataDir)
      : null;
    const accounts = await withCards(people);
    const cards = await printDemoCards(accounts, dataDir);
    const told = { accounts: await demoCodes(container, accounts), cards, recovery };
    // Last: its presence says that everything before it is done.
    await writeFile(accountsFile, `${JSON.stringify(told, null, 2)}\n`);
    return {
      accounts: people.length,
      cases: county.cases.length + live.salts.size,
      events: all.length,
      hazards: county.hazards.length,
    };
  } finally {
    await container.close();
  }
}
