import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, MEDIA_BYTES_MAX } from '../../src/lib/protocol/version.ts';
import { writeLook } from '../../src/lib/server/desk/looks.ts';
import { agent, fileOf, id, openCounty, type Photo } from './agent.ts';

let county: Awaited<ReturnType<typeof openCounty>>;
let photo: Photo;
let sound: Photo;
let page: Photo;
let owner: ReturnType<typeof agent>;
const noise = { type: 'gaussian', mean: 120, sigma: 60 } as const;

beforeAll(async () => {
  county = await openCounty();
  owner = agent(county, 'owner');
  const create = { width: 900, height: 600, channels: 3, background: '#888', noise } as const;
  const jpeg = await sharp({ create })
    .jpeg()
    .withExif({ IFD0: { Make: 'Phone-4711' }, IFD3: { GPSLatitudeRef: 'N' } })
    .toBuffer();
  photo = fileOf(jpeg);
  const head = Buffer.from('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm', 'latin1');
  const rest = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) % 253));
  sound = fileOf(Buffer.concat([head, rest]), 'audio/webm;codecs=opus');
  page = fileOf(Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.from('<script>')]));
  for (const [name, file] of [
    ['P', photo],
    ['S', sound],
    ['X', page],
  ] as const) {
    await owner.opens(name, file);
    let last: boolean | number = false;
    for (const chunk of file.chunks.keys()) last = await owner.put(file, chunk);
    if (last !== true) throw new Error(`${name}: ${last}`);
  }
});
afterAll(() => county.end());

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('what is served of a case’s files', () => {
  it('[MD18] a page gets the county’s own copy of a photo, never the original', async () => {
    const shown = await owner.view(photo, 'P');
    expect(shown.status).toBe(200);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
    expect(shown.headers.get('content-disposition')).toMatch(
      /^inline; filename="photo-[0-9a-f]{12}\.jpg"; filename\*=UTF-8''%E7%85%A7%E7%89%87-/,
    );
    const copy = await bytesOf(shown);
    expect(copy.includes('Phone-4711')).toBe(false);
    // By its metadata: four letters may stand in noise.
    expect((await sharp(copy).metadata()).exif).toBeUndefined();
    const small = await bytesOf(await owner.view(photo, 'P', { size: 'thumb' }));
    expect((await sharp(small).metadata()).width).toBe(320);
    // It begins like a photo and is none: nothing of it is shown.
    const bad = await owner.view(page, 'X');
    expect([bad.status, (await bytesOf(bad)).length]).toEqual([415, 0]);
  });

  it('[AU108] the office gets a file only behind a look at its case, its agent leaves a line', async () => {
    const lines = async () => {
      const of = county.db.selectFrom('audit').select(['person_id', 'case_id', 'note']);
      return of.where('action', '=', 'view.logged').execute();
    };
    const before = (await lines()).length;
    const clerk = agent(county, 'clerk', 'O1');
    expect((await clerk.view(photo, 'P')).status).toBe(404);
    expect((await clerk.original(photo, 'P')).status).toBe(404);
    expect(await lines()).toHaveLength(before);
    const { store, county: code, clock } = county;
    const deps = { db: county.db as never, store, county: code, now: clock.now() };
    const look = { caseId: id('P'), classes: 'P3', why: 'AUDIT' };
    await writeLook(deps, clerk.person, look);
    expect((await clerk.view(photo, 'P')).status).toBe(200);
    expect((await clerk.view(sound, 'S')).status).toBe(404);
    for (let n = 0; n < 2; n++) expect((await owner.view(sound, 'S')).status).toBe(200);
    const own = (await lines()).filter((line) => line.case_id === id('S'));
    expect(own).toEqual([{ person_id: 'owner', case_id: id('S'), note: 'P3' }]);
  });

  it('[MD22] the original is an attachment, for who may see everything, and on record', async () => {
    const given = await owner.original(photo, 'P');
    expect(given.headers.get('content-disposition')).toMatch(/^attachment; filename="photo-/);
    expect(given.headers.get('content-security-policy')).toContain('sandbox');
    const sha = createHash('sha256')
      .update(await bytesOf(given))
      .digest('hex');
    expect(sha).toBe(photo.sha);
    expect((await bytesOf(await owner.original(page, 'X'))).equals(page.bytes)).toBe(true);
    const rows = await county.db
      .selectFrom('audit')
      .select(['person_id', 'action', 'note'])
      .where('action', '=', 'original.fetched')
      .execute();
    expect(rows[0]).toEqual({ person_id: 'owner', action: 'original.fetched', note: photo.sha });
  });

  it('[MD7] strangers, wrong roles and wrong cases find nothing, as if it were not there', async () => {
    const others = ['li', 'unit', 'admin'].map((name, at) =>
      agent(county, name, ['A', 'D', 'ADMIN'][at]),
    );
    for (const other of others)
      for (const [name, file] of [
        ['P', photo],
        ['S', sound],
      ] as const) {
        const answers = [await other.view(file, name), await other.original(file, name)];
        for (const answer of answers)
          expect([answer.status, (await bytesOf(answer)).length]).toEqual([404, 0]);
      }
    expect((await owner.view(photo, 'S')).status).toBe(404);
    expect((await owner.view({ ...photo, sha: '../etc' }, 'P')).status).toBe(404);
  });

  it('[MD21] sound goes out under its own type, and a player jumps in it', async () => {
    const all = await owner.view(sound, 'S');
    expect([all.status, all.headers.get('content-type')]).toEqual([200, 'audio/webm']);
    expect(all.headers.get('accept-ranges')).toBe('bytes');
    expect((await bytesOf(all)).equals(sound.bytes)).toBe(true);
    const part = await owner.view(sound, 'S', { range: 'bytes=150000-150099' });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 150000-150099/${sound.bytes.length}`,
    ]);
    expect((await bytesOf(part)).equals(sound.bytes.subarray(150_000, 150_100))).toBe(true);
    const outside = await owner.view(sound, 'S', { range: 'bytes=900000-' });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([
      416,
      `bytes */${sound.bytes.length}`,
    ]);
  });
});

describe('limits of what is taken', () => {
  it('[MD4] a chunk of one byte more or less is not taken, and the right one is', async () => {
    const file = fileOf(Buffer.alloc(2 * CHUNK_BYTES, '\xff\xd8\xff', 'latin1'));
    await owner.opens('L', file);
    const more = Buffer.alloc(CHUNK_BYTES + 1);
    expect(await owner.put(file, 0, more)).toBe(413);
    expect(await owner.put(file, 0, more.subarray(2))).toBe(400);
    expect(await owner.put(file, 0, file.chunks[0]!)).toBe(false);
    expect(await owner.put(file, 2, file.chunks[0]!)).toBe(400);
    const piece = (from: number, to?: number) =>
      owner.put(file, 1, { from, bytes: file.chunks[1]!.subarray(from, to) });
    expect(await piece(1, 5_000)).toBe(409);
    expect(await piece(0, 5_000)).toBe(false);
    expect(await piece(5_000)).toBe(true);
  });

  it('[MD4] a file of one byte too much is refused when it is announced', async () => {
    const says = (bytes: number) => owner.says({ ...photo, sha: 'e'.repeat(64) }, 'L', { bytes });
    const refused = async (bytes: number) =>
      (await owner.trade({ media: [says(bytes)] })).missing[0]?.refused;
    expect(await refused(MEDIA_BYTES_MAX)).toBeUndefined();
    expect(await refused(MEDIA_BYTES_MAX + 1)).toBe('MEDIA_TOO_LARGE');
    expect(await refused(0)).toBe('MEDIA_TOO_LARGE');
  });
});
