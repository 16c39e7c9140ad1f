/** Locked vaults in a browser's storage, and a county that takes their sealed rows. */
import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { firstSync, NO_ACT } from '../../src/lib/ports/tablet-store.ts';
import { fromBase64Url, textBytes } from '../../src/lib/protocol/bytes.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { HANDIN_PATH, type HandInAnswer } from '../../src/lib/protocol/handin-answer.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { ackEndpoint, handInEndpoint } from '../../src/lib/server/sync/handin.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { coarseDay } from '../../src/lib/tablet/coarse-day.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { deviceKey } from '../../src/lib/tablet/device-key.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import type { DrainDeps } from '../../src/lib/tablet/exchange-sealed.ts';
import { newPhoto } from '../media/agent.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { tellKey } from './device-keys.ts';
import { asked, id, sealRow } from './scene.ts';

export const digest: Digest = async (bytes) =>
  new Uint8Array(createHash('sha256').update(bytes).digest());
export const NOW = '2026-06-20T01:00:00.000Z';
const A01 = subject('A01');
export let county: TrafficCounty;

/** A county of its own for the tests of one file. */
export function useCounty(): void {
  beforeAll(async () => {
    county = await trafficCounty();
  });
  afterAll(() => county.close());
}

export interface Line {
  /** Number of the request whose answer is lost after the county took it. */
  readonly lose?: number;
  readonly who?: string | null;
  heard?(answer: HandInAnswer): void;
}

let asks = 0;
/** How many requests there were. */
export const asksSoFar = (): number => asks;
export const line = ({ lose, who = 'A02', heard }: Line = {}): DrainDeps => ({
  ...{ digest, origin: 'http://county', build: 't', now: () => NOW },
  fetch: async (input, init) => {
    const request = new Request(String(input), init);
    const { container } = county;
    const to = request.url.endsWith(HANDIN_PATH) ? handInEndpoint : ackEndpoint;
    const answer = await to(container, who === null ? null : subject(who), request);
    if ((asks += 1) === lose) throw new TypeError('cut');
    heard?.((await answer.clone().json()) as HandInAnswer);
    return answer;
  },
});

/** A key beside the rows, told to the county; `sealedFrom` 0: of before copies were signed. */
async function withKey(
  database: string,
  dv: string,
  told: { readonly sealedFrom: number; readonly filesSigned?: boolean | undefined },
): Promise<void> {
  const key = await deviceKey(database, { dv, digest });
  const { store, county: code } = county.container;
  await tellKey(store, code, { dv, key: key?.publicKey ?? '', ...told });
}

let vaults = 0;
/** A locked vault's database: rows under one slip, a photo, nothing readable. */
export async function lockedVault(
  rows = 6,
  options: {
    readonly enrolled?: boolean;
    readonly sealedFrom?: number;
    readonly filesSigned?: boolean;
  } = {},
) {
  const n = (vaults += 1);
  const [dv, name] = [`dvT${n}`, `daiban-${id(`vault${n}`)}`];
  if (options.enrolled !== false) await exchange(county.container.sync, A01, asked({ dv: id(dv) }));
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync(id(dv)));
  const { sealedFrom, filesSigned } = options;
  if (sealedFrom !== undefined) await withKey(name, id(dv), { sealedFrom, filesSigned });
  const envelope = await newEnvelope(recipientsOf(await county.container.keys.list()));
  await store.putSlips([{ ...envelope.slip, own: 'A'.repeat(60), day: 1, files: true }]);
  const caseName = `T${n}case`;
  for (let ds = 1; ds <= rows; ds++) {
    const drafted = ds === 1;
    const t = drafted ? 'case.drafted' : 'dictation.recorded';
    const row = { ds, t, id: `T${n}e${ds}`, caseName, payload: fieldExamples[t] };
    const sealed = await sealRow(envelope, dv, row);
    const body = fromBase64Url(sealed.copy) ?? new Uint8Array();
    const caseId = id(`case${caseName}`);
    const cases = drafted ? [{ id: caseId, body: new Uint8Array([0x11]) }] : [];
    const events = [{ id: sealed.id, caseId, day: coarseDay(NOW), body }];
    await store.save({ ...NO_ACT, events, cases });
  }
  const photo = newPhoto();
  const fileId = id(`T${n}photo`);
  const told = { sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime };
  const seal = (kind: 'file' | 'slice', place: string, bytes: Uint8Array) =>
    sealCopy(envelope, { kind, id: place }, new Uint8Array(bytes));
  const chunks = await Promise.all(
    photo.chunks.map(async (chunk, at) => {
      return { n: at, body: await seal('slice', `${fileId}/${at}`, chunk) };
    }),
  );
  const record = { id: fileId, caseId: id(`case${caseName}`), state: 'p' as const, day: 1 };
  const body = await seal('file', fileId, textBytes(JSON.stringify(told)));
  await store.putMedia(
    { ...record, bytes: photo.bytes.length, chunks: chunks.length, body },
    chunks,
  );
  return { name, store, dv, photo, fileId, caseId: record.caseId };
}
export type Locked = Awaited<ReturnType<typeof lockedVault>>;

export const states = async ({ store }: Locked): Promise<Record<string, number>> => {
  const [p, a, q] = [
    await store.eventsIn('p'),
    await store.eventsIn('a'),
    await store.eventsIn('q'),
  ];
  return { p: p.length, a: a.length, q: q.length };
};
export const files = async ({ store }: Locked) => (await store.media()).map(({ state }) => state);
