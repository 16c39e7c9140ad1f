import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { CaseId } from '../../src/lib/domain/values.ts';
import type {
  ExchangeReply,
  ExchangeRequest,
  WireEvent,
  WireMedia,
} from '../../src/lib/protocol/sync.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { chunkEndpoint } from '../../src/lib/server/media/http.ts';
import { mediaEndpoint, originalEndpoint } from '../../src/lib/server/media/view.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { missingOf } from '../../src/lib/server/sync/media-rows.ts';

const VILLAGE = '230278200201';
const AT = '2026-06-08T02:00:00Z';
export const id = (name: string) => name.padEnd(22, '_');

/** A county in a folder of its own. */
export async function openCounty(): Promise<Container & { end(): Promise<void> }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-media-http-'));
  const env = readEnv({ DATA_DIR: dataDir });
  if (!env.ok) throw new Error(env.error.join());
  const county = await openContainer(env.value);
  const end = async () => {
    await county.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return Object.assign(county, { end });
}

/** Any bytes as a file to send. */
export function fileOf(bytes: Buffer, mime = 'image/jpeg') {
  const sha = createHash('sha256').update(bytes).digest('hex');
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return { sha, bytes, chunks, mime };
}
export type Photo = ReturnType<typeof fileOf>;

let photos = 0;
/** Two chunks that begin as a JPEG does; nothing can be seen on it. */
export function newPhoto(): Photo {
  photos += 1;
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, photos]);
  return fileOf(Buffer.concat([jpeg, Buffer.alloc(CHUNK_BYTES, photos)]));
}

/** One agent with one vault, who sends by the real exchange and the real chunk endpoint. */
export function agent(county: Container, name: string, role = 'A') {
  const grant = { role, areaCode: VILLAGE, unitId: null, from: AT, to: null };
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
    ...{ sha: photo.sha, bytes: photo.bytes.length, mime: photo.mime, caseId: id(caseName) },
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
            ...{ sha256: photo.sha, bytes: photo.bytes.length, mime: photo.mime },
            ...{
              kind: photo.mime.startsWith('image/') ? 'photo' : 'audio',
              capturedAt: AT,
              class: 'P3',
            },
          }),
        ],
        media,
      }),
    put: async (photo: Photo, chunk: number, sent?: Buffer | { from: number; bytes: Buffer }) => {
      const bytes = Buffer.isBuffer(sent) ? sent : (sent?.bytes ?? photo.chunks[chunk]);
      const from = sent === undefined || Buffer.isBuffer(sent) ? {} : { from: String(sent.from) };
      const body = new Uint8Array(bytes ?? Buffer.alloc(0));
      const request = new Request('http://county/x', { method: 'PUT', body });
      const asked = { request, sha: photo.sha, chunk: String(chunk), ...from };
      const answer = await chunkEndpoint(county, person, asked);
      const reply = (await answer.json()) as { complete?: boolean };
      return reply.complete ?? answer.status;
    },
    view: (photo: Photo, caseName: string, more: { range?: string; size?: 'thumb' } = {}) =>
      mediaEndpoint(county, person, { sha: photo.sha, caseId: id(caseName), ...more }),
    original: (photo: Photo, caseName: string) =>
      originalEndpoint(county, person, { sha: photo.sha, caseId: id(caseName) }),
    sees: async (photo: Photo, caseName: string) =>
      (await originalEndpoint(county, person, { sha: photo.sha, caseId: id(caseName) })).status,
  };
}

/** Per attachment of the case: whether it has heard of the file. */
export async function heardOf(county: Container, caseName: string) {
  const caseId = id(caseName) as CaseId;
  const cases = await county.store.transact(county.county, (tx) => tx.cases([caseId]));
  return cases.get(caseId)?.file.attachments.map(({ received }) => received);
}

export const fedOf = (reply: Extract<ExchangeReply, { kind: 'exchange' }>) =>
  reply.feed.rows.flatMap((row) => (row.k === 'event' ? [row.event.t] : []));
