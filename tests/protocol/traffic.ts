/**
 * Recorded traffic: what one build of the tablet said to one build of the county, byte for byte
 * after unpacking, and what the county did in between. Made by `record.ts`, replayed by
 * `recorded.test.ts`.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { officeExamples } from '../../src/lib/domain/testing/examples-office.ts';
import type { CaseId, EventId, Instant } from '../../src/lib/domain/values.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { chunkEndpoint } from '../../src/lib/server/media/http.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { adoptAside, recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { countedClock } from '../simulation/county.ts';

export const digest: Digest = async (bytes) =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** Binary bodies stand as base64, text as it is. */
export interface Message {
  readonly type: string;
  readonly text?: string;
  readonly base64?: string;
}
/** One request and its answer; `at` is the county's time when it came. */
export interface AskStep {
  readonly kind: 'ask';
  readonly at: string;
  readonly person: string;
  readonly method: string;
  readonly path: string;
  readonly request: Message;
  readonly answer: Message & { readonly status: number };
}
/** What the county did on its own. */
export interface CountyStep {
  readonly kind: 'county';
  readonly at: string;
  readonly act:
    | {
        readonly do: 'hand_over';
        readonly caseId: string;
        readonly from: string;
        readonly to: string;
      }
    | { readonly do: 'adopt'; readonly id: string }
    | { readonly do: 'announce_epoch'; readonly id: string };
}
export type Step = AskStep | CountyStep;
export interface Recording {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A county on SQLite whose clock stands where the recording wants it. */
export interface TrafficCounty {
  readonly container: Container;
  setClock(at: string): void;
  now(): string;
  ask(person: string, request: Request): Promise<Response>;
  act(act: CountyStep['act']): Promise<void>;
  close(): Promise<void>;
}

export const BEGIN = '2026-06-20T01:00:00.000Z';

export async function trafficCounty(): Promise<TrafficCounty> {
  // Keys lie beside the data folder, so the data has a folder of its own in here.
  const place = mkdtempSync(path.join(tmpdir(), 'daiban-traffic-'));
  const env = readEnv({ DATA_DIR: path.join(place, 'county') });
  if (!env.ok) throw new Error(env.error.join());
  const real = await openContainer(env.value);
  let time = Date.parse(BEGIN);
  const now = () => new Date((time += 1_000)).toISOString() as Instant;
  const clock = { ...countedClock('C'), now };
  // There are no accounts here: whoever enrolled is the person of that name.
  const askerOf = async (personId: string) => subject(personId.replace(/^p-/, ''));
  const sealed = real.sync.sealed && { ...real.sync.sealed, askerOf };
  const sync = { ...real.sync, clock, ...(sealed ? { sealed } : {}) };
  const container: Container = { ...real, clock, sync };
  return {
    container,
    setClock: (at) => void (time = Date.parse(at)),
    now: () => new Date(time).toISOString(),
    ask: (person, request) => {
      const { pathname } = new URL(request.url);
      const who = subject(person);
      if (pathname === '/api/sync/enrol') return enrolEndpoint(container, who, request);
      if (pathname === '/api/sync/exchange') return exchangeEndpoint(container, who, request);
      const [, , , sha = '', chunk = ''] = pathname.split('/');
      return chunkEndpoint(container, who, { request, sha, chunk });
    },
    act: (act) => countyActs(container, act),
    close: async () => {
      await real.close();
      rmSync(place, { recursive: true, force: true });
    },
  };
}

const office = { code: 'T', personId: 'p-T', name: '河湾乡信访站' } as never;

/** Does what the county did in between. */
export async function countyActs({ sync }: Container, act: CountyStep['act']): Promise<void> {
  if (act.do === 'announce_epoch') {
    await sync.store.transact(sync.county, async (tx) => {
      const { seq } = await tx.head();
      const epoch = {
        id: act.id,
        baseSeq: seq,
        reason: 'announced' as const,
        at: sync.clock.now(),
      };
      await tx.write({ epochs: [epoch] });
    });
    return;
  }
  if (act.do === 'adopt') {
    const asked = { id: act.id as EventId, actor: office, reason: '看过原样，可以用' };
    const done = await adoptAside(sync, asked);
    if (!done.ok) throw new Error(done.error);
    return;
  }
  const { from, to } = officeExamples['case.handed_over'];
  const payload = {
    ...officeExamples['case.handed_over'],
    from: { ...from, personId: act.from },
    to: { ...to, personId: act.to },
  };
  const events = [{ type: 'case.handed_over', payload }];
  const done = await recordAtCounty(sync, { actor: office, caseId: act.caseId as CaseId, events });
  if (!done.ok) throw new Error(String(done.error));
}

/** Bytes of a message as they are kept. */
export const kept = (type: string, bytes: Uint8Array): Message => {
  const text = new TextDecoder().decode(bytes);
  const same = Buffer.from(text, 'utf8').equals(bytes);
  return same ? { type, text } : { type, base64: Buffer.from(bytes).toString('base64') };
};
export const bytesOf = ({ text, base64 }: Message): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    base64 === undefined ? Buffer.from(text ?? '', 'utf8') : Buffer.from(base64, 'base64'),
  );

/** What was sent, unpacked. */
export const unpacked = (bytes: Uint8Array, encoding: string | null): Uint8Array =>
  encoding === 'gzip' ? gunzipSync(bytes) : bytes;

/** Everything an agent may record, as the current build writes it. */
export const FIELD_EVENTS = Object.entries(fieldExamples);
