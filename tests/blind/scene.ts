/** A tablet with a lock and a county that has named its sealing key; the line between them is real. */
import 'fake-indexeddb/auto';
import { takingOf } from '../../bench/workload.ts';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import type { AreaCode, Instant, PersonId, Result } from '../../src/lib/domain/values.ts';
import { firstSync } from '../../src/lib/ports/tablet-store.ts';
import type { Recipient } from '../../src/lib/protocol/sealed.ts';
import { recipientsOf, sealingRecipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { HANDIN_PATH } from '../../src/lib/protocol/handin-answer.ts';
import { handInEndpoint } from '../../src/lib/server/sync/handin.ts';
import { blindWay } from '../../src/lib/tablet/blind-way.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import { takeCase, type RecordDeps } from '../../src/lib/tablet/record.ts';
import { openSealedDb, rowsHere } from '../../src/lib/tablet/sealed-db.ts';
import { SyncLoop } from '../../src/lib/tablet/sync-loop.ts';
import { httpTransport } from '../../src/lib/tablet/transport-http.ts';
import type { Entry, Taking } from '../../src/lib/tablet/workspace-types.ts';
import { digest, type TrafficCounty } from '../protocol/traffic.ts';
import { countedClock } from '../simulation/county.ts';
import { openTestVault } from '../vault/open.ts';

const VILLAGE = '230278200201' as AreaCode;
const ORIGIN = 'http://county';
const AT = '2026-06-20T01:00:00Z' as Instant;
const name = '王春生';

/** What must not stand on a tablet after 接单. */
export const MARKERS = ['阚玉楼', '13845617723', '支书把低保给了他小舅子', '五组'] as const;

const intake = (text: string): Parameters<typeof takingOf>[0] => ({
  ...{ id: 'w1', case: 'k1', seq: 1, type: 'intake', at: AT },
  data: {
    ...{ cat: '', ch: '', urg: 1, gps: [126.4, 46.6], text },
    who: { name: MARKERS[0], age: 61, tel: MARKERS[1], addr: MARKERS[3] },
    ...{ against: '村委会', files: [] },
  },
});

export const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

export interface Faults {
  /** Requests whose answer is lost, counted from the first to come. */
  lose: number;
  /** Requests of sealed pieces, and of all kinds. */
  pieces: number;
  all: number;
}

/** Counted, with ids as the hand-in file takes them. */
function clockOf(prefix: string): ReturnType<typeof countedClock> {
  let ids = 0;
  const id = () => `${prefix}${String((ids += 1)).padStart(21 - prefix.length, '0')}A` as never;
  return { ...countedClock(prefix), eventId: id, caseId: id, deviceId: id, salt: id };
}

/** The county over a line that can lose answers. */
function lineTo(county: TrafficCounty, who: string): { line: typeof fetch; faults: Faults } {
  const faults: Faults = { lose: 0, pieces: 0, all: 0 };
  const line: typeof fetch = async (input, init) => {
    const request = new Request(new URL(String(input), ORIGIN), init);
    faults.all += 1;
    const sealed = request.url.endsWith(HANDIN_PATH);
    if (sealed) faults.pieces += 1;
    const answer = sealed
      ? await handInEndpoint(county.container, subject(who), request)
      : await county.ask(who, request);
    if (faults.lose > 0 && (faults.lose -= 1) === 0) throw new TypeError('cut');
    return answer;
  };
  return { line, faults };
}

interface Here extends Pick<RecordDeps, 'store' | 'vault' | 'clock'> {
  readonly database: string;
  readonly line: typeof fetch;
  readonly today: { at: string };
}

/** Both ways to the county, and the loop that takes them in turns. */
function ways({ store, vault, clock, database, line, today }: Here) {
  const http = {
    fetch: line,
    digest,
    origin: ORIGIN,
    requestId: () => clock.eventId(),
    gzip: null,
  };
  const open = async () => {
    const db = await openSealedDb(database);
    return db && { here: rowsHere(db), close: () => db.close() };
  };
  const drain = {
    ...{ fetch: line, digest, origin: ORIGIN, build: 'test' },
    ...{ now: () => today.at, pieceBytes: 9_000 },
  };
  const blind = blindWay({ store, vault, open, drain });
  let tick = 0;
  const loop = new SyncLoop(
    {
      ...{ store, vault, clock, digest, build: 'test', schema: 1, blind },
      transport: httpTransport(http),
      ...{ ticks: () => (tick += 10), dueOf: () => '' },
      timer: () => () => undefined,
      lock: (run) => run(() => true),
      enrolAgain: async () => undefined,
    },
    () => undefined,
  );
  const send = async (): Promise<void> => {
    loop.wake('hand');
    await loop.settled();
  };
  return { blind, loop, send };
}

/** What an agent does: a draft, and 接单; an accusation unless said otherwise. */
function hands(record: RecordDeps, personId: PersonId) {
  const { clock } = record;
  const draft = () => ({
    ...{ draftId: clock.caseId(), caseId: clock.caseId(), salt: clock.salt() },
    form: { id: 'intake', version: 1 },
  });
  async function take(sealed = true, d = draft(), text: string = MARKERS[2]): Promise<string> {
    const writer = { personId, name, areaCode: VILLAGE };
    const taking = takingOf(intake(text), writer, clock.eventId());
    const given = taking.entries;
    const seal = { type: 'case.sealed' as const, payload: { reason: 'ACCUSATION' as const } };
    const entries: Taking['entries'] = (numbers) => [
      ...(typeof given === 'function' ? given(numbers) : given),
      ...(sealed ? [seal] : []),
    ];
    value(await takeCase(record, d, { ...taking, entries }));
    return d.caseId;
  }
  return { draft, take };
}

let tablets = 0;
export interface Setting {
  /** Whom accusations are sealed to; the county's own key without it. */
  readonly sealing?: readonly Recipient[];
  /** Counts its ids as that tablet does. */
  readonly twinOf?: number;
  /** Number of whose tablet it is; everybody has his own without it. */
  readonly of?: number;
}

export async function tablet(county: TrafficCounty, { sealing, twinOf, of }: Setting = {}) {
  const n = (tablets += 1);
  const who = `A${10 + (of ?? twinOf ?? n)}`;
  const personId = who as PersonId;
  const self: Actor = { code: 'A', personId, name, areaCode: VILLAGE };
  const database = `daiban-blind${n}`;
  const store = dexieTabletStore(new TabletDb(database));
  const clock = clockOf(`B${String(twinOf ?? n).padStart(3, '0')}`);
  await store.begin(firstSync(clock.deviceId()));
  const list = await county.container.keys.list();
  const { vault } = await openTestVault(store, {
    recipients: recipientsOf(list),
    sealing: sealing ?? sealingRecipientsOf(list),
  });
  const record: RecordDeps = {
    ...{ store, vault, clock, digest, self, now: () => AT },
    agent: {
      ...{ personId, name, agentCode: who, user: who },
      ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
      signedInAt: AT,
    },
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + n * 11) % 256),
  };
  const today: { at: string } = { at: AT };
  const { line, faults } = lineTo(county, who);
  const counts = async () => ({
    p: (await store.eventsIn('p')).length,
    a: (await store.eventsIn('a')).length,
    q: (await store.eventsIn('q')).length,
  });
  return {
    ...{ n, database, store, vault, record, clock, faults, today, counts },
    ...ways({ store, vault, clock, database, line, today }),
    ...hands(record, personId),
  };
}
export type Tablet = Awaited<ReturnType<typeof tablet>>;

/** Words that go behind what is sealed. */
export const ADDED: Entry = {
  type: 'case.supplemented',
  payload: { text: '又想起一件', by: '本人' },
};

/** Own events of the county's log, in order. */
export async function logged(county: TrafficCounty, dvs: ReadonlySet<string>): Promise<string[]> {
  const rows = await county.container.db
    .selectFrom('log')
    .select(['id', 'dv'])
    .orderBy('seq')
    .execute();
  return rows.flatMap(({ id, dv }) => (dv !== null && dvs.has(dv) ? [id] : []));
}
