import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../domain/permissions.ts';
import type { CaseId } from '../../domain/values.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent, WireMedia } from '../../protocol/sync.ts';
import { CHUNK_BYTES } from '../../protocol/version.ts';
import { openContainer, type Container } from '../container.ts';
import { readEnv } from '../env.ts';
import { exchange } from '../sync/exchange.ts';
import { missingOf } from '../sync/media-rows.ts';
import { chunkEndpoint } from './http.ts';
import { mediaEndpoint } from './view.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-media-http-'));
const VILLAGE = '230278200201';
const AT = '2026-06-08T02:00:00Z';
const id = (name: string) => name.padEnd(22, '_');

let county: Container;
beforeAll(async () => {
  const env = readEnv({ DATA_DIR: dataDir });
  if (!env.ok) throw new Error(env.error.join());
  county = await openContainer(env.value);
});
afterAll(async () => {
  await county.close();
  rmSync(dataDir, { recursive: true, force: true });
});

let photos = 0;
function newPhoto() {
  photos += 1;
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, photos]);
  const bytes = Buffer.concat([jpeg, Buffer.alloc(CHUNK_BYTES, photos)]);
  const sha = createHash('sha256').update(bytes).digest('hex');
  return { sha, bytes, chunks: [bytes.subarray(0, CHUNK_BYTES), bytes.subarray(CHUNK_BYTES)] };
}
type Photo = ReturnType<typeof newPhoto>;

/** One agent with one vault, who sends by the real exchange and the real chunk endpoint. */
function agent(name: string) {
  const grant = { role: 'A', areaCode: VILLAGE, unitId: null, from: AT, to: null };
  const person = { personId: name, name, grants: [grant] } as unknown as Subject;
  let ds = 0;
  const event = (t: string, p: WireEvent['p']): WireEvent => {
    ds += 1;
    return { c: 0, ds, id: id(`${name}${ds}`), t, v: 1, at: AT, p };
  };
  const trade = async (more: Partial<ExchangeRequest>) => {
    const done = await exchange(county.sync, person, {
      ...{ proto: 1, build: 't', schema: 1, dv: id(`dv${name}`), dsHi: 0 },
      ...{ now: new Date().toISOString(), cursor: null, wit: null, wits: [], hist: [], cases: [] },
      ...{ events: [], media: [], feedBytesMax: 256_000, ...more },
    });
    if (!done.ok) throw new Error(done.error);
    const { reply, announced } = done.value;
    if (reply.kind !== 'exchange') throw new Error('expected an exchange');
    return { ...reply, missing: await missingOf(county.media, announced) };
  };
  const says = (photo: Photo, caseName: string, wrong: Partial<WireMedia> = {}): WireMedia => ({
    ...{ sha: photo.sha, bytes: photo.bytes.length, mime: 'image/jpeg', caseId: id(caseName) },
    ...wrong,
  });
  return {
    person,
    trade,
    says,
    /** Opens a case with this photo in it, and announces the file. */
    opens: (caseName: string, photo: Photo, media = [says(photo, caseName)]) =>
      trade({
        cases: [{ id: id(caseName), salt: id(`salt${caseName}`) }],
        events: [
          event('case.drafted', {
            ...{ areaCode: VILLAGE, channel: 'DL', xfDate: '2026-06-08', declaredBy: 'A' },
            temporaryNo: `临-${VILLAGE}-A01-A-${String(ds).padStart(4, '0')}`,
            form: { id: 'intake', version: 1 },
          }),
          event('attachment.added', {
            ...{ sha256: photo.sha, bytes: photo.bytes.length, mime: 'image/jpeg' },
            ...{ kind: 'photo', capturedAt: AT, class: 'P3' },
          }),
        ],
        media,
      }),
    put: async (photo: Photo, chunk: number, bytes = photo.chunks[chunk] ?? Buffer.alloc(0)) => {
      const body = new Uint8Array(bytes);
      const request = new Request('http://county/x', { method: 'PUT', body });
      const asked = { request, sha: photo.sha, chunk: String(chunk) };
      const answer = await chunkEndpoint(county, person, asked);
      const reply = (await answer.json()) as { complete?: boolean };
      return reply.complete ?? answer.status;
    },
    sees: async (photo: Photo, caseName: string) =>
      (await mediaEndpoint(county, person, { sha: photo.sha, caseId: id(caseName) })).status,
  };
}
const heard = async (caseName: string) => {
  const caseId = id(caseName) as CaseId;
  const cases = await county.store.transact(county.county, (tx) => tx.cases([caseId]));
  return cases.get(caseId)?.file.attachments.map(({ received }) => received);
};
const fedOf = (reply: Extract<ExchangeReply, { kind: 'exchange' }>) =>
  reply.feed.rows.flatMap((row) => (row.k === 'event' ? [row.event.t] : []));

describe('media belong to who sends the bytes', () => {
  it('[MD9] the hash of a photo of others, named in one’s own case, shows nothing', async () => {
    const photo = newPhoto();
    const [honest, curious] = [agent('h1'), agent('c1')];
    await honest.opens('H1', photo);
    for (const chunk of [0, 1]) await honest.put(photo, chunk);
    expect([await honest.sees(photo, 'H1'), await heard('H1')]).toEqual([200, [true]]);
    const one = await curious.opens('C1', photo);
    expect(one.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
    expect([await curious.sees(photo, 'C1'), await heard('C1')]).toEqual([404, [false]]);
    // One byte right is not the file; nor does announcing it for the honest case help.
    await curious.trade({ media: [curious.says(photo, 'H1')] });
    expect(await curious.put(photo, 1)).toBe(false);
    expect(await curious.put(photo, 0, Buffer.alloc(CHUNK_BYTES))).toBe(409);
    expect([await curious.sees(photo, 'C1'), await curious.sees(photo, 'H1')]).toEqual([404, 404]);
    // Who has taken the same picture himself sends it, and it is his too.
    expect([await curious.put(photo, 0), await curious.put(photo, 1)]).toEqual([false, true]);
    expect([await curious.sees(photo, 'C1'), await heard('C1')]).toEqual([200, [true]]);
  });

  it('[MD9] a wrong announcement of another does not refuse the honest file', async () => {
    const photo = newPhoto();
    const [honest, hostile] = [agent('h2'), agent('c2')];
    const wrong = [hostile.says(photo, 'H2', { mime: 'text/html', bytes: 5 })];
    const refused = await hostile.opens('C2', photo, wrong);
    expect(refused.missing).toEqual([{ sha: photo.sha, chunks: [], refused: 'MEDIA_TYPE' }]);
    expect((await honest.opens('H2', photo)).missing[0]?.chunks).toEqual([0, 1]);
    expect([await honest.put(photo, 0), await honest.put(photo, 1)]).toEqual([false, true]);
    // And who made the mistake may say it right.
    const again = await hostile.trade({ media: [hostile.says(photo, 'H2')] });
    expect(again.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
  });

  it('[MD9] flipped bits of another refuse only himself, and do not spoil what is half sent', async () => {
    const photo = newPhoto();
    const [honest, hostile] = [agent('h3'), agent('c3')];
    await honest.opens('H3', photo);
    await hostile.opens('C3', photo);
    expect(await honest.put(photo, 0)).toBe(false);
    const flipped = Buffer.alloc(CHUNK_BYTES, 9);
    for (let times = 0; times < 4; times++) {
      await hostile.put(photo, 0, flipped);
      await hostile.put(photo, 1);
    }
    expect((await hostile.trade({ media: [hostile.says(photo, 'C3')] })).missing).toEqual([
      { sha: photo.sha, chunks: [], refused: 'MEDIA_NOT_ITS_HASH' },
    ]);
    expect(await honest.put(photo, 1)).toBe(true);
    expect([await honest.sees(photo, 'H3'), await heard('H3')]).toEqual([200, [true]]);
  });

  it('[MD10] one photo in three cases is sent once and all of them hear of it', async () => {
    const photo = newPhoto();
    const honest = agent('h4');
    await honest.opens('H4', photo);
    const two = await honest.opens('I4', photo);
    expect(two.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
    expect([await honest.put(photo, 0), await honest.put(photo, 1)]).toEqual([false, true]);
    expect([await heard('H4'), await heard('I4')]).toEqual([[true], [true]]);
    expect([await honest.sees(photo, 'H4'), await honest.sees(photo, 'I4')]).toEqual([200, 200]);
    // Announced when the bytes are long here: nothing is asked for, and the case hears at once.
    const three = await honest.opens('J4', photo);
    expect(three.missing).toEqual([{ sha: photo.sha, chunks: [] }]);
    expect(fedOf(three).filter((type) => type === 'attachment.received')).toHaveLength(3);
    expect(await heard('J4')).toEqual([true]);
    const late = await honest.opens('K4', photo, []);
    expect([late.missing, await heard('K4')]).toEqual([[], [true]]);
  });
});
