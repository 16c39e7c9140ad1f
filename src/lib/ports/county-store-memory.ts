/**
 * The county's store in memory: the same promises as the databases, for tests and the simulator.
 *
 * Its disk is one JSON-like state; a transaction works on the live state and keeps an undo list,
 * so that a body that throws leaves nothing. `snapshot` and `restore` play the backup.
 */
import type { CaseId, DeviceId, EventId, PersonId } from '../domain/values.ts';
import { GENESIS_TAG } from '../protocol/hash.ts';
import type {
  AccessRow,
  AsideRow,
  AuditRow,
  CaseRecord,
  CountyCode,
  CountyStore,
  CountyTx,
  DeviceKeyRow,
  DevicePlaceRow,
  DevicePushRow,
  DeviceRow,
  Epoch,
  FeedOf,
  KeptRow,
  Known,
  MediaRow,
  ViewerRow,
  WriteBatch,
} from './county-store.ts';
import type { EventRow, LogRow } from './event-store.ts';

const isAmong = (codes: string | null, code: string): boolean =>
  codes?.split(' ').includes(code) ?? false;

interface State {
  readonly log: LogRow[];
  readonly byId: Map<EventId, LogRow>;
  readonly epochs: Epoch[];
  readonly devices: Map<DeviceId, DeviceRow>;
  readonly deviceKeys: Map<string, DeviceKeyRow>;
  readonly pushes: Map<number, DevicePushRow>;
  readonly places: Map<string, DevicePlaceRow>;
  readonly aside: Map<EventId, AsideRow>;
  readonly cases: Map<CaseId, CaseRecord>;
  readonly agents: Map<string, true>;
  readonly access: Map<string, AccessRow>;
  readonly viewers: Map<PersonId, ViewerRow>;
  readonly media: Map<string, MediaRow>;
  readonly counters: Map<string, number>;
  readonly kept: KeptRow[];
  readonly audit: AuditRow[];
  safe: number;
}

const empty = (): State => ({
  log: [],
  byId: new Map(),
  epochs: [],
  devices: new Map(),
  deviceKeys: new Map(),
  pushes: new Map(),
  places: new Map(),
  aside: new Map(),
  cases: new Map(),
  agents: new Map(),
  access: new Map(),
  viewers: new Map(),
  media: new Map(),
  counters: new Map(),
  kept: [],
  audit: [],
  safe: 0,
});

/** Rows are never changed in place, so copying the containers copies the state. */
const copy = (s: State): State => ({
  log: [...s.log],
  byId: new Map(s.byId),
  epochs: [...s.epochs],
  devices: new Map(s.devices),
  deviceKeys: new Map(s.deviceKeys),
  pushes: new Map(s.pushes),
  places: new Map(s.places),
  aside: new Map(s.aside),
  cases: new Map(s.cases),
  agents: new Map(s.agents),
  access: new Map(s.access),
  viewers: new Map(s.viewers),
  media: new Map(s.media),
  counters: new Map(s.counters),
  kept: [...s.kept],
  audit: [...s.audit],
  safe: s.safe,
});

type Undo = (() => void)[];

function put<K, V>(map: Map<K, V>, [key, value]: readonly [K, V], undo: Undo): void {
  const before = map.get(key);
  undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
  map.set(key, value);
}

function add<V>(list: V[], value: V, undo: Undo): void {
  list.push(value);
  undo.push(() => list.pop());
}

/** The same as a primary key in a database: a second row with it is our own mistake. */
function putNew<K, V>(map: Map<K, V>, [key, value]: readonly [K, V], undo: Undo): void {
  if (map.has(key)) throw new Error(`invariant: key ${String(key)} is taken`);
  put(map, [key, value], undo);
}

const mediaKey = ({ sha, caseId, personId }: MediaRow) => `${sha}/${caseId}/${personId}`;

function write(s: State, batch: WriteBatch, undo: Undo): void {
  for (const row of batch.log ?? []) {
    if (row.seq !== s.log.length + 1) throw new Error('invariant: the log is dense');
    add(s.log, row, undo);
    putNew(s.byId, [row.id, row], undo);
  }
  for (const row of batch.places ?? []) putNew(s.places, [`${row.dv}/${row.ds}`, row], undo);
  for (const row of batch.devices ?? []) put(s.devices, [row.dv, row], undo);
  for (const row of batch.deviceKeys ?? [])
    putNew(s.deviceKeys, [`${row.dv}/${String(row.n)}`, row], undo);
  for (const row of batch.pushes ?? []) putNew(s.pushes, [row.fromSeq, row], undo);
  for (const row of batch.aside ?? []) putNew(s.aside, [row.id, row], undo);
  for (const { id, seq } of batch.adopted ?? []) {
    const row = s.aside.get(id);
    if (row !== undefined) put(s.aside, [id, { ...row, adoptedSeq: seq }], undo);
  }
  for (const row of batch.cases ?? []) put(s.cases, [row.caseId, row], undo);
  for (const { personId, caseId } of batch.agents ?? [])
    put(s.agents, [`${personId}/${caseId}`, true], undo);
  for (const row of batch.access ?? [])
    put(s.access, [`${row.personId}/${row.caseId}/${row.fromSeq}`, row], undo);
  for (const row of batch.viewers ?? []) put(s.viewers, [row.personId, row], undo);
  for (const row of batch.media ?? []) put(s.media, [mediaKey(row), row], undo);
  for (const { name, value } of batch.counters ?? []) put(s.counters, [name, value], undo);
  for (const row of batch.epochs ?? []) add(s.epochs, row, undo);
  for (const row of batch.kept ?? []) {
    const before = s.kept.findLast(({ name }) => name === row.name);
    if (before?.value !== row.value) add(s.kept, row, undo);
  }
  for (const row of batch.audit ?? []) add(s.audit, row, undo);
  if (batch.safe !== undefined) {
    const before = s.safe;
    undo.push(() => (s.safe = before));
    s.safe = batch.safe;
  }
}

const some = <K, V>(keys: readonly K[], get: (key: K) => V | undefined): Map<K, V> => {
  const found = new Map<K, V>();
  for (const key of keys) {
    const value = get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
};

function knownAt(s: State, id: EventId): Known | undefined {
  const row = s.byId.get(id);
  if (row !== undefined) {
    const { h, seq, tag, receivedAt } = row;
    // A mark comes from no tablet.
    const dv = row.kind === 'event' ? row.dv : ('' as DeviceId);
    return { at: 'log', h, seq, tag, receivedAt, dv };
  }
  const aside = s.aside.get(id);
  return aside === undefined ? undefined : { at: 'aside', h: aside.h, code: aside.code };
}

const openFor = (s: State, personId: string): Map<CaseId, AccessRow> => {
  const open = new Map<CaseId, AccessRow>();
  for (const row of s.access.values())
    if (row.personId === personId && row.toSeq === null) open.set(row.caseId, row);
  return open;
};

function feed(s: State, { personId, after, limit, but }: FeedOf) {
  const open = openFor(s, personId);
  const rows: LogRow[] = [];
  for (let at = after; at < s.log.length && rows.length < limit; at++) {
    const row = s.log[at];
    if (row === undefined) break;
    const mine =
      row.kind === 'event'
        ? (open.get(row.caseId)?.fromSeq ?? Infinity) <= row.seq &&
          !(but !== undefined && row.dv === but.dv && row.seq > but.above)
        : row.personId === personId;
    if (mine) rows.push(row);
  }
  return { rows, scanned: rows.length < limit ? s.log.length : (rows.at(-1)?.seq ?? after) };
}

const isEvent = (row: LogRow): row is EventRow => row.kind === 'event';

const reads = (s: State): Omit<CountyTx, 'write'> => ({
  head: async () => ({ seq: s.log.length, tag: s.log.at(-1)?.tag ?? GENESIS_TAG }),
  epochs: async () => s.epochs,
  safe: async () => s.safe,
  tagsAt: async (seqs) => some(seqs, (seq) => s.log[seq - 1]?.tag),
  known: async (ids) => some(ids, (id) => knownAt(s, id)),
  device: async (dv) => s.devices.get(dv) ?? null,
  devicesOf: async (personId) =>
    [...s.devices.values()].filter((device) => device.personId === personId),
  placesOf: async (dv, ds) => some(ds, (one) => s.places.get(`${dv}/${one}`)?.id),
  aside: async (id) => s.aside.get(id) ?? null,
  asideOpen: async (code, limit) =>
    [...s.aside.values()]
      .filter((row) => row.code === code && row.adoptedSeq === null)
      .sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
      .slice(0, limit),
  cases: async (ids) => some(ids, (id) => s.cases.get(id)),
  caseByQueryCode: async (code) =>
    [...s.cases.values()]
      .filter(({ columns }) => columns.queryCode === code || isAmong(columns.otherCodes, code))
      .map(({ caseId }) => caseId),
  eventsOf: async (caseId, belowSeq) =>
    s.log.filter(isEvent).filter((row) => row.caseId === caseId && row.seq < belowSeq),
  viewer: async (personId) => s.viewers.get(personId) ?? null,
  accessOf: async (personId, cases) =>
    [...s.access.values()]
      .filter((row) => row.personId === personId && cases.includes(row.caseId))
      .sort((a, b) => a.fromSeq - b.fromSeq),
  candidates: async (personId, since) => {
    const open = openFor(s, personId);
    return [...s.cases.values()]
      .filter(({ lastSeq }) => lastSeq > since)
      .filter(({ caseId }) => s.agents.has(`${personId}/${caseId}`) || open.has(caseId))
      .map(({ caseId }) => caseId)
      .sort();
  },
  feed: async (of) => feed(s, of),
  media: async (shas) =>
    [...s.media.values()]
      .filter(({ sha }) => shas.includes(sha))
      .sort((a, b) => (mediaKey(a) < mediaKey(b) ? -1 : 1)),
  counter: async (name) => s.counters.get(name) ?? 0,
  keptRows: async (name) => s.kept.filter((row) => row.name === name).length,
});

/** The store, and the hands that a test or the simulator has on its disk. */
export interface MemoryCountyStore extends CountyStore {
  /** What a backup would hold now. */
  snapshot(county: CountyCode): unknown;
  /** Puts a snapshot back; `epoch` announces it, without one it is a silent copy. */
  restore(county: CountyCode, snapshot: unknown, epoch: Epoch | null): void;
  /** The log as an outside look sees it. */
  log(county: CountyCode): readonly LogRow[];
  asideRows(county: CountyCode): readonly AsideRow[];
}

export function memoryCountyStore(): MemoryCountyStore {
  const counties = new Map<CountyCode, State>();
  let queue: Promise<unknown> = Promise.resolve();
  const of = (county: CountyCode): State => {
    const state = counties.get(county) ?? empty();
    counties.set(county, state);
    return state;
  };
  return {
    transact: (county, body) => {
      const run = async () => {
        const state = of(county);
        const undo: Undo = [];
        const tx = {
          ...reads(state),
          write: async (batch: WriteBatch) => write(state, batch, undo),
        };
        try {
          return await body(tx);
        } catch (error) {
          for (const step of undo.reverse()) step();
          throw error;
        }
      };
      const result = queue.then(run, run);
      queue = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await queue;
    },
    snapshot: (county) => copy(of(county)),
    restore: (county, snapshot, epoch) => {
      const state = copy(snapshot as State);
      if (epoch !== null) state.epochs.push(epoch);
      counties.set(county, state);
    },
    log: (county) => of(county).log,
    asideRows: (county) => [...of(county).aside.values()],
  };
}
