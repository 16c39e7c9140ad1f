/**
 * `node tests/protocol/record.ts FOLDER`: records the traffic of today's tablet and county into
 * FOLDER, one file per story. Run it once for every version of the wire, before it changes; the
 * files are never made again, `recorded.test.ts` holds every later build to them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseId, EventId, Instant } from '../../src/lib/domain/values.ts';
import { memoryTabletStore } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync, NO_ACT, type TabletStore } from '../../src/lib/ports/tablet-store.ts';
import { cleanText } from '../../src/lib/protocol/canonical.ts';
import { eventHash } from '../../src/lib/protocol/hash.ts';
import { CHUNK_BYTES, EXCHANGE_MEDIA_TYPE } from '../../src/lib/protocol/version.ts';
import { httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { exchangeRound, type Round, type SyncDeps } from '../../src/lib/tablet/sync-round.ts';
import { casePlace } from '../../src/lib/tablet/places.ts';
import { plainVault } from '../../src/lib/tablet/vault.ts';
import type { WireMedia } from '../../src/lib/protocol/sync.ts';
import { countedClock } from '../simulation/county.ts';
import { createHash } from 'node:crypto';
import {
  BEGIN,
  digest,
  FIELD_EVENTS,
  kept,
  trafficCounty,
  unpacked,
  type CountyStep,
  type Step,
  type TrafficCounty,
} from './traffic.ts';
import { gzipText } from '../../src/lib/tablet/transport-http.ts';

/** Media type of the exchange that this recording is of; a county of that time knows no other. */
const ONLY = EXCHANGE_MEDIA_TYPE;
const vault = plainVault();

interface Tablet {
  readonly person: string;
  readonly store: TabletStore;
  readonly deps: SyncDeps;
  /** The next so many answers are lost after the county gave them. */
  lose: number;
  enrol(): Promise<void>;
  save(caseId: string, events: readonly (readonly [string, unknown])[]): Promise<string[]>;
  round(media?: readonly WireMedia[]): Promise<Round>;
  settle(): Promise<void>;
}

interface Stage {
  readonly county: TrafficCounty;
  readonly steps: Step[];
  tablet(person: string, name: string, dv?: string): Promise<Tablet>;
  act(act: CountyStep['act']): Promise<void>;
}

async function stage(): Promise<Stage> {
  const county = await trafficCounty();
  const steps: Step[] = [];
  return {
    ...{ county, steps },
    tablet: (person, name, dv) => newTablet({ county, steps }, { person, name, dv }),
    act: async (act) => {
      steps.push({ kind: 'county', at: county.now(), act });
      await county.act(act);
    },
  };
}

async function recorded(
  { county, steps }: Pick<Stage, 'county' | 'steps'>,
  person: string,
  request: Request,
): Promise<Response> {
  const bytes = new Uint8Array(await request.clone().arrayBuffer());
  const type = request.headers.get('content-type') ?? '';
  const { pathname } = new URL(request.url);
  if (pathname === '/api/sync/exchange' && type !== ONLY)
    return Response.json({ error: 'MEDIA_TYPE' }, { status: 415 });
  const at = county.now();
  const response = await county.ask(person, request);
  const answer = new Uint8Array(await response.clone().arrayBuffer());
  steps.push({
    ...{ kind: 'ask', at, person, method: request.method, path: pathname },
    request: kept(type, unpacked(bytes, request.headers.get('content-encoding'))),
    answer: {
      status: response.status,
      ...kept(response.headers.get('content-type') ?? '', answer),
    },
  });
  return response;
}

async function newTablet(
  on: Pick<Stage, 'county' | 'steps'>,
  { person, name, dv }: { person: string; name: string; dv?: string | undefined },
): Promise<Tablet> {
  const store = memoryTabletStore();
  const clock = { ...countedClock(name), now: () => on.county.now() as Instant };
  await store.begin(firstSync((dv ?? clock.deviceId()) as never));
  let requests = 0;
  const transport = httpTransport({
    fetch: async (input, init) => {
      const response = await recorded(on, person, new Request(input as string, init));
      if (tablet.lose > 0) {
        tablet.lose -= 1;
        throw new TypeError('cut');
      }
      return response;
    },
    ...{ digest, origin: 'http://county', gzip: gzipText },
    requestId: () => `${name}req${String((requests += 1)).padStart(19 - name.length, '0')}`,
  });
  const deps: SyncDeps = {
    ...{ store, vault, transport, clock, digest, build: 'recorded', schema: 1 },
  };
  const tablet: Tablet = {
    ...{ person, store, deps, lose: 0 },
    enrol: async () => {
      const body = JSON.stringify({ dv: (await store.sync())?.dv, build: 'recorded' });
      const headers = { 'content-type': 'application/json' };
      const url = 'http://county/api/sync/enrol';
      await recorded(on, person, new Request(url, { method: 'POST', headers, body }));
    },
    save: async (caseId, events) => {
      const record = await store.caseOf(caseId);
      const salt = record
        ? ((await vault.open(record.body, casePlace(caseId))) as { salt: string }).salt
        : `salt${caseId}`.slice(0, 22).padEnd(22, '_');
      const rows = [];
      for (const [type, raw] of events) {
        const id = clock.eventId();
        const occurredAt = clock.now();
        const payload = JSON.parse(JSON.stringify(cleanText(raw))) as unknown;
        const body = {
          id: id as EventId,
          caseId: caseId as CaseId,
          type,
          v: 1,
          occurredAt,
          payload,
        };
        const h = await eventHash(digest, salt, body);
        rows.push({ id, caseId, day: 20_612, body: await vault.captureEvent({ body, h }, salt) });
      }
      const cases = record
        ? []
        : [{ id: caseId, body: await vault.capture({ salt }, casePlace(caseId)) }];
      await store.save({ ...NO_ACT, events: rows, cases });
      return rows.map(({ id }) => id);
    },
    round: (media = []) => exchangeRound(deps, 256 * 1024, media),
    settle: async () => {
      for (let n = 0; n < 20; n++) {
        const round = await tablet.round();
        if (round.kind === 'done' && !round.more && round.settled === 0) return;
      }
      throw new Error('did not come to rest');
    },
  };
  return tablet;
}

const named = (name: string) => `case${name}`.padEnd(22, '_');
const field = (...types: string[]) => FIELD_EVENTS.filter(([type]) => types.includes(type));
const INTAKE = field(
  'case.drafted',
  'dictation.recorded',
  'dictation.readback_confirmed',
  'consent.recorded',
  'mandate.granted',
  'case.taken',
  'case.submitted',
);
const numberedIntake = (n: number) =>
  INTAKE.map(([type, payload]): readonly [string, unknown] => {
    if (type === 'case.drafted')
      return [
        type,
        { ...payload, temporaryNo: `临-230278200201-A01-A-${String(n).padStart(4, '0')}` },
      ];
    if (type !== 'case.taken') return [type, payload];
    return [type, { ...payload, receipt: { how: 'PAPER', queryCode: String(482160375510 + n) } }];
  });

type Story = (on: Stage) => Promise<void>;
const STORIES: Readonly<Record<string, Story>> = {
  intake: async (on) => {
    const one = await on.tablet('A-a', 'a');
    await one.enrol();
    await one.round();
    for (let n = 1; n <= 4; n++) await one.save(named(`I${n}`), numberedIntake(n));
    await one.settle();
  },
  'every-field-event': async (on) => {
    const one = await on.tablet('A-b', 'b');
    await one.enrol();
    await one.save(named('F'), numberedIntake(9));
    const ends = field('mandate.revoked', 'agent.recused');
    const before = [...INTAKE, ...ends];
    await one.save(
      named('F'),
      FIELD_EVENTS.filter((event) => !before.includes(event)),
    );
    await one.settle();
    await one.save(named('F'), ends);
    await one.settle();
  },
  'dup-after-lost-answer': async (on) => {
    const one = await on.tablet('A-d', 'd');
    await one.save(named('D'), numberedIntake(1));
    one.lose = 2;
    for (let times = 0; times < 3; times++) await one.round();
    await one.settle();
  },
  'rejected-and-adopted': async (on) => {
    const one = await on.tablet('A-e', 'e');
    await one.save(named('R'), numberedIntake(1));
    const [bad] = await one.save(named('R'), [
      ['visit.recorded', { at: 'sometime', words: '去看过' }],
      ['future.thing_done', { words: '新版才有的', deep: [{ x: null }] }],
    ]);
    await one.settle();
    await on.act({ do: 'adopt', id: bad ?? '' });
    await one.settle();
  },
  'hand-over': async (on) => {
    const one = await on.tablet('A-g', 'g');
    const two = await on.tablet('A-h', 'h');
    await one.save(named('H'), numberedIntake(1));
    await one.settle();
    await two.settle();
    await on.act({ do: 'hand_over', caseId: named('H'), from: 'A-g', to: 'A-h' });
    await one.settle();
    await two.settle();
    await two.save(named('H'), field('visit.recorded'));
    await two.settle();
  },
  'gap-and-fork': async (on) => {
    const one = await on.tablet('A-k', 'k');
    await one.save(named('G'), numberedIntake(1));
    await one.settle();
    // A disk that lost rows: the sequence jumps.
    const sync = await one.store.sync();
    await one.store.exchange({ ids: [], cases: [], own: false, all: false }, (view) => ({
      sync: { ...view.sync, dsNext: view.sync.dsNext + 3 },
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
    }));
    await one.save(named('G'), field('visit.recorded'));
    await one.settle();
    // A copied tablet: the same device, other events.
    const clone = await on.tablet('A-k', 'l', sync?.dv);
    await clone.save(named('L'), numberedIntake(2));
    await clone.settle();
  },
  'epoch-and-rewind': async (on) => {
    const one = await on.tablet('A-m', 'm');
    await one.save(named('E'), numberedIntake(1));
    await one.settle();
    await on.act({ do: 'announce_epoch', id: 'E'.repeat(22) });
    await one.save(named('E'), field('visit.recorded'));
    await one.settle();
    // A county that was put back in silence shows itself by a tag.
    await one.store.exchange({ ids: [], cases: [], own: false, all: false }, (view) => ({
      sync: { ...view.sync, wit: [1, 'x'.repeat(22)] },
      ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
    }));
    await one.settle();
  },
  media: async (on) => {
    const one = await on.tablet('A-p', 'p');
    const photo = new Uint8Array(CHUNK_BYTES + 300).fill(7);
    photo.set([0xff, 0xd8, 0xff, 0xe0]);
    const sha = createHash('sha256').update(photo).digest('hex');
    const meta = { bytes: photo.length, mime: 'image/jpeg' };
    const about = { kind: 'photo', capturedAt: BEGIN, class: 'P3' };
    await one.save(named('M'), numberedIntake(1));
    await one.save(named('M'), [['attachment.added', { sha256: sha, ...meta, ...about }]]);
    const announced = [{ sha, ...meta, caseId: named('M') }];
    await one.round(announced);
    await one.deps.transport.putChunk(sha as never, 0, photo.subarray(0, CHUNK_BYTES));
    await one.round(announced);
    await one.deps.transport.putChunk(sha as never, 1, photo.subarray(CHUNK_BYTES));
    await one.round(announced);
    await one.round([{ sha: 'a'.repeat(64), bytes: 10, mime: 'text/html', caseId: named('M') }]);
  },
};

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node tests/protocol/record.ts FOLDER');
mkdirSync(folder, { recursive: true });
for (const [name, story] of Object.entries(STORIES)) {
  const on = await stage();
  await story(on);
  await on.county.close();
  const text = JSON.stringify({ name, steps: on.steps }, null, 1);
  writeFileSync(path.join(folder, `${name}.json`), `${text}\n`);
  process.stdout.write(`${name}: ${on.steps.length} steps, ${text.length} bytes\n`);
}
