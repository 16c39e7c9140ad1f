/** A county in memory with the real judge: stories are laid into its log, tablets push to it. */
import type { AreaTree } from '../../src/lib/domain/area.ts';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import type { CaseEvent, EventType, Payload } from '../../src/lib/domain/events.ts';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { Shapes } from '../../src/lib/domain/shapes.ts';
import { caseId } from '../../src/lib/domain/testing/ids.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { EXAMPLES, told, type Line } from '../../src/lib/domain/testing/story.ts';
import type { CaseId, EventId, Instant } from '../../src/lib/domain/values.ts';
import { memoryCountyStore } from '../../src/lib/ports/county-store-memory.ts';
import type { EventRow } from '../../src/lib/ports/event-store.ts';
import type { ExchangeReply, WireEvent } from '../../src/lib/protocol/sync.ts';
import { AREAS } from '../../src/lib/server/county.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import type { CountyDeps } from '../../src/lib/server/sync/deps.ts';
import { domainJudge } from '../../src/lib/server/sync/domain-judge.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { COUNTY, countedClock, digest } from '../simulation/county.ts';

const padded = (name: string) => name.padEnd(22, '_');
const saltOf = (id: CaseId) => padded(`salt${id.slice(2, 10)}`);

/** What a tablet sends: the type, what differs from the example, when it happened. */
export interface Sent {
  readonly type: string;
  readonly change?: Readonly<Record<string, unknown>>;
  readonly at?: string;
  readonly id?: string;
  readonly caseId?: CaseId;
}
export const sent = <T extends EventType>(
  type: T,
  change: Partial<Payload<T>> = {},
  more: Partial<Sent> = {},
): Sent => ({ type, change, ...more });

export interface JudgedCounty {
  readonly deps: CountyDeps<Subject>;
  /** Lays a story into the log as it was recorded, nothing added behind it. */
  lay(lines: readonly Line[], id?: CaseId): Promise<void>;
  push(
    events: readonly Sent[],
    how?: Pushed,
  ): Promise<Extract<ExchangeReply, { kind: 'exchange' }>>;
  file(id?: CaseId): Promise<CaseFile>;
  log(id?: CaseId): readonly EventRow[];
  aside(): readonly { readonly id: string; readonly code: string; readonly raw: string }[];
}
interface Pushed {
  readonly who?: Subject;
  readonly dv?: string;
  /** First number of the device's sequence. */
  readonly from?: number;
  /** Version of the payloads' shapes; 1 unless said. */
  readonly v?: number;
  /** How far the tablet's clock is behind, seconds. */
  readonly behind?: number;
  readonly cursor?: Extract<ExchangeReply, { kind: 'exchange' }>['feed']['cursor'];
}

export const STORY = caseId('story');

function wireOf(
  events: readonly Sent[],
  cases: readonly CaseId[],
  { from, v }: { readonly from: number; readonly v: number },
): WireEvent[] {
  return events.map((one, n) => ({
    c: cases.indexOf(one.caseId ?? STORY),
    ds: from + n,
    id: padded(one.id ?? `push${String(from + n)}`),
    t: one.type,
    v,
    at: one.at ?? '2026-06-19T08:00:00Z',
    p: { ...EXAMPLES[one.type as EventType], ...one.change },
  }));
}

/** `start` is the county's time; it moves one second with every look. */
export async function judgedCounty(
  start = '2026-06-20T01:00:00Z',
  areas: AreaTree = AREAS,
  shapes?: Shapes,
): Promise<JudgedCounty> {
  const store = memoryCountyStore();
  let time = Date.parse(start);
  const now = () => new Date((time += 1_000)).toISOString() as Instant;
  const clock = { ...countedClock('C'), now };
  const judge = domainJudge(COUNTY, areas, shapes);
  const settings = { spreadSeconds: 0, minBuild: '0' };
  const deps: CountyDeps<Subject> = { county: COUNTY, store, clock, digest, judge, settings };
  await ensureHistory(store, COUNTY, now());
  const record = async (event: CaseEvent, id: CaseId) => {
    const { stamp, type, payload, occurredAt } = event;
    const name = id === STORY ? event.id : padded(`${event.id.slice(0, 8)}${id.slice(2, 8)}`);
    // The county had it when it happened.
    time = Date.parse(occurredAt) - 1_000;
    const events = [{ type, payload, occurredAt, id: name as EventId }];
    const act = { actor: stamp.actor, caseId: id, salt: saltOf(id), events, follow: false };
    await recordAtCounty(deps, act);
  };
  return {
    deps,
    lay: async (lines, id = STORY) => {
      for (const event of told(lines, id)) await record(event, id);
      time = Date.parse(start);
    },
    push: async (
      events,
      { who = subject('A01'), dv = 'dvA', from = 1, v = 1, behind = 0, cursor } = {},
    ) => {
      const cases = [...new Set(events.map((one) => one.caseId ?? STORY))];
      const done = await exchange(deps, who, {
        ...{ proto: 1, build: 'test', schema: 1, dv: padded(dv), dsHi: 0, cursor: cursor ?? null },
        ...{ wit: null, wits: [], hist: [], media: [], feedBytesMax: 1_000_000 },
        now: new Date(time + 2_000 - behind * 1_000).toISOString(),
        cases: cases.map((id) => ({ id, salt: saltOf(id) })),
        events: wireOf(events, cases, { from, v }),
      });
      if (!done.ok) throw new Error(done.error);
      if (done.value.reply.kind !== 'exchange') throw new Error('expected an exchange');
      return done.value.reply;
    },
    file: async (id = STORY) => {
      const record = (await store.transact(COUNTY, (tx) => tx.cases([id]))).get(id);
      if (record === undefined) throw new Error(`no case ${id}`);
      return record.file;
    },
    log: (id = STORY) =>
      store.log(COUNTY).filter((row): row is EventRow => row.kind === 'event' && row.caseId === id),
    aside: () => store.asideRows(COUNTY),
  };
}
