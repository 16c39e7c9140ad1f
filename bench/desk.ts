/**
 * How long the desk thinks over 2,000 cases: what a page of the inbox and of the ledger computes,
 * with the rail beside it, right after the start, while nothing changes, and after every new case.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyCaseFile } from '../src/lib/domain/case-file.ts';
import type { CaseEvent } from '../src/lib/domain/events.ts';
import { sampleCountyEvents } from '../src/lib/domain/samples/adapter.ts';
import type { CaseId, DeviceId, Instant, PersonId } from '../src/lib/domain/values.ts';
import type { Subject } from '../src/lib/domain/permissions.ts';
import { eventHashSync } from '../src/lib/protocol/hash.ts';
import { openContainer, type Container } from '../src/lib/server/container.ts';
import { inboxOf } from '../src/lib/server/desk/inbox.ts';
import { ledgerOf, readLedgerAsk } from '../src/lib/server/desk/ledger.ts';
import { placesFor } from '../src/lib/server/desk/places.ts';
import { reviewOf } from '../src/lib/server/desk/review.ts';
import { seenCases } from '../src/lib/server/desk/see.ts';
import { warmDesk } from '../src/lib/server/desk/warm.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { openRoom, type Room } from '../src/lib/server/room.ts';
import { openLedger } from '../src/lib/server/sync/ledger.ts';
import { percentile, round2 } from './ground.ts';
import type { Measured } from './index.ts';

const CASES = 2_000;
const TRIES_MIN = 20;
const LIMIT_MS = 500;
/** Planted: the memory of folded cases is taken away, so p50 is no longer half of the first. */
const PLANTED_TRIES = 5;

const idOf = (text: string, n: number): string =>
  createHash('sha256').update(`${text}/${n}`).digest().subarray(0, 16).toString('base64url');

/** The sample cases again and again under new ids; every reference inside follows. */
function copies(events: readonly CaseEvent[], n: number): CaseEvent[] {
  const ids = new Set(events.flatMap(({ id, caseId }) => [id as string, caseId as string]));
  const text = JSON.stringify(events);
  const renamed = text.replace(/"([\w-]{22})(?=["/])/g, (whole, id: string) =>
    ids.has(id) ? `"${idOf(id, n)}` : whole,
  );
  return JSON.parse(renamed) as CaseEvent[];
}

async function fill({ sync, store, county }: Container): Promise<number> {
  const { events } = sampleCountyEvents();
  const perCopy = new Set(events.map(({ caseId }) => caseId)).size;
  for (let n = 0; n * perCopy < CASES; n += 1) {
    await store.transact(county, async (tx) => {
      const ledger = openLedger(sync, await tx.head(), new Map());
      for (const { id, caseId, type, v, occurredAt, payload, stamp } of copies(events, n)) {
        const salt = idOf(caseId, -1);
        const body = { id, caseId, type, v, occurredAt, payload };
        const h = eventHashSync(sync.digest, salt, body as never);
        const dv = 'county' as DeviceId;
        ledger.append({ body, h, actor: stamp.actor, offset: 0, dv, ds: 0 }, salt);
      }
      await tx.write(ledger.take());
    });
  }
  return Math.ceil(CASES / perCopy) * perCopy;
}

const registrar: Subject = {
  personId: 'bench-o1' as PersonId,
  name: '登记员',
  grants: [
    {
      ...{ role: 'O1', areaCode: '230278000000' as never, unitId: null },
      ...{ from: '2026-01-01T00:00:00Z' as Instant, to: null },
    },
  ],
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** What a request of each page computes: the rail and the page. */
const pages = ({ desk }: Room) => ({
  inbox: async () => {
    await placesFor(desk, registrar);
    await inboxOf(desk, registrar, { tab: 'all', find: '' });
  },
  ledger: async () => {
    await placesFor(desk, registrar);
    await ledgerOf(desk, registrar, readLedgerAsk(new URLSearchParams()));
  },
  review: async () => {
    await placesFor(desk, registrar);
    const [one] = await seenCases(desk, registrar);
    if (one === undefined) throw new Error('invariant: the registrar sees cases');
    await reviewOf(desk, registrar, one);
  },
});

/** One more event on one case, as a tablet's push would leave it. */
async function touch(container: Container, n: number): Promise<void> {
  const { sync, store, county, clock } = container;
  await store.transact(county, async (tx) => {
    const caseId = idOf('fresh', n) as CaseId;
    const ledger = openLedger(sync, await tx.head(), new Map());
    const [first] = sampleCountyEvents().events;
    if (first === undefined) throw new Error('invariant: there are samples');
    const file = emptyCaseFile(caseId, idOf(caseId, -1));
    const id = clock.eventId();
    const body = { ...first, id, caseId: file.caseId };
    const { type, v, occurredAt, payload } = body;
    const event = { id, caseId, type, v, occurredAt, payload };
    const h = eventHashSync(sync.digest, file.salt, event as never);
    const dv = 'county' as DeviceId;
    ledger.append({ body: event, h, actor: first.stamp.actor, offset: 0, dv, ds: 0 }, file.salt);
    await tx.write(ledger.take());
  });
}

/** How long the read-ahead of a start takes, and the first look after it. */
async function warmed(container: Container) {
  const room = await openRoom(container);
  const readAhead = await timed(() => warmDesk(room.desk, () => true));
  const first = await timed(pages(room).inbox);
  return { readAhead: round2(readAhead), first: round2(first) };
}

async function measure(container: Container, plant: boolean) {
  const seen: Record<string, { first: number; p50: number; max: number; tries: number }> = {};
  for (const name of ['inbox', 'ledger', 'review'] as const) {
    let room = await openRoom(container);
    const first = await timed(pages(room)[name]);
    const times: number[] = [];
    const tries = plant ? PLANTED_TRIES : TRIES_MIN * 2;
    for (let n = 0; n < tries; n += 1) {
      // Every second request comes after something new.
      if (n % 2 === 1) await touch(container, Object.keys(seen).length * 1_000 + n);
      if (plant) room = await openRoom(container);
      times.push(await timed(pages(room)[name]));
    }
    times.sort((a, b) => a - b);
    const max = times.at(-1) ?? Number.NaN;
    seen[name] = {
      ...{ first: round2(first), p50: round2(percentile(times, 0.5)), max: round2(max) },
      tries: times.length,
    };
  }
  return seen;
}

/** `--plant` takes the desk's memory of folded cases away before every request. */
export async function benchDesk(plant: boolean): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-desk-'));
  const env = readEnv({ DATA_DIR: dir, DAIBAN_DEMO: '1' });
  if (!env.ok) throw new Error(env.error.join('\n'));
  const container = await openContainer(env.value);
  try {
    const cases = await fill(container);
    const afterWarming = await warmed(container);
    const pagesSeen = await measure(container, plant);
    const all = Object.values(pagesSeen);
    const enough = all.every(({ tries }) => tries >= TRIES_MIN) && cases >= CASES;
    const ok = enough && all.every(({ p50, first }) => p50 < LIMIT_MS && p50 * 2 < first);
    const figures = { bench: 'desk', unit: 'ms', cases, casesMin: CASES, triesMin: TRIES_MIN };
    return { ok, figures: { ...figures, limit: LIMIT_MS, ...pagesSeen, afterWarming, ok } };
  } finally {
    await container.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
