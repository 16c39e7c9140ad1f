import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { firstSync, NO_ACT } from '../../src/lib/ports/tablet-store.ts';
import { fromBase64Url, textBytes } from '../../src/lib/protocol/bytes.ts';
import { recipientsOf, signersOf } from '../../src/lib/protocol/county-keys.ts';
import { ACK_PATH, HANDIN_PATH, type HandInAnswer } from '../../src/lib/protocol/handin-answer.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { ackEndpoint, handInEndpoint } from '../../src/lib/server/sync/handin.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { coarseDay } from '../../src/lib/tablet/coarse-day.ts';
import { drainSealed, settlementOf, type DrainDeps } from '../../src/lib/tablet/exchange-sealed.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import { bringFile, handInFileOf, takeAckFile } from '../../src/lib/tablet/handin-file.ts';
import { planSettled } from '../../src/lib/tablet/settle-sealed.ts';
import { newPhoto } from '../media/agent.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { asked, id, sealRow } from './scene.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const NOW = '2026-06-20T01:00:00.000Z';
const A01 = subject('A01');
let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(() => county.close());

interface Line {
  /** Number of the request whose answer is lost after the county took it. */
  readonly lose?: number;
  readonly who?: string | null;
  heard?(answer: HandInAnswer): void;
}

let asks = 0;
const line = ({ lose, who = 'A02', heard }: Line = {}): DrainDeps => ({
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

let vaults = 0;
/** A locked vault's database: rows under one slip, a photo, nothing readable. */
async function lockedVault(rows = 6, options: { enrolled?: boolean } = {}) {
  const n = (vaults += 1);
  const [dv, name] = [`dvT${n}`, `daiban-${id(`vault${n}`)}`];
  if (options.enrolled !== false) await exchange(county.container.sync, A01, asked({ dv: id(dv) }));
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync(id(dv)));
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
type Locked = Awaited<ReturnType<typeof lockedVault>>;

const states = async ({ store }: Locked): Promise<Record<string, number>> => {
  const [p, a, q] = [
    await store.eventsIn('p'),
    await store.eventsIn('a'),
    await store.eventsIn('q'),
  ];
  return { p: p.length, a: a.length, q: q.length };
};
const files = async ({ store }: Locked) => (await store.media()).map(({ state }) => state);

describe('a locked vault', () => {
  it('[SY88] is brought to the county by somebody else with no key, and knows it', async () => {
    const vault = await lockedVault();
    const report = await drainSealed(vault.name, line({ who: 'A02' }));
    expect(report).toMatchObject({ stored: 6, held: 0, refused: 0, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 0, a: 6, q: 0 });
    expect(await files(vault)).toEqual(['a']);
    expect((await vault.store.counts()).get(vault.caseId)).toEqual({ p: 0, a: 6, q: 0 });
    const sync = await vault.store.sync();
    const [last] = (await vault.store.eventsIn('a')).slice(-1);
    expect(sync).toMatchObject({ wit: [last?.seq, last?.tag], lastReceiptAt: '', cursor: null });
    const again = await drainSealed(vault.name, line());
    expect(again).toMatchObject({ stored: 0, dup: 0, filesComplete: 0, stop: null });
  });

  it('[SY88] a cut, a lost answer, a sign-in that is over: the next run ends it, nothing twice', async () => {
    const vault = await lockedVault();
    expect(await drainSealed(vault.name, line({ who: null }))).toMatchObject({ stop: 'SIGN_IN' });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const lost = await drainSealed(vault.name, line({ lose: asks + 1 }));
    expect(lost).toMatchObject({ stored: 0, stop: 'OFFLINE' });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const end = await drainSealed(vault.name, line());
    expect(end).toMatchObject({ stored: 0, dup: 6, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 0, a: 6, q: 0 });
  });

  it('[SY88] what the county holds unopened stays unsent here', async () => {
    const vault = await lockedVault(3, { enrolled: false });
    const report = await drainSealed(vault.name, line());
    expect(report).toMatchObject({ stored: 0, held: 3, filesComplete: 0, stop: null });
    expect(await states(vault)).toEqual({ p: 3, a: 0, q: 0 });
    expect(await files(vault)).toEqual(['p']);
  });

  it('[SY88] a run ends where its window says so, and no database is made or upgraded', async () => {
    const vault = await lockedVault();
    expect(await drainSealed(vault.name, { ...line(), mayGoOn: () => false })).toMatchObject({
      stored: 0,
      stop: null,
    });
    expect(await drainSealed('daiban-none', line())).toBeNull();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain('daiban-none');
  });

  it('[SY89] answers to other rows, other places and other histories change nothing', async () => {
    const vault = await lockedVault();
    let answer: HandInAnswer | null = null;
    const deaf: DrainDeps = { ...line({ heard: (one) => void (answer ??= one) }) };
    const whole = await vault.store.eventsIn('p');
    await drainSealed(vault.name, { ...deaf, fetch: deaf.fetch });
    if (!answer) throw new Error('no answer');
    const good = settlementOf(answer);
    const sync = { ...firstSync(id(vault.dv)), dsNext: 7 };
    const view = {
      sync,
      rows: new Map(whole.map((row) => [row.id, row])),
      left: new Set<string>(),
    };
    expect(planSettled(view, good)?.put).toHaveLength(6);
    const bent = good.items.map((item) => ({ ...item, ds: item.ds + 1 }));
    expect(planSettled(view, { ...good, items: bent })).toBeNull();
    const foreign = good.items.map((item) => ({ ...item, dv: id('dvZ') }));
    expect(planSettled(view, { ...good, items: foreign })).toBeNull();
    expect(planSettled({ ...view, sync: { ...sync, epoch: 'other' } }, good)).toBeNull();
    expect(planSettled(view, { ...good, epoch: '' })).toBeNull();
  });
});

describe('the hand-in file of a vault', () => {
  it('[SY90] is made from the rows as they lie, carries no name, and settles by the ack file', async () => {
    const vault = await lockedVault();
    const file = await handInFileOf(vault.name, { digest, build: 't', now: () => NOW });
    if (!file) throw new Error('no file');
    expect(file).toMatchObject({ items: 6, files: 1 });
    expect(file.name).toMatch(/^20260620-[0-9a-f]{8}\.psb$/);
    const bytes = Buffer.from(await file.blob.arrayBuffer());
    for (const hidden of ['周桂芹', vault.photo.sha, 'A'.repeat(60)])
      expect(bytes.includes(Buffer.from(hidden))).toBe(false);
    // The tablet itself was never online; somebody carries the file.
    const report = await bringFile(file.blob, line({ who: 'A02' }));
    expect(report).toMatchObject({ stored: 6, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const rows = await vault.store.eventsIn('p');
    const items = rows.map(({ dv, ds, id: event }) => ({ dv, ds, id: event }));
    const answer = await line().fetch(`http://county${ACK_PATH}`, {
      method: 'POST',
      body: JSON.stringify({ items }),
    });
    const ack = new Blob([await answer.arrayBuffer()]);
    const signers = signersOf(await county.container.keys.list());
    const other = await lockedVault(2);
    expect(await takeAckFile(ack, new Map(), [vault.name])).toEqual({
      ...{ ok: false, error: 'UNKNOWN_KEY' },
    });
    const names = [other.name, vault.name, 'daiban-none'];
    expect(await takeAckFile(ack, signers, names)).toEqual({ ok: true, value: 6 });
    expect(await takeAckFile(ack, signers, names)).toEqual({ ok: true, value: 0 });
    expect([await states(vault), await states(other)]).toEqual([
      { p: 0, a: 6, q: 0 },
      { p: 2, a: 0, q: 0 },
    ]);
  });

  it('[SY90] of a vault with nothing that waits there is none', async () => {
    const vault = await lockedVault(1);
    await drainSealed(vault.name, line());
    expect(await handInFileOf(vault.name, { digest, build: 't', now: () => NOW })).toBeNull();
  });
});
